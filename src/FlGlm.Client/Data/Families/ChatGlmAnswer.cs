using System.Text.RegularExpressions;

namespace FlGlm.Client.Data.Families;

/// <summary>What ChatGLM's own chat does to an answer.</summary>
internal static partial class ChatGlmAnswer
{
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
