namespace FlGlm.Client.Training;

/// <summary>Why a client's run ended. In every case head and tail are whole and worth saving.</summary>
public enum ClientOutcome
{
    /// <summary>Every round is over.</summary>
    Finished,

    /// <summary>Asked to stop; the step in hand was finished, unless the server was gone as well.</summary>
    Interrupted,

    /// <summary>The server said goodbye before the last round was over.</summary>
    ServerLeft,
}
