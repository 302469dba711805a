using FlGlm.Core.Events;

namespace FlGlm.Server.Tap;

/// <summary>The tap of all sessions of a server. Its first failure is one warning; after it nothing is tapped.</summary>
internal sealed class GuardedTap(IServerTap tap, RunEvents events)
{
    private int _sessions;
    private int _hasFailed;

    /// <summary>The number of a new session.</summary>
    public int NextSession() => Interlocked.Increment(ref _sessions);

    public void See(Func<TappedFrame> frame)
    {
        if (Volatile.Read(ref _hasFailed) != 0)
            return;
        try
        {
            tap.Seen(frame());
        }
#pragma warning disable CA1031 // what observes a run must not end it
        catch (Exception e)
        {
            if (Interlocked.Exchange(ref _hasFailed, 1) == 0)
                events.Warn($"what the server sees is not recorded any more ({e.Message.Split('\n')[0].TrimEnd('.')}); the run goes on");
        }
    }
}
