using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// One optimizer step of the middle in the making: the passes whose gradients it adds up. No other step begins before it is finished, or
/// abandoned by disposing it. One caller at a time.
/// </summary>
public sealed class MiddleStep : IAsyncDisposable
{
    private readonly MiddleWorker _worker;
    private readonly GradientSum? _share;
    private readonly Dictionary<PassTicket, StagePass> _passes = [];
    private int _tickets;
    private bool _isOver;

    /// <param name="share">
    /// receives the gradients of every pass: they are one client's share of a joint step, which is taken by someone else; null = they stay in
    /// the parameters
    /// </param>
    internal MiddleStep(MiddleWorker worker, GradientSum? share = null) => (_worker, _share) = (worker, share);

    /// <summary>The passes that wait for their gradient.</summary>
    public int OpenPasses => _passes.Count;

    /// <summary>Computes a forward and keeps its graph.</summary>
    /// <returns>the pass, and what the leg has written, which the caller disposes</returns>
    public async Task<(PassTicket Ticket, Tensor Output)> ForwardAsync(MiddleLeg leg, StepTimings seconds, CancellationToken ct)
    {
        var (pass, output) = await _worker.RunAsync(leg, StepLeg.Queue, seconds, () => Forward(leg), ct).ConfigureAwait(false);
        var ticket = new PassTicket(++_tickets);
        _passes.Add(ticket, pass);
        return (ticket, output);
    }

    /// <summary>Computes the backward of a pass, which is over then; the parameters' gradients add up.</summary>
    /// <returns>what the leg has written, which the caller disposes</returns>
    /// <exception cref="KeyNotFoundException">No such pass is open.</exception>
    /// <exception cref="Configuration.NotFiniteException">A gradient of the middle is not finite; all gradients are dropped.</exception>
    public async Task<Tensor> BackwardAsync(PassTicket ticket, MiddleLeg leg, StepTimings seconds, CancellationToken ct)
    {
        using var pass = Take(ticket);
        return await _worker.RunAsync(leg, StepLeg.QueueGradient, seconds, () => Backward(pass, leg), ct).ConfigureAwait(false);
    }

    /// <summary>Gives a pass up.</summary>
    public void Drop(PassTicket ticket) => Take(ticket).Dispose();

    /// <summary>Queues the optimizer's step on the lane, before everything that is queued there later; the next step may begin at once.</summary>
    /// <returns>completes when it is taken; if it fails, the gradients are dropped</returns>
    public Task FinishAsync()
    {
        if (_isOver || _passes.Count > 0 || _share is not null)
            throw new InvalidOperationException("The step is over, or a pass of it still waits for its gradient.");
        _isOver = true;
        return _worker.EndStep(takes: true);
    }

    /// <summary>Unless the step is finished, gives it up: passes and gradients are dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOver)
            return;
        _isOver = true;
        foreach (var pass in _passes.Values)
            pass.Dispose();
        _passes.Clear();
        if (_share is null)
            await _worker.EndStep(takes: false).ConfigureAwait(false);
    }

    private (StagePass, Tensor) Forward(MiddleLeg leg)
    {
        using var hidden = leg.Read();
        var pass = _worker.Stage.Forward(hidden, leg.Layout, PassMode.Train, leg.Seat);
        try
        {
            return (pass, leg.Write(pass.Output));
        }
        catch
        {
            pass.Dispose();
            throw;
        }
    }

    private Tensor Backward(StagePass pass, MiddleLeg leg)
    {
        using var scope = NewDisposeScope();
        var gradient = leg.Read();
        var back = pass.Backward(gradient) ?? throw new InvalidOperationException("The middle has no input to give a gradient for.");
        _worker.ExpectFinite();
        _share?.Take();
        return leg.Write(back).MoveToOuterDisposeScope();
    }

    private StagePass Take(PassTicket ticket) => _passes.Remove(ticket, out var pass)
        ? pass
        : throw new KeyNotFoundException($"No pass {ticket.Number} waits for a gradient.");
}
