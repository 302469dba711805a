using System.Text.RegularExpressions;

namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// ROUGE by the rules of Google's package rouge_score, which GLM uses, and of ROUGE-1.5.5: words are runs of a to z and digits in lower
/// case, n-grams count as often as they come, RougeL goes over the whole text, RougeLsum over lines (one sentence each).
/// </summary>
public static partial class GoogleRouge
{
    /// <summary>How reports name this variant.</summary>
    public const string Name = "rouge_score";

    /// <summary>Scores a text against its reference; an empty one scores 0.</summary>
    public static RougeScores Score(string text, string reference, RougeStemmer stemmer = RougeStemmer.Porter)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(reference);
        var words = Words(text, stemmer);
        var referenceWords = Words(reference, stemmer);
        return new RougeScores(
            Overlap(words, referenceWords, 1),
            Overlap(words, referenceWords, 2),
            Longest(words, referenceWords),
            ScoreLines(text, reference, stemmer));
    }

    /// <summary>RougeLsum alone, whose time and memory do not grow with the square of the text's length.</summary>
    internal static OverlapScore ScoreLines(string text, string reference, RougeStemmer stemmer) =>
        LongestByLine(Lines(text, stemmer), Lines(reference, stemmer));

    private static OverlapScore Overlap(string[] words, string[] referenceWords, int n)
    {
        var grams = NGrams.Count(words, n);
        var referenceGrams = NGrams.Count(referenceWords, n);
        return OverlapScore.Of(
            grams.Sum(gram => Math.Min(gram.Value, referenceGrams.GetValueOrDefault(gram.Key))), grams.Values.Sum(), referenceGrams.Values.Sum());
    }

    private static OverlapScore Longest(string[] words, string[] referenceWords)
    {
        var numbers = new WordNumbers();
        return OverlapScore.Of(CommonSubsequence.Length(numbers.Of(referenceWords), numbers.Of(words)), words.Length, referenceWords.Length);
    }

    /// <summary>
    /// The union of each reference line's subsequences with every line of the text. A word counts no oftener than text and reference
    /// have it, as in ROUGE-1.5.5.
    /// </summary>
    private static OverlapScore LongestByLine(string[][] lines, string[][] referenceLines)
    {
        var numbers = new WordNumbers();
        int[][] text = [.. lines.Select(numbers.Of)];
        int[][] reference = [.. referenceLines.Select(numbers.Of)];
        var left = Counts(text);
        var leftInReference = Counts(reference);
        var shared = 0;
        foreach (var line in reference)
        {
            var union = text.SelectMany(other => CommonSubsequence.Positions(line, other, tieLeavesReference: true)).Distinct();
            foreach (var word in union.Select(position => line[position]))
            {
                if (left.GetValueOrDefault(word) > 0 && leftInReference[word] > 0)
                {
                    shared++;
                    left[word]--;
                    leftInReference[word]--;
                }
            }
        }

        return OverlapScore.Of(shared, text.Sum(line => line.Length), reference.Sum(line => line.Length));
    }

    private static Dictionary<int, int> Counts(int[][] lines) => lines.SelectMany(line => line).CountBy(word => word).ToDictionary();

    private static string[][] Lines(string text, RougeStemmer stemmer) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Words(line, stemmer))];

    private static string[] Words(string text, RougeStemmer stemmer)
    {
        var words = Word().Matches(PythonText.Lower(text)).Select(match => match.Value);
        return stemmer == RougeStemmer.None
            ? [.. words]
            : [.. words.Select(word => word.Length > 3 ? PorterStemmer.Stem(word, stemmer == RougeStemmer.NltkPorter) : word)];
    }

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex Word();
}
