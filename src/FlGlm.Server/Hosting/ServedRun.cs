namespace FlGlm.Server.Hosting;

/// <summary>How serving ended.</summary>
internal enum ServedRun
{
    /// <summary>Every round is over.</summary>
    Complete,

    /// <summary>Stopped on request after the current step.</summary>
    Stopped,

    /// <summary>A lost client has stayed away for too long.</summary>
    ClientMissing,

    /// <summary>Every client left before the last round was over.</summary>
    AllClientsLeft,
}
