using FlGlm.Client.Tokenizers;

namespace FlGlm.Client.Data.Families;

/// <summary>ChatGLM2's and ChatGLM3's marks are their family's, so that no text can spell them.</summary>
internal sealed class ChatGlm2Files : TextFiles
{
    /// <inheritdoc/>
    public override string VocabularyKey => "padded_vocab_size";

    /// <inheritdoc/>
    public override TokenizerDefinition ReadTokenizer(string directory) =>
        TokenizerFolder.ReadDirectory(directory, SpecialPieces.None) ?? throw Missing(directory, "tokenizer.model (SentencePiece) is");

    /// <inheritdoc/>
    public override TextFamily CreateFamily(string path, TextPieces pieces, ModelIds ids, TokenizerConfig config, bool parsesSpecialTokens) =>
        config.HasRoles || ids.IsChatGlm3 ? new ChatGlm3Text(pieces, ids) : new ChatGlm2Text(pieces, ids);
}
