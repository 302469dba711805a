using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using FlGlm.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>The middle's optimizer fails once, behind the reply of a step.</summary>
public sealed class FailedOptimizerStepTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public async Task The_session_of_the_failed_step_ends_and_the_next_client_trains_as_if_it_had_not_been(int steps)
    {
        using var extra = new Parameter(zeros(2), requires_grad: true);
        await using var run = new TinyRun(TinyRun.Settings(steps: steps, clients: 2), extra: new NamedParameter("extra", extra));
        var anna = await run.ConnectAsync("anna");
        anna.Trainer.BeforeStep = taken =>
        {
            if (taken == 0)
                FailOnce(extra);
            return Task.CompletedTask;
        };
        var bert = await run.ConnectAsync("bert", data: 2);
        var (first, second) = (anna.RunAsync(), bert.RunAsync());

        var fault = await Assert.ThrowsAsync<ProtocolException>(() => first);

        Assert.Equal((FaultCode.Internal, true), (fault.Code, fault.FromPeer));
        Assert.Equal((ClientOutcome.Finished, steps), (await second is var end ? (end.Outcome, end.Steps) : default));
        Assert.Equal(steps, run.MiddleSteps.Taken);
        var (losses, _) = await run.TrainLocallyAsync(data: 2);
        Assert.Equal(losses.Take(steps), bert.Trainer.Losses);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failure_after_the_next_forward_is_queued_ends_the_next_request(bool drops)
    {
        using var folder = new TempFolder();
        using var stages = ThreeStages.Open(TinyRun.Model.Write(folder.Path), new PeftSettings());
        using var extra = new Parameter(zeros(2), requires_grad: true);
        using var optimizer = new StageOptimizer([new NamedParameter("extra", extra), .. stages.Middle.Parameters], new OptimizerSettings { LearningRate = 0.01 }, 10);
        using var lane = new ComputeLane("server");
        using var worker = new MiddleWorker(stages.Middle, optimizer, lane);
        using var scheduler = new SerialScheduler(new RunPlan(), worker, new RunEvents());
        var client = new Participant("anna", "anna", 1);
        using var hidden = ones(1, 2, TinyRun.Model.Hidden);
        using var held = new ManualResetEventSlim();
        var leg = MiddleLeg.Here(hidden, new SequenceLayout([2]));
        Task? holding = null;
        var blocking = leg with
        {
            Write = back =>
            {
                holding = lane.RunAsync(() => WaitFor(held), default); // stands before the optimizer's step
                return back.detach();
            },
        };
        FailOnce(extra);

        var first = await ForwardAsync(leg);
        (await scheduler.BackwardAsync(client, first, blocking, new StepTerms(Accumulate: false), new StepTimings(), default)).Dispose();
        var next = ForwardAsync(leg);
        held.Set();
        await holding!;
        var second = await next;

        if (drops)
            await scheduler.DropAsync(client, second);

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            if (drops)
                await ForwardAsync(leg);
            else
                (await scheduler.BackwardAsync(client, second, leg, new StepTerms(Accumulate: false), new StepTimings(), default)).Dispose();
        });
        Assert.Equal(0, optimizer.Steps);

        await scheduler.LeaveAsync(client);

        async Task<PassTicket> ForwardAsync(MiddleLeg forward)
        {
            var (ticket, output) = await scheduler.ForwardAsync(client, forward, PassMode.Train, new StepTimings(), default);
            output.Dispose();
            return ticket!.Value;
        }
    }

    /// <summary>A gradient of another shape, which libtorch lets set and the optimizer cannot add.</summary>
    private static void FailOnce(Tensor parameter) => parameter.grad = zeros(3);

    private static bool WaitFor(ManualResetEventSlim held)
    {
        held.Wait();
        return true;
    }
}
