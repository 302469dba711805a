using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// One optimizer step of the middle in the making: the passes whose gradients it adds up. No other step begins before it is finished, or
/// abandoned by disposing it. Passes may be requested before the results of earlier ones have come: they are computed in the order of the calls.
/// </summary>
public sealed class MiddleStep : IAsyncDisposable
{
    private readonly MiddleWorker _worker;
    private readonly GradientSum? _share;
    private readonly Lock _gate = new();

    /// <summary>The passes without a gradient; null = the forward is not computed yet.</summary>
    private readonly Dictionary<PassTicket, StagePass?> _passes = [];
    private int _tickets;

    /// <summary>A gradient of the step is not added: what is added later is of no use. Used on the lane only.</summary>
    private bool _hasFailed;
    private bool _isOver;

    /// <param name="share">
    /// receives the gradients of every pass: they are one client's share of a joint step, which is taken by someone else; null = they stay in
    /// the parameters
    /// </param>
    internal MiddleStep(MiddleWorker worker, GradientSum? share = null) => (_worker, _share) = (worker, share);

    private static InvalidOperationException StepIsOver => new("The step is over: it was taken, or dropped with all its passes.");

    /// <summary>The passes that wait for their gradient.</summary>
    public int OpenPasses
    {
        get
        {
            lock (_gate)
                return _passes.Count;
        }
    }

    /// <summary>Computes a forward and keeps its graph.</summary>
    /// <returns>the pass, and what the leg has written, which the caller disposes</returns>
    public async Task<(PassTicket Ticket, Tensor Output)> ForwardAsync(MiddleLeg leg, StepTimings seconds, CancellationToken ct)
    {
        var ticket = Open();
        try
        {
            return (ticket, await _worker.RunAsync(leg, StepLeg.Queue, seconds, () => Forward(ticket, leg), ct).ConfigureAwait(false));
        }
        catch
        {
            Drop(ticket);
            throw;
        }
    }

    /// <summary>Computes the backward of a pass, which is over then; the parameters' gradients add up.</summary>
    /// <returns>what the leg has written, which the caller disposes</returns>
    /// <exception cref="KeyNotFoundException">No such pass is open.</exception>
    /// <exception cref="InvalidOperationException">The step is over, or another gradient of it has failed.</exception>
    /// <exception cref="Configuration.NotFiniteException">A gradient of the middle is not finite; all gradients are dropped.</exception>
    public async Task<Tensor> BackwardAsync(PassTicket ticket, MiddleLeg leg, StepTimings seconds, CancellationToken ct)
    {
        using var pass = Take(ticket);
        return await _worker.RunAsync(leg, StepLeg.QueueGradient, seconds, () => Backward(pass, leg), ct).ConfigureAwait(false);
    }

    /// <summary>Gives a pass up; nothing where it has its gradient already.</summary>
    public void Drop(PassTicket ticket)
    {
        StagePass? pass;
        lock (_gate)
            _passes.Remove(ticket, out pass);
        pass?.Dispose();
    }

    /// <summary>Queues the optimizer's step on the lane, before everything that is queued there later; the next step may begin at once.</summary>
    /// <returns>completes when it is taken; if it fails, the gradients are dropped</returns>
    public Task FinishAsync()
    {
        lock (_gate)
        {
            if (_isOver || _passes.Count > 0 || _share is not null)
                throw new InvalidOperationException("The step is over, or a pass of it still waits for its gradient.");
            _isOver = true;
        }

        return _worker.EndStep(takes: true);
    }

    /// <summary>Unless the step is finished, gives its passes up.</summary>
    /// <returns>false where it is over already</returns>
    public bool DropAll()
    {
        lock (_gate)
        {
            if (_isOver)
                return false;
            _isOver = true;
            foreach (var pass in _passes.Values)
                pass?.Dispose();
            _passes.Clear();
            return true;
        }
    }

    /// <summary>Unless the step is finished, gives it up: passes and gradients are dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (DropAll() && _share is null)
            await _worker.EndStep(takes: false).ConfigureAwait(false);
    }

    /// <exception cref="InvalidOperationException">The step is over.</exception>
    private PassTicket Open()
    {
        lock (_gate)
        {
            if (_isOver)
                throw StepIsOver;
            var ticket = new PassTicket(++_tickets);
            _passes.Add(ticket, null);
            return ticket;
        }
    }

    private Tensor Forward(PassTicket ticket, MiddleLeg leg)
    {
        using var hidden = leg.Read();
        var pass = _worker.Stage.Forward(hidden, leg.Layout, PassMode.Train, leg.Seat);
        try
        {
            var output = leg.Write(pass.Output);
            Keep(ticket, pass);
            return output;
        }
        catch
        {
            pass.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the graph of a pass that was not given up meanwhile.</summary>
    private void Keep(PassTicket ticket, StagePass pass)
    {
        lock (_gate)
        {
            if (_passes.ContainsKey(ticket))
                _passes[ticket] = pass;
            else
                pass.Dispose();
        }
    }

    private Tensor Backward(StagePass pass, MiddleLeg leg)
    {
        if (_hasFailed)
            throw new InvalidOperationException("Another gradient of this step has failed.");
        _hasFailed = true;
        using var scope = NewDisposeScope();
        var gradient = leg.Read().to(_worker.Stage.Blueprint.Device);
        var back = Compute(pass, gradient);
        _share?.Take();
        var written = leg.Write(back).MoveToOuterDisposeScope();
        _hasFailed = false;
        return written;
    }

    /// <summary>A failure leaves no gradient that the next client's share would take.</summary>
    private Tensor Compute(StagePass pass, Tensor gradient)
    {
        try
        {
            var back = pass.Backward(gradient) ?? throw new InvalidOperationException("The middle has no input to give a gradient for.");
            _worker.ExpectFinite();
            return back;
        }
        catch when (_share is not null)
        {
            _worker.ClearGradients();
            throw;
        }
    }

    private StagePass Take(PassTicket ticket)
    {
        lock (_gate)
        {
            if (_isOver)
                throw StepIsOver;
            return _passes.Remove(ticket, out var pass) && pass is not null
                ? pass
                : throw new KeyNotFoundException($"No pass {ticket.Number} waits for a gradient.");
        }
    }
}
