namespace FlGlm.Client.Tests.Recovery;

/// <summary>What happens to a run at a moment.</summary>
internal enum Disturbance
{
    None,

    /// <summary>The client's process dies, and is started again.</summary>
    KillClient,

    /// <summary>The server's process dies, and is started again.</summary>
    KillServer,

    /// <summary>Both.</summary>
    KillBoth,

    /// <summary>All connections are cut.</summary>
    Cut,

    /// <summary>All connections are cut a little later, in the midst of a frame.</summary>
    CutSoon,

    /// <summary>The client is asked to stop, as by Ctrl+C, and is resumed.</summary>
    StopClient,

    /// <summary>The server is, which ends its clients; all are resumed.</summary>
    StopServer,

    /// <summary>Both.</summary>
    StopBoth,

    /// <summary>All connections are cut, and clients come back from another address.</summary>
    Move,
}
