using System.Diagnostics;

namespace FlGlm.Server.Sessions;

/// <summary>The server waits for a client's next frame.</summary>
/// <param name="State">what the client has to do</param>
/// <param name="Since">a timestamp of <see cref="Stopwatch"/></param>
/// <param name="Limit">how long it may take; infinite in some states</param>
internal sealed record AwaitedFrame(SessionState State, long Since, TimeSpan Limit)
{
    public TimeSpan Waited => Stopwatch.GetElapsedTime(Since);
}
