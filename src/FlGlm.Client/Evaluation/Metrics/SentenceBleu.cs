namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// BLEU of one text (Papineni et al., 2002) by the rules of nltk's <c>sentence_bleu</c>, 0 to 1. ChatGLM's and the authors' code report the
/// mean over texts with method 3 on characters: <c>SentenceBleu.Score(SentenceBleu.Characters(text), [SentenceBleu.Characters(reference)])</c>.
/// </summary>
public static class SentenceBleu
{
    // nltk's sys.float_info.min, whose logarithm stands for that of 0.
    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>The geometric mean of the precisions of 1 to <paramref name="order"/> tokens, with the brevity penalty.</summary>
    /// <param name="references">one or more</param>
    /// <param name="smoothing">method 3 unless said otherwise; without a matching token BLEU is 0 with all of them</param>
    public static double Score(
        IReadOnlyList<string> text, IReadOnlyList<IReadOnlyList<string>> references, int order = 4, BleuSmoothing smoothing = BleuSmoothing.Exponential)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(references);
        ArgumentOutOfRangeException.ThrowIfZero(references.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order);
        var counts = BleuCounts.Of([.. text], [.. references.Select(reference => reference.ToArray())], order);
        if (counts.Matches[0] == 0)
            return 0;
        var unmatched = 1.0;
        var logarithms = 0.0;
        for (var i = 0; i < order; i++)
        {
            double matches = counts.Matches[i];
            double total = Math.Max(1, counts.Totals[i]);
            if (smoothing == BleuSmoothing.AddK && i > 0)
                (matches, total) = (matches + 1, total + 1);
            logarithms += Math.Log(matches > 0 ? matches / total : Smoothed(total)) / order;
        }

        return counts.BrevityPenalty * Math.Exp(logarithms);

        double Smoothed(double total) => smoothing switch
        {
            BleuSmoothing.Floor => 0.1 / total,
            BleuSmoothing.Exponential => 1 / ((unmatched *= 2) * total),
            _ => SmallestNormal,
        };
    }

    /// <summary>The characters of a text as tokens (code points, as Python's <c>list</c> has them), blanks included.</summary>
    public static IReadOnlyList<string> Characters(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PythonText.Characters(text);
    }
}
