namespace FlGlm.Core.Configuration;

/// <summary>A model, adapter or tokenizer file that cannot be used.</summary>
public sealed class CheckpointException(string path, string message, string? tensor = null, Exception? inner = null)
    : FlGlmException(message, inner)
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Checkpoint;

    /// <summary>The file or directory that cannot be used.</summary>
    public string Path { get; } = path;

    /// <summary>The tensor that cannot be used; null where the error concerns no single tensor.</summary>
    public string? Tensor { get; } = tensor;
}
