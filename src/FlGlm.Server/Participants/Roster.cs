using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Wire;
using FlGlm.Server.Cluster;
using FlGlm.Server.Recovery;
using FlGlm.Server.Scheduling;
using FlGlm.Server.Sessions;

namespace FlGlm.Server.Participants;

/// <summary>
/// The participants of a run and their seats, which follow <c>clients.names</c>, or else the ascending identities at the start: never the order
/// of arrival. The run starts when all expected clients have joined or, <c>clients.join_timeout_s</c> after the first, <c>clients.minimum</c>;
/// later ones take the next seat. Where a client leaves before the end, <c>clients.when_lost</c> says whether the others wait for it.
/// </summary>
/// <param name="cluster">the servers of the run, of whose clients this one has those that are dealt to it; null = it is alone</param>
internal sealed class Roster(RunPlan plan, ISplitScheduler scheduler, RunEvents events, ServerCheckpoints? checkpoints = null, ServerCluster? cluster = null) : IDisposable
{
    /// <summary>How long a session has to answer when its identity connects again.</summary>
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(2);

    private readonly ClientsSettings _clients = cluster?.Own ?? plan.Clients;
    private readonly Dictionary<string, Attendance> _present = [];
    private readonly Seats _seats = new(plan.Clients);
    private readonly HashSet<Participant> _late = [];

    /// <summary>Those that the scheduler knows.</summary>
    private readonly HashSet<Participant> _scheduled = [];
    private readonly HashSet<string> _letGo = [];
    private readonly LostClients _lost = new(plan.Clients, events);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>There from when somebody waits for it: before the start clients may come and go.</summary>
    private TaskCompletionSource? _allLeft;
    private Timer? _joinTimer;
    private bool _enoughIsMinimum;
    private bool _starts;

    /// <summary>What the start waits for: names where the plan has them, else a number of clients.</summary>
    public (string WaitingFor, int Joined) Missing
    {
        get
        {
            lock (_gate)
            {
                var names = _clients.Names.Except(_present.Values.Select(attendance => attendance.Participant.Name)).ToList();
                var missing = _clients.Expected - _present.Count;
                return (names.Count > 0 ? string.Join(", ", names) : $"{missing} more client{(missing == 1 ? "" : "s")}", _present.Count);
            }
        }
    }

    /// <summary>Completes, with their names, when lost clients have stayed away for too long.</summary>
    public Task<string> StayedAway => _clients.WhenLost == WhenLost.Wait ? _lost.Missing : Never;

    private static Task<string> Never => new TaskCompletionSource<string>().Task;

    /// <summary>A client takes part; if its identity has a session already, that must be dead.</summary>
    /// <param name="end">ends this session, for the reason given: a newer one of its identity replaces it, or it is let go</param>
    /// <exception cref="ProtocolException">The run does not take this client, or another session of its identity answers.</exception>
    public async Task<Participant> JoinAsync(IFrameChannel channel, SessionHello hello, Action<string> end, CancellationToken ct)
    {
        var identity = channel.Peer.Fingerprint ?? channel.Peer.Name;
        while (true)
        {
            var participant = Returning(identity, hello) ?? new Participant(identity, channel.Peer.Name, hello.Samples);
            if (Admit(new Attendance(participant, channel, end)) is not { } other)
                return participant;
            if (await other.Channel.IsAliveAsync(ProbePatience).ConfigureAwait(false))
            {
                throw new ProtocolException(
                    FaultCode.Busy, $"'{participant.Name}' has a session already, and it answers. Stop the other one, or give this client an identity of its own.");
            }

            await other.EndAsync("A newer connection of this identity has replaced it; it no longer answered.", ct).ConfigureAwait(false);
        }
    }

    /// <summary>A run that goes on: its participants keep their seats, and all are waited for.</summary>
    public Task RestoreAsync(IReadOnlyList<SeatState> seats)
    {
        _seats.Restore(seats);
        foreach (var participant in _seats.InOrder.Where(participant => checkpoints?.HasFetched(participant.Identity) != true))
            _lost.Add(participant, comesBack: true);
        if (_clients.WhenLost == WhenLost.Drop)
            _ = LetMissingGoAsync();
        _starts = true;
        return StartAsync(_seats.InOrder);
    }

    /// <summary>A client has its results, and has saved them.</summary>
    public Task HasFetchedAsync(Participant participant) => checkpoints?.AddFetchedAsync(participant.Identity) ?? Task.CompletedTask;

    /// <summary>Completes when nobody takes part any more and nobody is waited for.</summary>
    public Task WhenAllLeft()
    {
        lock (_gate)
        {
            _allLeft ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            CheckAllLeft();
            return _allLeft.Task;
        }
    }

