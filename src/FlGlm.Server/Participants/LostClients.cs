using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Server.Events;

namespace FlGlm.Server.Participants;

/// <summary>The clients that have left a run before its end and that the others wait for (<c>clients.when_lost: wait</c>).</summary>
internal sealed class LostClients(ClientsSettings clients, RunEvents events) : IDisposable
{
    private readonly Dictionary<Participant, (Timer Timer, bool ComesBack)> _timers = [];
    private readonly TaskCompletionSource<string> _missing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>Completes, with their names, when clients have stayed away for <c>clients.rejoin_timeout_s</c>.</summary>
    public Task<string> Missing => _missing.Task;

    /// <summary>Whether one of them has lost its connection, and may come back by itself.</summary>
    public bool AnyComesBack
    {
        get
        {
            lock (_gate)
                return _timers.Values.Any(lost => lost.ComesBack);
        }
    }

    public bool Any
    {
        get
        {
            lock (_gate)
                return _timers.Count > 0;
        }
    }

    /// <param name="comesBack">its connection was lost; else it has said goodbye, or its session has ended with a fault</param>
    public void Add(Participant participant, bool comesBack)
    {
        var limit = TimeSpan.FromSeconds(clients.RejoinTimeoutS);
        events.Report(new ServerEvent.WaitingForLost(participant.Name, limit));
        lock (_gate)
            _timers.Add(participant, (new Timer(_ => GiveUp(participant), null, limit, Timeout.InfiniteTimeSpan), comesBack));
    }

    public bool Contains(Participant participant)
    {
        lock (_gate)
            return _timers.ContainsKey(participant);
    }

    /// <summary>It has come back.</summary>
    /// <returns>whether it was lost</returns>
    public bool Remove(Participant participant)
    {
        lock (_gate)
        {
            if (!_timers.Remove(participant, out var lost))
                return false;
            lost.Timer.Dispose();
            return true;
        }
    }

    /// <param name="name">null = all</param>
    /// <returns>the lost clients of this name, which nobody waits for any more</returns>
    public IReadOnlyList<Participant> Take(string? name = null)
    {
        lock (_gate)
        {
            List<Participant> taken = [.. _timers.Keys.Where(participant => name is null || participant.Name == name)];
            taken.ForEach(participant => Remove(participant));
            return taken;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var (timer, _) in _timers.Values)
                timer.Dispose();
            _timers.Clear();
        }
    }

    private void GiveUp(Participant participant)
    {
        lock (_gate)
        {
            if (_timers.ContainsKey(participant))
                _missing.TrySetResult(string.Join(", ", _timers.Keys.OrderBy(lost => lost.Seat).Select(lost => lost.Name)));
        }
    }
}
