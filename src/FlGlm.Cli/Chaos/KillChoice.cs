namespace FlGlm.Cli.Chaos;

/// <summary>Which processes <c>flglm chaos</c> kills.</summary>
internal enum KillChoice
{
    /// <summary>Each time another choice.</summary>
    Any,

    /// <summary>The server.</summary>
    Server,

    /// <summary>One of the clients.</summary>
    Client,

    /// <summary>The server and a client at once.</summary>
    Both,

    /// <summary>No process.</summary>
    None,
}
