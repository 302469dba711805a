namespace FlGlm.Cli.Chaos;

/// <summary>What <c>flglm chaos</c> does to the bytes between clients and server.</summary>
internal enum TrafficChoice
{
    /// <summary>Each time another choice.</summary>
    Any,

    /// <summary>Ends the connection, also in the midst of a frame.</summary>
    Cut,

    /// <summary>Holds bytes back for a time.</summary>
    Delay,

    /// <summary>Sends bytes twice.</summary>
    Duplicate,

    /// <summary>Exchanges two pieces that follow each other.</summary>
    Reorder,

    /// <summary>Changes one bit.</summary>
    Corrupt,

    /// <summary>Nothing.</summary>
    None,
}