    /// <summary>Waits until the run has started and the participant has its seat in it.</summary>
    public async Task WaitForStartAsync(Participant participant, CancellationToken ct)
    {
        await _started.Task.WaitAsync(ct).ConfigureAwait(false);
        lock (_gate)
        {
            if (!_late.Remove(participant))
                return;
            _scheduled.Add(participant);
        }

        await scheduler.AddAsync(participant).ConfigureAwait(false);
    }

    /// <summary>Goes on without a client: one that is lost, or one whose session is ended for it.</summary>
    /// <returns>whether there is such a client</returns>
    public async Task<bool> LetGoAsync(string name)
    {
        if (await LetLostGoAsync(name).ConfigureAwait(false))
            return true;
        Attendance? attendance;
        lock (_gate)
        {
            attendance = _present.Values.FirstOrDefault(each => each.Participant.Name == name && each.Participant.Seat > 0);
            if (attendance is not null)
                _letGo.Add(attendance.Participant.Identity);
        }

        if (attendance is null)
            return false;
        await attendance.EndAsync("The server was told to let it go.", CancellationToken.None).ConfigureAwait(false);
        await LetLostGoAsync(name).ConfigureAwait(false); // it was leaving already
        return true;
    }

    /// <summary>The participant's session is over. Before the start it leaves no trace; afterwards the run waits for it, or goes on without it.</summary>
    /// <param name="isLost">it has turns left</param>
    /// <param name="comesBack">its connection was lost; else it has said goodbye, or its session has ended with a fault</param>
    public async Task LeaveAsync(Participant participant, bool isLost, bool comesBack)
    {
        Attendance attendance;
        lock (_gate)
        {
            attendance = _present[participant.Identity];
            if (_late.Remove(participant))
                _seats.Free(participant);
            if (participant.Seat == 0)
                Forget(attendance);
            if (!_starts && _present.Count == 0)
                ResetJoinTimer();
        }

        if (participant.Seat > 0)
        {
            await _started.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await LeaveRunAsync(participant, isLost, comesBack).ConfigureAwait(false);
            }
            finally
            {
                lock (_gate)
                    Forget(attendance);
            }

            await LeaveIfAloneAsync().ConfigureAwait(false);
        }

