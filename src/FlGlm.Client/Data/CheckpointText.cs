using FlGlm.Client.Tokenizers;

namespace FlGlm.Client.Data;

/// <summary>What the rows need of a checkpoint directory, each part read when the first row asks for it.</summary>
internal sealed class CheckpointText(string directory, Func<TextTokenizer> open)
{
    private readonly Lazy<TextTokenizer> _tokenizer = new(open);
    private readonly Lazy<ModelIds> _ids = new(() => ModelIds.Read(Path.Combine(directory, "config.json")));

    internal CheckpointText(string directory, SpecialTokenUse specialTokens)
        : this(directory, () => TextTokenizer.Open(directory, specialTokens))
    {
    }

    internal CheckpointText(string directory, TextTokenizer tokenizer)
        : this(directory, () => tokenizer)
    {
    }

    internal TextTokenizer Tokenizer => _tokenizer.Value;

    /// <summary>What a person should know of the tokenizer's files; none where no row has asked for it.</summary>
    internal IReadOnlyList<string> Warnings => _tokenizer.IsValueCreated ? _tokenizer.Value.Warnings : [];

    internal ModelIds Ids => _ids.Value;
}
