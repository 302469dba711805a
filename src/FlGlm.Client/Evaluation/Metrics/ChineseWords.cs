using JiebaNet.Segmenter;

namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// Cuts Chinese text into words as <c>jieba.cut</c> does (accurate mode, with the hidden Markov model for new words), by the package jieba.NET.
/// Its word list and tables lie in the folder <c>Resources</c> beside the program, where the library's build puts them, and are loaded once,
/// at the first cut. Of two cuts that are equally likely jieba.NET may take the other (8 of 7,760 texts, most from Huatuo, differed from jieba 0.42.1).
/// </summary>
public static class ChineseWords
{
    /// <summary>How reports name the segmenter.</summary>
    public const string Name = "jieba.NET 0.42.2";

    private static readonly Lazy<JiebaSegmenter> Segmenter = new(Load);

    // jieba.NET takes it for a part of a word, jieba does not.
    private const char MiddleDot = '·';

    /// <summary>The words in their order. Blanks and punctuation marks are words of their own, and nothing is lost.</summary>
    /// <exception cref="FileNotFoundException">The word list does not lie beside the program.</exception>
    public static IReadOnlyList<string> Cut(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        foreach (var (index, part) in text.Split(MiddleDot).Index())
        {
            if (index > 0)
                words.Add(MiddleDot.ToString());
            words.AddRange(Whole(Segmenter.Value.Cut(part)));
        }

        return words;
    }

    /// <summary>The words joined by blanks, as <see cref="ChineseRouge"/> takes them.</summary>
    public static string Spaced(string text) => string.Join(' ', Cut(text));

    private static JiebaSegmenter Load()
    {
        // A folder that the host has set stays.
        if (!Path.IsPathRooted(ConfigManager.ConfigFileBaseDir))
            ConfigManager.ConfigFileBaseDir = Path.Combine(AppContext.BaseDirectory, ConfigManager.ConfigFileBaseDir);
        CheckTables(ConfigManager.ConfigFileBaseDir);
        return new JiebaSegmenter();
    }

    /// <summary>jieba.NET itself cuts every character apart where its word list is missing.</summary>
    internal static void CheckTables(string folder)
    {
        foreach (var name in (string[])["dict.txt", "prob_emit.json", "prob_trans.json"])
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
                throw new FileNotFoundException($"'{path}' is missing: jieba.NET cuts Chinese words with it. The build of a program that references FlGlm.Client copies it there.", path);
        }
    }

    /// <summary>Characters above U+FFFF in one piece, where jieba.NET cuts them in two.</summary>
    private static IEnumerable<string> Whole(IEnumerable<string> words)
    {
        var first = "";
        foreach (var word in words)
        {
            if (first.Length == 0 && word.Length == 1 && char.IsHighSurrogate(word[0]))
            {
                first = word;
                continue;
            }

            yield return first + word;
            first = "";
        }

        if (first.Length > 0)
            yield return first;
    }
}
