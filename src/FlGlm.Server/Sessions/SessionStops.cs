namespace FlGlm.Server.Sessions;

/// <summary>What ends a session's waits.</summary>
/// <param name="now">the server aborts</param>
/// <param name="ended">the session is ended, for a newer one of its identity or without one</param>
/// <param name="back">the client is to go back to a checkpoint</param>
internal sealed class SessionStops(SessionDependencies server, CancellationToken now, CancellationToken ended, CancellationToken back = default) : IDisposable
{
    private readonly CancellationTokenSource _now = CancellationTokenSource.CreateLinkedTokenSource(now, ended);
    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource([now, ended, server.Stopping, back]);
    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource([now, ended, server.StopLimit, back]);

    /// <summary>The session is over at once.</summary>
    public CancellationToken Now => _now.Token;

    /// <summary>Nothing more is begun: for waits between steps.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>For what a stop lets finish: it has 10 s.</summary>
    public CancellationToken Limit => _limit.Token;

    public void Dispose()
    {
        _now.Dispose();
        _stopping.Dispose();
        _limit.Dispose();
    }
}
