using System.Text.Json;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Models;

namespace FlGlm.Client.Data.Families;

/// <summary>A ChatGLM-6B's tokenizer is its SentencePiece model.</summary>
internal sealed class ChatGlmFiles : TextFiles
{
    /// <inheritdoc/>
    public override ContextMarks? ReadMarks(JsonElement config, string path) => ContextMarks.Read(config, path);

    /// <inheritdoc/>
    public override TokenizerDefinition ReadTokenizer(string directory)
    {
        var path = Path.Combine(directory, IceText);
        return File.Exists(path) ? SentencePieceConversion.Read(path, SpecialPieces.None) : throw Missing(directory, IceText + " (SentencePiece) is");
    }

    /// <inheritdoc/>
    public override TextFamily CreateFamily(string path, TextPieces pieces, ModelIds ids, TokenizerConfig config, bool parsesSpecialTokens) =>
        ChatGlmText.Create(path, pieces, ids, config, parsesSpecialTokens);
}
