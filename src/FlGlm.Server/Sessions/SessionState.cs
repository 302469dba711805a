namespace FlGlm.Server.Sessions;

/// <summary>The state of a session; it determines which frames are allowed.</summary>
internal enum SessionState
{
    /// <summary>The channel is open; a Join is expected.</summary>
    Connected,

    /// <summary>The plan is sent; PlanAccepted is expected.</summary>
    Planned,

    /// <summary>In the queue; only a Goodbye is allowed.</summary>
    Waiting,

    /// <summary>Prefill, Decode and Goodbye are allowed.</summary>
    Generating,

    /// <summary>Passes are allowed, then RoundEnd.</summary>
    InTurn,

    /// <summary>The turn is over: the adapter is expected; afterwards only a Goodbye is allowed.</summary>
    BetweenRounds,

    /// <summary>All results are sent; a Goodbye is expected.</summary>
    Finished,
}
