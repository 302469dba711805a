namespace FlGlm.Client.Training;

/// <summary>Why a client's run ended. In every case head and tail are valid and can be saved.</summary>
public enum ClientOutcome
{
    /// <summary>Every round is over.</summary>
    Finished,

    /// <summary>A stop was requested; the current step was finished, unless the server had stopped too.</summary>
    Interrupted,

    /// <summary>The server ended the session before the last round was over.</summary>
    ServerLeft,
}
