using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using Microsoft.ML.Tokenizers;

namespace FlGlm.Client.Data.Families;

/// <summary>Opens a checkpoint directory's SentencePiece model.</summary>
internal static class SentencePieceFile
{
    private const string Usual = "tokenizer.model";
    private const string ChatGlm = "ice_text.model";

    /// <summary>The file under the name that the family gives it.</summary>
    /// <exception cref="CheckpointException">It is not there; where another family's is, the message says so.</exception>
    internal static string Find(string directory, FamilyName family)
    {
        var (name, other) = family == FamilyName.ChatGlm ? (ChatGlm, Usual) : (Usual, ChatGlm);
        var path = Path.Combine(directory, name);
        if (File.Exists(path))
            return path;
        var found = File.Exists(Path.Combine(directory, other)) ? $"only {other}, the tokenizer of another model family"
            : File.Exists(Path.Combine(directory, "tokenizer.json")) ? "only a tokenizer.json"
            : "no tokenizer";
        throw new CheckpointException(
            directory, $"'{directory}' has {found}: the model's {name} (SentencePiece) is needed; copy it there.");
    }

    internal static SentencePieceTokenizer Open(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return SentencePieceTokenizer.Create(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read: {error.Message}", inner: error);
        }
        catch (Exception error) when (error is not (OutOfMemoryException or DllNotFoundException))
        {
            throw new CheckpointException(path, $"'{path}' cannot be read as a SentencePiece model; fetch it anew.", inner: error);
        }
    }

    /// <summary>The ids of a text, without sentence marks.</summary>
    internal static IReadOnlyList<int> Ids(this SentencePieceTokenizer pieces, string text) =>
        pieces.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false);
}
