namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// ROUGE by the rules of the package rouge 1.0.1 (pltrdy): words stand between blanks, sentences between full stops; n-grams and words
/// count once, however often they come; RougeL is the union of the subsequences of every sentence with every other.
/// </summary>
public static class PltrdyRouge
{
    /// <summary>How reports name this variant.</summary>
    public const string Name = "rouge";

    /// <summary>What rouge and rouge_chinese add to the divisor of F1.</summary>
    internal const double Guard = 1e-8;

    /// <summary>Scores a text against its reference; where one has no sentence, which the package refuses, the score is 0.</summary>
    public static RougeScores Score(string text, string reference)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(reference);
        var sentences = Sentences(text.Split('.'));
        var referenceSentences = Sentences(reference.Split('.'));
        if (sentences.Length == 0 || referenceSentences.Length == 0)
            return new RougeScores(default, default, default);
        return new RougeScores(
            Overlap(sentences, referenceSentences, 1), Overlap(sentences, referenceSentences, 2), Union(sentences, referenceSentences));
    }

    /// <summary>The words of each text that is not empty; one of blanks alone has one empty word, as in the packages.</summary>
    internal static string[][] Sentences(IEnumerable<string> texts) =>
        [.. texts.Where(text => text.Length > 0).Select(text => string.Join(' ', PythonText.Split(text)).Split(' '))];

    internal static OverlapScore Overlap(string[][] sentences, string[][] referenceSentences, int n)
    {
        var grams = NGrams.Count([.. sentences.SelectMany(words => words)], n);
        var referenceGrams = NGrams.Count([.. referenceSentences.SelectMany(words => words)], n);
        return OverlapScore.Of(grams.Keys.Count(referenceGrams.ContainsKey), grams.Count, referenceGrams.Count, Guard);
    }

    private static OverlapScore Union(string[][] sentences, string[][] referenceSentences)
    {
        var numbers = new WordNumbers();
        int[][] text = [.. sentences.Select(numbers.Of)];
        int[][] reference = [.. referenceSentences.Select(numbers.Of)];
        var shared = reference
            .SelectMany(line => text.SelectMany(other => CommonSubsequence.Positions(line, other, tieLeavesReference: false)).Select(i => line[i]))
            .Distinct();
        return OverlapScore.Of(shared.Count(), Unique(text), Unique(reference), Guard);
    }

    private static int Unique(int[][] sentences) => sentences.SelectMany(words => words).Distinct().Count();
}
