using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Server.Stages;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>The middle with its optimizer on the compute lane, timed.</summary>
public sealed class TimedMiddle(MiddleStage stage, StageOptimizer optimizer, ComputeLane lane)
{
    private Task _step = Task.CompletedTask;

    public ComputeLane Lane => lane;

    /// <param name="hidden">h0 [B, T, H]</param>
    public async Task<Timed<StagePass>> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
    {
        await _step;
        return await TimeAsync(() => stage.Forward(hidden, layout, mode), ct);
    }

    /// <summary>Walks the pass back. The optimizer steps right behind, while the result is already on its way to the client.</summary>
    /// <param name="gradient">dL/dhN-2 [B, T, H]</param>
    /// <returns>dL/dh0 [B, T, H], the caller's</returns>
    /// <exception cref="NotFiniteException">It would spoil the middle: nothing of it is kept.</exception>
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

    /// <summary>Waits for the optimizer's last step.</summary>
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

    /// <summary>A whole step or none: what a failed walk left behind is cleared.</summary>
    private bool FinishStep(bool completed)
    {
        if (completed)
            optimizer.Step();
        else
            optimizer.ClearGradients();
        return completed;
    }
}
