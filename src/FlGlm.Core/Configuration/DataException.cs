namespace FlGlm.Core.Configuration;

/// <summary>A data file that cannot be used.</summary>
public sealed class DataException(string path, int? line, string message, Exception? inner = null) : FlGlmException(message, inner)
{
    public override ExitCode ExitCode => ExitCode.Data;

    public string Path { get; } = path;

    /// <summary>The line at fault, counted from 1, where it is one.</summary>
    public int? Line { get; } = line;
}
