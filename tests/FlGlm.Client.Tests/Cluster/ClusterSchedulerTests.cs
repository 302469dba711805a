using FlGlm.Client.Tests.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using FlGlm.Server.Cluster;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Cluster;

/// <summary>Rank 0 as its scheduler; the tests are rank 1.</summary>
public sealed class ClusterSchedulerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();
    private readonly ThreeStages _stages;
    private readonly StageOptimizer _optimizer;
    private readonly ComputeLane _lane = new("server");
    private readonly MiddleWorker _worker;
    private readonly CancellationTokenSource _stop = new();
    private readonly ServerCluster _own;
    private readonly ServerCluster _other;
    private readonly HierarchicalScheduler _scheduler;
    private readonly Participant _anna = new("anna", "anna", 9) { Seat = 1 };

    public ClusterSchedulerTests()
    {
        var plan = ClusterTests.Plan(2);
        _stages = ThreeStages.Open(TinyRun.Model.Write(_folder.Path), new PeftSettings());
        _optimizer = new StageOptimizer(_stages.Middle.Parameters, new OptimizerSettings { LearningRate = 0.01 }, 10);
        _worker = new MiddleWorker(_stages.Middle, _optimizer, _lane);
        var servers = MemoryCluster.Create(2);
        _own = new ServerCluster(servers[0], plan.Clients, new RunEvents(), _stop.Token, default);
        _other = new ServerCluster(servers[1], plan.Clients, new RunEvents(), default, default);
        _scheduler = new HierarchicalScheduler(plan, _worker, new RunEvents()) { Cluster = _own };
    }

    public async ValueTask DisposeAsync()
    {
        _scheduler.Dispose();
        await _own.DisposeAsync();
        await _other.DisposeAsync();
        _worker.Dispose();
        _optimizer.Dispose();
        _lane.Dispose();
        _stages.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_turn_begins_when_all_servers_have_kept_its_beginning()
    {
        var starting = _scheduler.StartAsync([_anna]);
        await _other.GatherAsync(ClusterTag.Clients, new List<ClusterClient> { new(2, "bert", 9) }).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.False(starting.IsCompleted);

        await _other.GatherAsync(ClusterTag.Kept, 1).WaitAsync(Patience, TestContext.Current.CancellationToken);
        await starting.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(12, (await _scheduler.WaitForTurnAsync(_anna, _ => { }, TestContext.Current.CancellationToken)).TotalSteps);
    }

    [Fact]
    public async Task A_server_that_stops_waits_for_no_other()
    {
        var starting = _scheduler.StartAsync([_anna]);

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.False(_scheduler.Completion.IsCompleted);
    }

    [Fact]
    public async Task Where_another_server_fails_the_run_ends_with_its_reason()
    {
        var starting = _scheduler.StartAsync([_anna]);

        await Assert.ThrowsAsync<NotFiniteException>(() => _other.RunAsync(() => throw new NotFiniteException("A gradient is NaN.")));

        var error = await Assert.ThrowsAsync<NetworkException>(() => _scheduler.Completion.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.StartsWith("rank 1 of 2 (memory) has ended the run: A gradient is NaN.", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NetworkException>(() => starting);
    }
}
