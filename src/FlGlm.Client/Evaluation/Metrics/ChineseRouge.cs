using System.Text.RegularExpressions;

namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// ROUGE by the rules of the package rouge_chinese, which ChatGLM's and the authors' code use on words cut by jieba and joined by blanks:
/// n-grams count once, however often they come; RougeL is the longest common subsequence of all words, repetitions included.
/// </summary>
public static partial class ChineseRouge
{
    /// <summary>How reports name this variant.</summary>
    public const string Name = "rouge_chinese";

    /// <summary>Scores a text of words separated by blanks against its reference; an empty one, which the package refuses, scores 0.</summary>
    public static RougeScores Score(string text, string reference)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(reference);
        var sentences = Sentences(text);
        var referenceSentences = Sentences(reference);
        if (sentences.Length == 0 || referenceSentences.Length == 0)
            return new RougeScores(default, default, default);
        return new RougeScores(
            PltrdyRouge.Overlap(sentences, referenceSentences, 1),
            PltrdyRouge.Overlap(sentences, referenceSentences, 2),
            Longest([.. sentences.SelectMany(words => words)], [.. referenceSentences.SelectMany(words => words)]));
    }

    private static OverlapScore Longest(string[] words, string[] referenceWords)
    {
        var numbers = new WordNumbers();
        var length = CommonSubsequence.Length(numbers.Of(referenceWords), numbers.Of(words));
        return OverlapScore.Of(length, words.Length, referenceWords.Length, PltrdyRouge.Guard);
    }

    /// <summary>Lines end at line feeds, and after the ends of sentences, which so also end a word.</summary>
    private static string[][] Sentences(string text)
    {
        var ended = Ending().Replace(text, "$1\n$2");
        ended = SixDots().Replace(ended, "$1\n$2");
        ended = Ellipsis().Replace(ended, "$1\n$2");
        ended = QuotedEnding().Replace(ended, "$1\n$2");
        return PltrdyRouge.Sentences(PythonText.TrimEnd(ended).Split('\n'));
    }

    [GeneratedRegex("([。！？?])([^”’])")]
    private static partial Regex Ending();

    [GeneratedRegex(@"(\.{6})([^”’])")]
    private static partial Regex SixDots();

    [GeneratedRegex("(…{2})([^”’])")]
    private static partial Regex Ellipsis();

    [GeneratedRegex("([。！？?][”’])([^，。！？?])")]
    private static partial Regex QuotedEnding();
}
