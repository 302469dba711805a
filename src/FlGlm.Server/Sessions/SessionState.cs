namespace FlGlm.Server.Sessions;

/// <summary>The state of a session; it determines which frames are allowed, and how long the client may take for the next.</summary>
internal enum SessionState
{
    /// <summary>The channel is open; a Join is expected.</summary>
    Connected,

    /// <summary>The plan is sent; PlanAccepted is expected.</summary>
    Planned,

    /// <summary>Waiting for the start or for its turn; only a Goodbye is allowed.</summary>
    Waiting,

    /// <summary>Prefill, Decode and Goodbye are allowed.</summary>
    Generating,

    /// <summary>In its turn, no pass is open: a Forward, or RoundEnd.</summary>
    Forward,

    /// <summary>In its turn, passes wait for their gradient.</summary>
    Backward,

    /// <summary>The turn is over: the adapter is expected; afterwards only a Goodbye is allowed.</summary>
    RoundEnd,

    /// <summary>The client was told to go back to a checkpoint; its answer is expected, all else is void.</summary>
    GoingBack,

    /// <summary>The results are being sent; nothing is expected.</summary>
    HandOver,

    /// <summary>All results are sent; a Goodbye is expected.</summary>
    Finished,
}
