using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Client.Data.Families;

/// <summary>Finds a checkpoint directory's tokenizer under the names that its family gives it.</summary>
internal static class TokenizerFile
{
    private const string ChatGlm = "ice_text.model";

    /// <summary>
    /// A ChatGLM-6B's is its SentencePiece model. The others' is what Hugging Face's transformers would take; a ChatGLM2's marks are its
    /// family's, so that no text can spell them.
    /// </summary>
    /// <exception cref="CheckpointException">It is not there; where another family's is, the message says so.</exception>
    internal static TokenizerDefinition Read(string directory, FamilyName family)
    {
        if (family == FamilyName.ChatGlm)
        {
            var path = Path.Combine(directory, ChatGlm);
            return File.Exists(path) ? SentencePieceConversion.Read(path, SpecialPieces.None) : throw Missing(directory, ChatGlm + " (SentencePiece) is");
        }

        var pieces = family == FamilyName.ChatGlm2 ? SpecialPieces.None : SpecialPieces.Read(directory);
        return TokenizerFolder.ReadDirectory(directory, pieces) ?? throw Missing(
            directory, family == FamilyName.ChatGlm2 ? "tokenizer.model (SentencePiece) is" : "tokenizer.json or tokenizer.model (SentencePiece) is");
    }

    private static CheckpointException Missing(string directory, string needed)
    {
        string[] others = [TokenizerFolder.Json, TokenizerFolder.Model, ChatGlm];
        var found = others.FirstOrDefault(name => File.Exists(Path.Combine(directory, name)));
        var has = found switch
        {
            null => "no tokenizer",
            TokenizerFolder.Json => "only a tokenizer.json",
            _ => $"only {found}, the tokenizer of another model family",
        };
        return new CheckpointException(directory, $"'{directory}' has {has}: the model's {needed} needed; copy it there.");
    }
}
