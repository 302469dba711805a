namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>BLEU of a corpus (Papineni et al., 2002) by the rules of sacrebleu, which prints percent; here 0 to 1.</summary>
public static class CorpusBleu
{
    // What sacrebleu takes for the logarithm of 0.
    private const double LogOfZero = -9999999999;

    /// <summary>BLEU over all texts together.</summary>
    /// <param name="references">one or more lists with a reference for each text; null where a text has fewer references than others</param>
    /// <param name="options">null for sacrebleu's defaults</param>
    public static double Score(IReadOnlyList<string> texts, IReadOnlyList<IReadOnlyList<string?>> references, CorpusBleuOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(references);
        options ??= new CorpusBleuOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Order, nameof(options));
        return Score(Count(texts, references, options), options);
    }

    internal static BleuCounts Count(IReadOnlyList<string> texts, IReadOnlyList<IReadOnlyList<string?>> references, CorpusBleuOptions options)
    {
        if (references.Any(list => list.Count != texts.Count))
            throw new ArgumentException($"each list of references has one for each of the {texts.Count} texts", nameof(references));
        var sum = new BleuCounts(new int[options.Order], new int[options.Order], 0, 0);
        for (var i = 0; i < texts.Count; i++)
        {
            string[][] own = [.. references.Select(list => list[i]).OfType<string>().Select(reference => Tokens(reference, options))];
            if (own.Length == 0)
                throw new ArgumentException($"text {i} has no reference", nameof(references));
            sum += BleuCounts.Of(Tokens(texts[i], options), own, options.Order);
        }

        return sum;
    }

    internal static double Score(BleuCounts counts, CorpusBleuOptions options)
    {
        if (counts.Matches.All(matches => matches == 0))
            return 0;
        var added = options.Smoothing == BleuSmoothing.AddK ? options.SmoothingValue ?? 1 : 0;
        var precisions = new double[options.Order];
        var order = options.Order;
        var unmatched = 1.0;
        for (var i = 0; i < options.Order; i++)
        {
            var matches = counts.Matches[i] + (i > 0 ? added : 0);
            var total = counts.Totals[i] + (i > 0 ? added : 0);
            if (total == 0)
                break;
            order = options.EffectiveOrder ? i + 1 : options.Order;
            precisions[i] = matches > 0 ? matches / total : options.Smoothing switch
            {
                BleuSmoothing.Exponential => 1 / ((unmatched *= 2) * total),
                BleuSmoothing.Floor => (options.SmoothingValue ?? 0.1) / total,
                _ => 0,
            };
        }

        return counts.BrevityPenalty * Math.Exp(precisions.Take(order).Sum(precision => precision == 0 ? LogOfZero : Math.Log(precision)) / order);
    }

    private static string[] Tokens(string text, CorpusBleuOptions options) =>
        BleuTokens.Of(options.LowerCase ? PythonText.Lower(text) : text, options.Tokenizer);
}
