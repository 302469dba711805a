namespace FlGlm.Core.Configuration;

/// <summary>An error that the user can act on. Its message says what, where, and what next, in one line.</summary>
public abstract class FlGlmException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The process exit code of this kind of error.</summary>
    public abstract ExitCode ExitCode { get; }
}
