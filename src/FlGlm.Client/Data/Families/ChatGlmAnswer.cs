using System.Text.RegularExpressions;

namespace FlGlm.Client.Data.Families;

/// <summary>What ChatGLM's own chat does to an answer.</summary>
internal static partial class ChatGlmAnswer
{
    /// <summary>What loses the blanks beside it, in this order (Hugging Face's clean_up_tokenization).</summary>
    private static readonly string[] Tightened = [" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're"];

    /// <summary>Takes the blanks from before English punctuation and shortened words.</summary>
    internal static string Tighten(string answer) =>
        Tightened.Aggregate(answer, (text, loose) => text.Replace(loose, loose.Trim(), StringComparison.Ordinal));

    /// <summary>Trims, and puts a year in the place of the training data's mark for one.</summary>
    internal static string Clean(string answer) => answer.Trim().Replace("[[训练时间]]", "2023年", StringComparison.Ordinal);

    /// <summary>ASCII punctuation beside a Chinese character becomes full-width.</summary>
    internal static string Widen(string answer) => Punctuation().Replace(answer, mark => mark.Value switch
    {
        "," => "，",
        "!" => "！",
        ":" => "：",
        ";" => "；",
        _ => "？",
    });

    [GeneratedRegex(@"(?<=[\u4e00-\u9fff])[,!:;?]|[,!:;?](?=[\u4e00-\u9fff])")]
    private static partial Regex Punctuation();
}
