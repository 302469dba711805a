namespace FlGlm.Server.Tap;

/// <summary>Gets every frame of every session as the server sees it: opened, before it is sent or handled. Measures what the server can learn.</summary>
public interface IServerTap
{
    /// <summary>
    /// A frame that has come, or is about to be sent. Several threads may call; each session's frames come in order, those of one direction one by one.
    /// An exception ends the tap with one warning, and the run goes on.
    /// </summary>
    /// <param name="frame">its tensor may be copied during the call only</param>
    void Seen(TappedFrame frame);
}
