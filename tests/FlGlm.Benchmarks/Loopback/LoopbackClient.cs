using FlGlm.Client.Data;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Client.Training;
using FlGlm.Core.Crypto;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>A client of this process with head, tail, optimizer and a compute lane of its own, connected to a server.</summary>
internal sealed class LoopbackClient : IAsyncDisposable
{
    private readonly ComputeLane _lane = new("client");
    private readonly ClientStages _stages;
    private readonly StageOptimizer _optimizer;
    private readonly IFrameChannel _channel;
    private readonly ClientSession _session;
    private readonly SplitTrainer _trainer;

    private LoopbackClient(Scenario scenario, ClientSettings settings, IFrameChannel channel)
    {
        var plan = scenario.Plan;
        _channel = channel;
        _stages = new ClientStages(scenario.Checkpoint, scenario.Blueprint);
        _optimizer = new StageOptimizer(_stages.Parameters, plan.Optimizer, plan.ClientSteps(1));
        _session = new ClientSession(channel, _stages, plan, ModelContent.None, _lane, settings, new RunEvents()) { Optimizer = _optimizer };
        _trainer = new SplitTrainer(_stages, _session.Middle, _optimizer, _lane) { MicroBatches = plan.Training.MicroBatches };
    }

    /// <summary>Sent and received so far.</summary>
    public long WireBytes => _channel.BytesSent + _channel.BytesReceived;

    public static async Task<LoopbackClient> OpenAsync(Scenario scenario, ClientSettings settings, SealOptions keys) =>
        new(scenario, settings, await ServerConnection.OpenAsync(settings, keys, new RunEvents(), CancellationToken.None));

    /// <summary>Joins and takes part until the run ends, <paramref name="train"/> takes fewer steps than it should, or a stop is requested.</summary>
    public Task RunAsync(TrainRound train, CancellationToken stop) => _session.RunAsync(samples: 1, train, stop, CancellationToken.None);

    /// <summary>A step of the split model, in this client's turn.</summary>
    public async Task<StepTimings> StepAsync(TrainingBatch batch) => (await _trainer.StepAsync(batch, CancellationToken.None)).Seconds;

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _channel.DisposeAsync();
        _lane.Dispose();
        _optimizer.Dispose();
        _stages.Dispose();
    }
}
