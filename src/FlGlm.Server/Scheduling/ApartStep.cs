using System.Collections.Concurrent;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// A joint step in which every client's rows are passes of their own, computed as they come. Parameter gradients are kept apart and added in
/// the order of the seats, so that nobody's values depend on a neighbour's.
/// </summary>
/// <inheritdoc/>
internal sealed class ApartStep(MiddleWorker middle, IReadOnlyList<Participant> members, BatchWeights weights) : JointStep(middle, members, weights)
{
    private readonly ConcurrentDictionary<Participant, (MiddleStep Passes, GradientSum Gradients)> _own =
        new(members.ToDictionary(member => member, _ => Begin(middle)));

    public override async Task<(PassTicket Ticket, Tensor Output)> ForwardAsync(
        Participant participant, MiddleLeg leg, StepTimings seconds, CancellationToken ct)
    {
        var pass = await _own[participant].Passes.ForwardAsync(leg, seconds, ct).ConfigureAwait(false);
        lock (Gate)
            ShareOf(participant).Forwards++;
        return pass;
    }

    public override async Task<Tensor> BackwardAsync(
        Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct)
    {
        var back = await _own[participant].Passes.BackwardAsync(ticket, leg, seconds, ct).ConfigureAwait(false);
        lock (Gate)
        {
            var share = ShareOf(participant);
            (share.Backwards, share.IsDone, share.Targets) = (share.Backwards + 1, !terms.Accumulate, terms.Targets);
        }

        TakeIfComplete();
        return back;
    }

    /// <summary>With its last open pass a client gives up its share, and may begin it again.</summary>
    public override async Task DropAsync(Participant participant, PassTicket ticket)
    {
        var (passes, gradients) = _own[participant];
        passes.Drop(ticket);
        if (passes.OpenPasses > 0)
            return;
        await passes.DisposeAsync().ConfigureAwait(false);
        gradients.Dispose();
        _own[participant] = Begin(Middle);
        lock (Gate)
            (ShareOf(participant).Forwards, ShareOf(participant).Backwards) = (0, 0);
    }

    public override void Dispose()
    {
        foreach (var (passes, gradients) in _own.Values)
        {
            passes.DropAll();
            gradients.Dispose();
        }
    }

    protected override async Task GiveUpAsync(Participant participant)
    {
        if (_own.TryGetValue(participant, out var own))
            await own.Passes.DisposeAsync().ConfigureAwait(false);
    }

    protected override void PutGradients()
    {
        foreach (var share in Shares)
            _own[share.Participant].Gradients.AddToParameters(WeightOf(share));
    }

    private static (MiddleStep, GradientSum) Begin(MiddleWorker middle)
    {
        var gradients = new GradientSum(middle.Stage.Parameters);
        return (new MiddleStep(middle, gradients), gradients);
    }
}
