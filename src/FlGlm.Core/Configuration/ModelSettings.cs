namespace FlGlm.Core.Configuration;

/// <summary>The base model.</summary>
public sealed record ModelSettings : IValidated
{
    /// <summary>A Hugging Face checkpoint directory: config.json, weights, tokenizer. Relative to the working directory.</summary>
    public string Path { get; init; } = "";

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (Path.Length == 0)
            yield return new Problem("path", "names no model; a checkpoint directory with config.json and weights.");
    }
}
