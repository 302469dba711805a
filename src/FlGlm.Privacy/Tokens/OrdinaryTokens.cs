using FlGlm.Client.Data;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Tokens;

/// <summary>Which tokens stand for text, and which are marks that a row needs where they are.</summary>
internal static class OrdinaryTokens
{
    /// <summary>
    /// All that the tokenizer decodes to text, without those that <c>config.json</c> and <c>generation_config.json</c> name as beginning, end, padding or
    /// place of an answer. Without a tokenizer, for rows of ids, all but the latter.
    /// </summary>
    /// <param name="model">the checkpoint directory</param>
    /// <param name="vocabulary">V</param>
    /// <param name="padId">of the model; null = none</param>
    public static bool[] Of(string model, int vocabulary, int? padId)
    {
        var ids = ModelIds.Read(Path.Combine(model, "config.json"));
        HashSet<int?> marks = [ids.Bos, .. ids.Eos, .. ids.MoreStops, ids.Marks?.Start, ids.Marks?.GMask, ids.Marks?.Mask, padId];
        var tokenizer = Tokenizer(model);
        return [.. Enumerable.Range(0, vocabulary).Select(id => !marks.Contains(id) && tokenizer?.IsText(id) != false)];
    }

    private static HuggingFaceTokenizer? Tokenizer(string model)
    {
        try
        {
            return TextTokenizer.Open(model).Tokenizer as HuggingFaceTokenizer;
        }
        catch (CheckpointException)
        {
            // Rows of ids need none; others have been refused by now.
            return null;
        }
    }
}
