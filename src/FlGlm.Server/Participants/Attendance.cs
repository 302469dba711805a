using FlGlm.Core.Wire;

namespace FlGlm.Server.Participants;

/// <summary>A participant's live training session.</summary>
/// <param name="channel">its connection, on which its session receives</param>
/// <param name="end">ends the session for the reason given</param>
internal sealed class Attendance(Participant participant, IFrameChannel channel, Action<string> end)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Participant Participant => participant;

    public IFrameChannel Channel => channel;

    /// <summary>Ends the session and waits until it has left.</summary>
    public Task EndAsync(string reason, CancellationToken ct)
    {
        end(reason);
        return _left.Task.WaitAsync(ct);
    }

    public void Leave() => _left.TrySetResult();
}
