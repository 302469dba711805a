using FlGlm.Client.Tokenizers;

namespace FlGlm.Client.Data;

/// <summary>What the rows need of a checkpoint directory, each part read when the first row asks for it.</summary>
internal sealed class CheckpointText(string directory, SpecialTokenUse specialTokens)
{
    private readonly Lazy<TextTokenizer> _tokenizer = new(() => TextTokenizer.Open(directory, specialTokens));
    private readonly Lazy<ModelIds> _ids = new(() => ModelIds.Read(Path.Combine(directory, "config.json")));

    internal TextTokenizer Tokenizer => _tokenizer.Value;

    /// <summary>What a person should know of the tokenizer's files; none where no row has asked for it.</summary>
    internal IReadOnlyList<string> Warnings => _tokenizer.IsValueCreated ? _tokenizer.Value.Warnings : [];

    internal ModelIds Ids => _ids.Value;
}
