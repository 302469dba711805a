using FlGlm.Client.Tokenizers;

namespace FlGlm.Client.Data.Families;

/// <summary>A Llama's tokenizer is what Hugging Face's transformers would take.</summary>
internal sealed class LlamaFiles : TextFiles
{
    /// <inheritdoc/>
    public override TokenizerDefinition ReadTokenizer(string directory) =>
        TokenizerFolder.ReadDirectory(directory, SpecialPieces.Read(directory)) ?? throw Missing(directory, "tokenizer.json or tokenizer.model (SentencePiece) is");

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(string directory, ModelIds ids, TextPieces pieces) => TokenizerWarnings.OfMarks(directory, ids, pieces);

    /// <inheritdoc/>
    public override TextFamily CreateFamily(string path, TextPieces pieces, ModelIds ids, TokenizerConfig config, bool parsesSpecialTokens) =>
        config.IsLlama3Chat && Llama3Text.HasMarks(pieces)
            ? new Llama3Text(pieces, ids, config, parsesSpecialTokens)
            : new LlamaText(pieces, ids, config, parsesSpecialTokens);
}
