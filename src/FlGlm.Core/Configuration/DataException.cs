namespace FlGlm.Core.Configuration;

/// <summary>A data file that cannot be used.</summary>
public sealed class DataException(string path, int? line, string message, Exception? inner = null) : FlGlmException(message, inner)
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Data;

    /// <summary>The file that cannot be used.</summary>
    public string Path { get; } = path;

    /// <summary>The line of the error, counted from 1; null where the error concerns no single line.</summary>
    public int? Line { get; } = line;
}
