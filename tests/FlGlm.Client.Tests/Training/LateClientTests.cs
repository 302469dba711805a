using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>A client that joins a run with free seats after its last round.</summary>
public sealed class LateClientTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_is_over_takes_nobody_more_and_lets_nobody_wait(bool allLeft)
    {
        using var folder = new TempFolder();
        using var stages = ThreeStages.Open(TinyRun.Model.Write(folder.Path), new PeftSettings());
        using var optimizer = new StageOptimizer(stages.Middle.Parameters, new OptimizerSettings { LearningRate = 0.01 }, 10);
        using var lane = new ComputeLane("server");
        using var worker = new MiddleWorker(stages.Middle, optimizer, lane);
        var plan = TinyRun.Settings(steps: 1, clients: 2);
        using var scheduler = new SerialScheduler(plan with { Clients = plan.Clients with { Minimum = 1 } }, worker, new RunEvents());
        var anna = new Participant("anna", "anna", 1);
        await scheduler.StartAsync([anna]);
        await scheduler.WaitForTurnAsync(anna, _ => { }, default);
        if (allLeft)
            await scheduler.LeaveAsync(anna);
        else
            await scheduler.EndTurnAsync(anna, 1, null, default);
        Assert.Equal(!allLeft, await scheduler.Completion);

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => scheduler.AddAsync(new Participant("bert", "bert", 1)));

        Assert.Equal(FaultCode.Full, refusal.Code);
    }
}
