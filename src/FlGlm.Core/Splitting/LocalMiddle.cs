using System.Diagnostics;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// The middle in this process, for one caller: centralised training. A step begins with its first forward and ends with the gradient that no
/// other follows; the steps of several callers of a worker follow one another.
/// </summary>
public sealed class LocalMiddle(MiddleWorker worker) : IMiddle
{
    private readonly Lock _gate = new();

    /// <summary>The step in the making; it may wait for another caller's.</summary>
    private Task<MiddleStep>? _step;

    /// <inheritdoc/>
    public (long Up, long Down) Traffic => (0, 0);

    /// <inheritdoc/>
    public async ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
    {
        var seconds = new StepTimings();
        var leg = MiddleLeg.Here(hidden, layout);
        if (mode == PassMode.Evaluate)
            return new Pass(this, null, default, layout, await worker.EvaluateAsync(leg, seconds, ct).ConfigureAwait(false), seconds);
        var step = await BeginAsync(ct).ConfigureAwait(false);
        seconds.Lap(StepLeg.Queue);
        try
        {
            var (ticket, output) = await step.ForwardAsync(leg, seconds, ct).ConfigureAwait(false);
            return new Pass(this, step, ticket, layout, output, seconds);
        }
        catch
        {
            if (step.OpenPasses == 0)
                await DropAsync(step).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DropStepAsync()
    {
        if (Current() is { } step)
            await DropAsync(await step.ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>The step in the making; begins one where there is none.</summary>
    private async Task<MiddleStep> BeginAsync(CancellationToken ct)
    {
        Task<MiddleStep> begun;
        lock (_gate)
            begun = _step ??= worker.BeginStepAsync(ct);
        try
        {
            return await begun.ConfigureAwait(false);
        }
        catch
        {
            Forget(begun);
            throw;
        }
    }

    private Task<MiddleStep>? Current()
    {
        lock (_gate)
            return _step;
    }

    private void Forget(Task<MiddleStep> step)
    {
        lock (_gate)
        {
            if (_step == step)
                _step = null;
        }
    }

    /// <summary>The next forward begins another step.</summary>
    private void End(MiddleStep step)
    {
        if (Current() is { IsCompletedSuccessfully: true } current && current.Result == step)
            Forget(current);
    }

    private async Task DropAsync(MiddleStep step)
    {
        End(step);
        await step.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Pass(
        LocalMiddle middle, MiddleStep? step, PassTicket ticket, SequenceLayout layout, Tensor output, StepTimings seconds) : IMiddlePass
    {
        private bool _isOpen = step is not null;

        public Tensor Output => output;

        public StepTimings Seconds => seconds;

        public async ValueTask<Tensor> BackwardAsync(Tensor gradient, StepTerms terms, CancellationToken ct)
        {
            if (step is null)
                throw new InvalidOperationException("A pass of an evaluation has no backward.");
            _isOpen = false;
            Tensor? back = null;
            try
            {
                back = await step.BackwardAsync(ticket, MiddleLeg.Here(gradient, layout), seconds, ct).ConfigureAwait(false);
                if (!terms.Accumulate)
                    await FinishAsync(step).ConfigureAwait(false);
                return back;
            }
            catch
            {
                back?.Dispose();
                await middle.DropAsync(step).ConfigureAwait(false);
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            output.Dispose();
            if (!_isOpen)
                return;
            _isOpen = false;
            step!.Drop(ticket);
            if (step.OpenPasses == 0)
                await middle.DropAsync(step).ConfigureAwait(false);
        }

        private async Task FinishAsync(MiddleStep step)
        {
            var begun = Stopwatch.GetTimestamp();
            middle.End(step);
            await step.FinishAsync().ConfigureAwait(false);
            seconds[StepLeg.MiddleBackward] += Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
    }
}