        lock (_gate)
            CheckAllLeft();
    }

    public void Dispose()
    {
        _joinTimer?.Dispose();
        _lost.Dispose();
    }

    private async Task LeaveRunAsync(Participant participant, bool isLost, bool comesBack)
    {
        bool waits, isAlone;
        lock (_gate)
        {
            if (!_scheduled.Remove(participant))
                return;
            isAlone = isLost && EndsWithout([participant]);
            waits = isLost && _clients.WhenLost == WhenLost.Wait && !_letGo.Contains(participant.Identity) && (comesBack || !isAlone);
        }

        if (waits)
        {
            _lost.Add(participant, comesBack);
            return;
        }

        if (isAlone)
            checkpoints?.Close();
        await RemoveAsync(participant).ConfigureAwait(false);
    }

    /// <summary>The run goes on without a participant.</summary>
    private async Task RemoveAsync(Participant participant)
    {
        if (participant.Passes is { } passes)
            await passes.EndAsync().ConfigureAwait(false);
        await scheduler.LeaveAsync(participant).ConfigureAwait(false);
        lock (_gate)
            CheckAllLeft();
    }

    private void CheckAllLeft()
    {
        if (_present.Count == 0 && !_lost.Any)
            _allLeft?.TrySetResult();
    }

    /// <summary>The participant that has this identity, where it may come back.</summary>
    /// <exception cref="ProtocolException">The run goes on without it, or it has other rows.</exception>
    private Participant? Returning(string identity, SessionHello hello)
    {
        lock (_gate)
        {
            var seated = _seats.Find(identity);
            if (seated is null || (_clients.WhenLost == WhenLost.Drop && !_lost.Contains(seated)))
            {
                return hello.Resume is null || hello.Resume.RunId.Length == 0
                    ? null
                    : throw new ProtocolException(FaultCode.Full, "This run goes on without a client that has left (clients.when_lost: drop), or never had it. Started without --resume, and with another run directory, it may join late.");
            }

            if (_letGo.Contains(identity))
                throw new ProtocolException(FaultCode.Full, $"'{seated.Name}' has left this run, which goes on without it. Start a new run on both sides.");
            if (seated.Samples != hello.Samples)
                throw new ProtocolException(FaultCode.PlanMismatch, $"'{seated.Name}' comes back with {hello.Samples} rows, and takes part with {seated.Samples}. Give it the same data.");
            return seated;
        }
    }

    /// <summary>Where a run goes on without those that are lost, it waits for its clients after a restart only.</summary>
    private async Task LetMissingGoAsync()
    {
        await _lost.Missing.ConfigureAwait(false);
        await LetLostGoAsync().ConfigureAwait(false);
    }

    /// <summary>Goes on without lost clients. Where the run ends without them, what is kept of it stays what it is.</summary>
    /// <param name="name">null = all</param>
    /// <returns>whether there was one</returns>
    private async Task<bool> LetLostGoAsync(string? name = null)
    {
        IReadOnlyList<Participant> gone;
        lock (_gate)
        {
            gone = _lost.Take(name);
            if (gone.Count > 0 && EndsWithout(gone))
            {
                checkpoints?.Close();
                gone = [.. gone, .. _lost.Take()];
            }
        }

        foreach (var participant in gone)
            await RemoveAsync(participant).ConfigureAwait(false);
        return gone.Count > 0;
    }

    /// <summary>With nobody left there is nobody to wait.</summary>
    private async Task LeaveIfAloneAsync()
    {
        lock (_gate)
        {
            if (!EndsWithout([]))
                return;
        }

        await LetLostGoAsync().ConfigureAwait(false);
    }

    /// <summary>Whether no others take part, and none that is lost may come back by itself; of other servers nobody knows here.</summary>
    private bool EndsWithout(IReadOnlyList<Participant> leaving) =>
        cluster is null && !_lost.AnyComesBack && _present.Values.All(attendance => leaving.Contains(attendance.Participant));

    /// <returns>another session of the same identity; null where the client is admitted</returns>
    private Attendance? Admit(Attendance newcomer)
    {
        var participant = newcomer.Participant;
        lock (_gate)
        {
            if (_present.TryGetValue(participant.Identity, out var other))
                return other;
            if (participant.Seat > 0)
            {
                ComeBack(newcomer);
                return null;
            }

            Check(participant);
            _present.Add(participant.Identity, newcomer);
            if (_starts)
            {
                _late.Add(participant);
                _seats.Take(participant);
            }

            _joinTimer ??= new Timer(_ => StartWithMinimum(), null, TimeSpan.FromSeconds(_clients.JoinTimeoutS), Timeout.InfiniteTimeSpan);
            StartIfEnough();
            return null;
        }
    }

    /// <summary>A participant takes its part up again.</summary>
    private void ComeBack(Attendance newcomer)
    {
        var participant = newcomer.Participant;
        if (!_lost.Remove(participant))
            throw new ProtocolException(FaultCode.Full, $"'{participant.Name}' has left this run. Start a new run on both sides.");
        _present.Add(participant.Identity, newcomer);
        _scheduled.Add(participant);
    }

    private void Check(Participant participant)
    {
        var returns = _seats.Find(participant.Identity) is not null;
        if (returns && _letGo.Contains(participant.Identity))
            throw new ProtocolException(FaultCode.Full, $"'{participant.Name}' has left this run, which goes on without it. Start a new run on both sides.");
        if (!returns && (_starts ? _seats.InOrder.Count : _present.Count) >= _clients.Expected)
            throw new ProtocolException(FaultCode.Full, $"This run takes {_clients.Expected} clients (clients.expected) and has them.");
        if (_clients.Names.Count > 0 && !_clients.Names.Contains(participant.Name))
            throw new ProtocolException(FaultCode.PlanMismatch, $"'{participant.Name}' is not one of this run's clients: {string.Join(", ", _clients.Names)} (clients.names).");
        if (_clients.Names.Count > 0 && _present.Values.Select(other => other.Participant).Concat(_seats.InOrder).Any(other => other.Name == participant.Name && other.Identity != participant.Identity))
            throw new ProtocolException(FaultCode.PlanMismatch, $"Another identity key of the name '{participant.Name}' has joined; give every client a name of its own.");
    }

    private void StartWithMinimum()
    {
        lock (_gate)
        {
            _enoughIsMinimum = _clients.Minimum > 0;
            StartIfEnough();
        }
    }

    /// <summary>Nobody has joined any more: the time counts from the next client on.</summary>
    private void ResetJoinTimer()
    {
        _joinTimer?.Dispose();
        (_joinTimer, _enoughIsMinimum) = (null, false);
    }

    private void StartIfEnough()
    {
        if (_starts || _present.Count < (_enoughIsMinimum ? _clients.Minimum : _clients.Expected))
            return;
        _starts = true;
        foreach (var attendance in _present.Values.OrderBy(attendance => attendance.Participant.Identity, StringComparer.Ordinal))
            _seats.Take(attendance.Participant);
        _ = StartAsync(_seats.InOrder);
    }

    private async Task StartAsync(IReadOnlyList<Participant> participants)
    {
        try
        {
            await scheduler.StartAsync(participants).ConfigureAwait(false);
            lock (_gate)
                _scheduled.UnionWith(participants.Where(participant => !participant.HasTakenPart)); // those of a run that goes on are not here yet
            _started.TrySetResult();
        }
#pragma warning disable CA1031 // whoever waits for the start gets the exception
        catch (Exception e)
        {
            _started.TrySetException(e);
        }
    }

    private void Forget(Attendance attendance)
    {
        _present.Remove(attendance.Participant.Identity);
        attendance.Leave();
    }
}
