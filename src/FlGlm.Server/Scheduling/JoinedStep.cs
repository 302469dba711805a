using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>A joint step in which the rows of all clients are computed together; a pass waits until all clients have sent theirs.</summary>
/// <inheritdoc/>
internal sealed class JoinedStep(MiddleWorker middle, IReadOnlyList<Participant> members, BatchWeights weights) : JointStep(middle, members, weights)
{
    private readonly List<JoinedGroup> _groups = [];
    private readonly GradientSum _gradients = new(middle.Stage.Parameters);

    /// <summary>What each seat counts for, from the step's first gradients on; null before.</summary>
    private Dictionary<int, double>? _weights;

    public override async Task<(PassTicket Ticket, Tensor Output)> ForwardAsync(
        Participant participant, MiddleLeg leg, StepTimings seconds, CancellationToken ct)
    {
        var hidden = await ReadAsync(leg, ct).ConfigureAwait(false);
        JoinedRows rows;
        int number;
        lock (Gate)
        {
            var share = ShareOf(participant);
            rows = new JoinedRows(share, leg, hidden, seconds);
            share.Forwards++;
            number = NextGroup(share);
            _groups[number - 1].Add(rows);
        }

        Advance();
        return (new PassTicket(number), await rows.Output.WaitAsync(ct).ConfigureAwait(false));
    }

    public override async Task<Tensor> BackwardAsync(
        Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct)
    {
        var gradient = await ReadAsync(leg, ct).ConfigureAwait(false);
        JoinedRows rows;
        lock (Gate)
        {
            rows = _groups[ticket.Number - 1].Of(participant.Seat)!;
            rows.SetGradient(leg, gradient);
            (rows.Share.Targets, rows.Share.IsDone) = (terms.Targets, !terms.Accumulate);
        }

        Advance();
        return await rows.Back.WaitAsync(ct).ConfigureAwait(false);
    }

    public override Task DropAsync(Participant participant, PassTicket ticket) => throw new ProtocolException(
        FaultCode.Unexpected, "A client cannot give up a pass that is computed together with the passes of others.");

    public override bool WaitsFor(Participant participant)
    {
        lock (Gate)
            return !IsDone(participant) && !_groups.Exists(group => !group.IsOver && group.Of(participant.Seat) is { } rows && (!group.IsForwarded || rows.Gradient is not null));
    }

    public override void Dispose()
    {
        _groups.ForEach(group => group.Dispose());
        _gradients.Dispose();
    }

    protected override void Leave(Participant participant)
    {
        foreach (var rows in _groups.Select(group => group.Of(participant.Seat)).OfType<JoinedRows>())
            rows.IsLeft = true;
    }

    protected override Task GiveUpAsync(Participant participant)
    {
        Advance();
        return Task.CompletedTask;
    }

    protected override void PutGradients() => _gradients.AddToParameters(1);

    private Task<Tensor> ReadAsync(MiddleLeg leg, CancellationToken ct) => Middle.Lane.RunAsync(leg.Read, ct);

    /// <summary>The first pass of the step, counted from 1, that this client's rows can still join.</summary>
    private int NextGroup(JointShare share)
    {
        while (share.Next < _groups.Count && (_groups[share.Next].IsQueued || _groups[share.Next].IsForwarded || _groups[share.Next].IsOver))
            share.Next++;
        if (share.Next == _groups.Count)
            _groups.Add(new JoinedGroup(Middle, _gradients));
        return ++share.Next;
    }

    /// <summary>Queues the passes for which everything has come.</summary>
    private void Advance()
    {
        lock (Gate)
        {
            foreach (var (index, group) in _groups.Index())
            {
                if (IsAbandoned || group.IsQueued || group.IsOver || Shares.Any(share => share.HasFailed) || !HasCome(group, index))
                    continue;
                group.IsQueued = true;
                _ = Middle.Lane.RunAsync(() => Compute(group), CancellationToken.None);
            }
        }
    }

    private bool HasCome(JoinedGroup group, int index) => group.IsForwarded
        ? group.Rows.All(rows => rows.IsLeft || rows.Gradient is not null)
        : Shares.All(share => group.Of(share.Participant.Seat) is not null || (share.IsDone && share.Next <= index) || WaitsForGradient(share.Participant.Seat));

    /// <summary>The client has sent a gradient and gets its reply before it sends more: clients with fewer parts in a batch have none for the passes between.</summary>
    private bool WaitsForGradient(int seat) => _groups.Exists(group => !group.IsOver && group.Of(seat) is { Gradient: not null });

    private bool Compute(JoinedGroup group)
    {
        if (IsAbandoned)
            return false;
        var rows = Begin(group);
        try
        {
            if (rows.Count > 0 && !group.IsForwarded)
                End(group, group.Forward(rows));
            else if (rows.Count > 0)
                Backward(group, rows);
        }
#pragma warning disable CA1031 // the clients get it
        catch (Exception e)
        {
            Middle.ClearGradients();
            foreach (var own in rows)
                own.Fail(e);
        }

        Advance();
        TakeIfComplete();
        return true;
    }

    /// <returns>the rows to compute: before the forward, those of the clients that are still there</returns>
    private List<JoinedRows> Begin(JoinedGroup group)
    {
        lock (Gate)
        {
            foreach (var left in group.IsForwarded ? [] : group.Rows.Where(rows => rows.IsLeft).ToList())
                group.Remove(left);
            return [.. group.Rows];
        }
    }

    private void Backward(JoinedGroup group, List<JoinedRows> rows)
    {
        List<double?> weights;
        lock (Gate)
        {
            _weights ??= Shares.ToDictionary(share => share.Participant.Seat, WeightOf);
            weights = [.. rows.Select(own => own.IsLeft ? (double?)null : _weights[own.Seat])];
        }

        try
        {
            group.Backward(rows, weights);
            lock (Gate)
            {
                foreach (var own in rows)
                    own.Share.Backwards++;
            }
        }
        catch (NotFiniteException)
        {
            var bad = group.Separate(rows);
            foreach (var (own, error) in bad)
                own.Fail(error);
            if (bad.Count == 0)
                throw new NotFiniteException("No client's gradients alone, but their sum is not finite.");
            End(group, [.. bad.Select(each => each.Rows)]);
        }
    }

    /// <summary>Ends a computation; the rows that made it infinite or NaN are out, and their clients must go before it is repeated.</summary>
    private void End(JoinedGroup group, IReadOnlyList<JoinedRows> bad)
    {
        lock (Gate)
        {
            group.IsQueued = false;
            if (!_groups.Exists(each => each.IsOver))
                _weights = null; // without those that go
            foreach (var own in bad)
            {
                own.Share.HasFailed = true;
                own.Fail(new NotFiniteException($"The middle's values of '{own.Share.Participant.Name}' are not finite."));
                group.Remove(own);
            }
        }
    }
}
