using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tasks.Generation;

/// <summary>The scores of a generated text, as <see cref="LanguageTask.Judge"/> gives them, and their means.</summary>
internal static class TextScores
{
    private const string Bleu = "bleu4.characters";
    private const string Corpus = "sacrebleu";
    private static readonly CorpusBleuOptions Chinese = new() { Tokenizer = BleuTokenizer.Zh };

    /// <summary>ROUGE of Google's package, on English, with the stemmer that the package uses.</summary>
    public static IEnumerable<KeyValuePair<string, double>> Google(string text, string reference) => Named(GoogleRouge.Name, GoogleRouge.Score(text, reference, RougeStemmer.NltkPorter));

    /// <summary>ROUGE of the package <c>rouge</c> 1.0.1.</summary>
    public static IEnumerable<KeyValuePair<string, double>> Pltrdy(string text, string reference) => Named(PltrdyRouge.Name, PltrdyRouge.Score(text, reference));

    /// <summary>ROUGE of <c>rouge_chinese</c> over words cut by jieba.</summary>
    public static IEnumerable<KeyValuePair<string, double>> OverWords(string text, string reference) =>
        Named(ChineseRouge.Name, ChineseRouge.Score(ChineseWords.Spaced(text), ChineseWords.Spaced(reference)));

    /// <summary>BLEU-4 of characters by NLTK's smoothing method 3, and what sacreBLEU's corpus BLEU of Chinese is made of.</summary>
    public static IEnumerable<KeyValuePair<string, double>> BleuScores(string text, string reference)
    {
        yield return new(Bleu, SentenceBleu.Score(SentenceBleu.Characters(text), [SentenceBleu.Characters(reference)]));
        var counts = CorpusBleu.Count([text], [[reference]], Chinese);
        foreach (var (order, matches) in counts.Matches.Index())
        {
            yield return new($"{Corpus}.matches{order + 1}", matches);
            yield return new($"{Corpus}.total{order + 1}", counts.Totals[order]);
        }

        yield return new($"{Corpus}.length", counts.Length);
        yield return new($"{Corpus}.reference_length", counts.ReferenceLength);
    }

    /// <summary>The mean of every score, and corpus BLEU where its counts are there.</summary>
    public static IReadOnlyList<Metric> Means(IReadOnlyList<Prediction> predictions)
    {
        var names = predictions[0].Scores.Keys.Where(name => !name.StartsWith(Corpus, StringComparison.Ordinal));
        var means = names.Select(name => new Metric(name, predictions.Average(each => each.Scores[name]))).ToList();
        if (predictions[0].Scores.ContainsKey($"{Corpus}.length"))
            means.Add(new Metric($"{Corpus}.zh", CorpusBleu.Score(predictions.Select(Counts).Aggregate((sum, counts) => sum + counts), Chinese)));
        return means;
    }

    private static BleuCounts Counts(Prediction prediction)
    {
        int[] orders = [1, 2, 3, 4];
        return new BleuCounts([.. orders.Select(order => Of($"matches{order}"))], [.. orders.Select(order => Of($"total{order}"))], Of("length"), Of("reference_length"));

        int Of(string name) => (int)prediction.Scores[$"{Corpus}.{name}"];
    }

    private static IEnumerable<KeyValuePair<string, double>> Named(string variant, RougeScores scores)
    {
        yield return new($"{variant}.rouge1", scores.Rouge1.F1);
        yield return new($"{variant}.rouge2", scores.Rouge2.F1);
        yield return new($"{variant}.rougeL", scores.RougeL.F1);
        if (scores.RougeLsum is { } sum)
            yield return new($"{variant}.rougeLsum", sum.F1);
    }
}
