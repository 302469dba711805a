using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Server.Stages;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>Runs the middle and its optimizer on the compute lane and measures the times.</summary>
public sealed class TimedMiddle(MiddleStage stage, StageOptimizer optimizer, ComputeLane lane)
{
    private Task _step = Task.CompletedTask;

    public ComputeLane Lane => lane;

    /// <summary>Tells the optimizer how many steps it will take in the whole run.</summary>
    public void SetTotalSteps(long steps) => optimizer.TotalSteps = steps;

    /// <param name="hidden">h0 [B, T, H]</param>
    public async Task<Timed<StagePass>> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
    {
        await _step;
        return await TimeAsync(() => stage.Forward(hidden, layout, mode), ct);
    }

    /// <summary>Computes the pass's backward. The optimizer step follows while the result is already being sent to the client.</summary>
    /// <param name="gradient">dL/dhN-2 [B, T, H]</param>
    /// <returns>dL/dh0 [B, T, H]; the caller disposes it</returns>
    /// <exception cref="NotFiniteException">A gradient of the middle is not finite; all gradients are dropped.</exception>
    public async Task<Timed<Tensor>> BackwardAsync(StagePass pass, Tensor gradient, CancellationToken ct)
    {
        await _step;
        var completed = false;
        try
        {
            var back = await TimeAsync(() => MiddleBackward.Run(pass, gradient, optimizer), ct);
            completed = true;
            return back;
        }
        finally
        {
            _step = lane.RunAsync(() => FinishStep(completed), CancellationToken.None);
        }
    }

    /// <summary>Waits until the last optimizer step is done.</summary>
    public Task WaitForStepAsync() => _step;

    private Task<Timed<T>> TimeAsync<T>(Func<T> work, CancellationToken ct)
    {
        var asked = Stopwatch.GetTimestamp();
        return lane.RunThenSendAsync(
            () =>
            {
                var begun = Stopwatch.GetTimestamp();
                var value = work();
                return new Timed<T>(value, Stopwatch.GetElapsedTime(asked, begun), Stopwatch.GetElapsedTime(begun));
            },
            ct);
    }

    /// <summary>Takes the optimizer step, or clears the gradients of a failed backward, so that no step is taken in part.</summary>
    private bool FinishStep(bool completed)
    {
        if (completed)
            optimizer.Step();
        else
            optimizer.ClearGradients();
        return completed;
    }
}
