namespace FlGlm.Server.Sessions;

/// <summary>Where a session stands; decides which frames have a place.</summary>
internal enum SessionState
{
    /// <summary>The channel is open; a Join is due.</summary>
    Connected,

    /// <summary>The plan is sent; PlanAccepted is due.</summary>
    Planned,

    /// <summary>In the queue; only a goodbye may come.</summary>
    Waiting,

    /// <summary>Prefills and Decodes may come, or a goodbye.</summary>
    Generating,

    /// <summary>Passes may come, then RoundEnd.</summary>
    InTurn,

    /// <summary>The turn is over: the adapter is due, then only a goodbye may come.</summary>
    BetweenRounds,

    /// <summary>All is sent; a goodbye is due.</summary>
    Finished,
}
