using System.Text.RegularExpressions;

namespace FlGlm.Client.Data.Families;

/// <summary>What ChatGLM's own chat does to an answer.</summary>
internal static partial class ChatGlmAnswer
{
    /// <summary>What loses the blanks beside it, in this order (Hugging Face's clean_up_tokenization).</summary>
    private static readonly string[] Tightened = [" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're"];

    /// <summary>What becomes full-width beside a Chinese character.</summary>
    private const string Narrow = ",!:;?";

    private const string YearMark = "[[训练时间]]";

    /// <summary>Takes the blanks from before English punctuation and shortened words.</summary>
    internal static string Tighten(string answer) =>
        Tightened.Aggregate(answer, (text, loose) => text.Replace(loose, loose.Trim(), StringComparison.Ordinal));

    /// <summary>Trims, and puts a year in the place of the training data's mark for one.</summary>
    internal static string Clean(string answer) => answer.Trim().Replace(YearMark, "2023年", StringComparison.Ordinal);

    /// <summary>ASCII punctuation beside a Chinese character becomes full-width.</summary>
    internal static string Widen(string answer) => Punctuation().Replace(answer, mark => mark.Value switch
    {
        "," => "，",
        "!" => "！",
        ":" => "：",
        ";" => "；",
        _ => "？",
    });

    /// <summary>How much of a cleaned answer <see cref="Clean"/> leaves as it is whatever follows: all but the beginning of a mark.</summary>
    internal static int Settled(string answer) => Before(answer, [YearMark]);

    /// <summary>The same for all three together: nor what may lose a blank or become full-width.</summary>
    internal static int SettledOfAll(string answer)
    {
        for (var end = answer.Length; ;)
        {
            var before = Before(answer[..end], [YearMark, .. Tightened]);
            if (before > 0 && Narrow.Contains(answer[before - 1]))
                before--;
            if (before == end)
                return end;
            end = before;
        }
    }

    /// <summary>The length without the longest end that one of the texts may begin with.</summary>
    private static int Before(string answer, IEnumerable<string> texts) =>
        answer.Length - texts.Max(text => Enumerable.Range(1, text.Length - 1).LastOrDefault(count => answer.EndsWith(text[..count], StringComparison.Ordinal)));

    [GeneratedRegex(@"(?<=[\u4e00-\u9fff])[,!:;?]|[,!:;?](?=[\u4e00-\u9fff])")]
    private static partial Regex Punctuation();
}
