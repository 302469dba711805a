using System.Diagnostics;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// The middle with its optimizer on its compute lane, for a server's scheduler and, behind a <see cref="LocalMiddle"/>, for training in one process.
/// Any number of callers: their steps follow one another, and their evaluations run between the jobs of a step.
/// </summary>
public sealed class MiddleWorker(MiddleStage stage, StageOptimizer optimizer, ComputeLane lane) : IDisposable
{
    private readonly SemaphoreSlim _steps = new(1, 1);

    /// <summary>The thread that computes the middle.</summary>
    public ComputeLane Lane => lane;

    /// <summary>The blocks and parameters that it works with.</summary>
    public MiddleStage Stage => stage;

    /// <summary>What it trains, for checkpoints.</summary>
    internal TrainingState State { get; } = new(stage.Parameters, optimizer, [stage.Blocks]);

    /// <summary>Tells the optimizer how many steps it will take in the whole run.</summary>
    public void SetTotalSteps(long steps) => optimizer.TotalSteps = steps;

    /// <summary>Waits until the step before is finished or abandoned.</summary>
    public async Task<MiddleStep> BeginStepAsync(CancellationToken ct)
    {
        await _steps.WaitAsync(ct).ConfigureAwait(false);
        return new MiddleStep(this);
    }

    /// <summary>Computes a forward without graph and without dropout, or what the leg says.</summary>
    /// <returns>what the leg has written, which the caller disposes</returns>
    public Task<Tensor> EvaluateAsync(MiddleLeg leg, StepTimings seconds, CancellationToken ct) => RunAsync(
        leg,
        StepLeg.Queue,
        seconds,
        () =>
        {
            using var hidden = leg.Read();
            if (leg.Evaluate is { } evaluate)
            {
                using var output = evaluate(stage, hidden);
                return leg.Write(output);
            }

            using var pass = stage.Forward(hidden, leg.Layout, PassMode.Evaluate);
            return leg.Write(pass.Output);
        },
        ct);

    /// <summary>The stage, its optimizer and the lane belong to the caller.</summary>
    public void Dispose() => _steps.Dispose();

    internal void ExpectFinite() => optimizer.ExpectFinite();

    internal void ClearGradients() => optimizer.ClearGradients();

    /// <summary>Runs a leg on the lane; adds its time in the queue to a leg of the timings, and its time on the lane to the next.</summary>
    internal Task<T> RunAsync<T>(MiddleLeg leg, StepLeg queue, StepTimings seconds, Func<T> compute, CancellationToken ct)
    {
        var asked = Stopwatch.GetTimestamp();
        return leg.IsSent ? lane.RunThenSendAsync(Timed, ct) : lane.RunAsync(Timed, ct);

        T Timed()
        {
            var begun = Stopwatch.GetTimestamp();
            seconds[queue] += Stopwatch.GetElapsedTime(asked, begun).TotalSeconds;
            var result = compute();
            seconds[queue + 1] += Stopwatch.GetElapsedTime(begun).TotalSeconds;
            return result;
        }
    }

    /// <summary>Queues the optimizer's step, or the end of the gradients of a step that is given up, and lets the next step begin: its jobs come later in the queue.</summary>
    internal Task EndStep(bool takes)
    {
        try
        {
            return lane.RunAsync(() => Step(takes), CancellationToken.None);
        }
        catch (ObjectDisposedException) when (!takes)
        {
            return Task.CompletedTask; // nothing can be computed any more
        }
        finally
        {
            _steps.Release();
        }
    }

    /// <summary>Takes the optimizer's step, or drops the gradients of one that is given up; called on the lane.</summary>
    internal bool Step(bool takes)
    {
        var isTaken = false;
        try
        {
            if (takes)
                optimizer.Step();
            isTaken = takes;
        }
        finally
        {
            if (!isTaken)
                optimizer.ClearGradients();
        }

        return isTaken;
    }
}
