namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>Metrics over pairs of a predicted and a gold label, 0 to 1; without pairs, and where a share has nothing to divide by, 0.</summary>
public static class Classification
{
    /// <summary>Share of pairs whose labels are equal (SuperGLUE's metric of BoolQ, COPA, RTE, WiC and WSC).</summary>
    public static double Accuracy<T>(IReadOnlyList<(T Predicted, T Gold)> pairs)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Share(pairs.Count(pair => pair.Predicted.Equals(pair.Gold)), pairs.Count);
    }

    /// <summary>F1 of one label over all pairs, as scikit-learn's binary <c>f1_score</c> with zero_division 0.</summary>
    public static double F1<T>(IReadOnlyList<(T Predicted, T Gold)> pairs, T positive)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var predicted = pairs.Count(pair => pair.Predicted.Equals(positive));
        var gold = pairs.Count(pair => pair.Gold.Equals(positive));
        var both = pairs.Count(pair => pair.Predicted.Equals(positive) && pair.Gold.Equals(positive));
        return Share(2 * both, predicted + gold);
    }

    /// <summary>Mean of the labels' F1, as scikit-learn's macro <c>f1_score</c> with zero_division 0 (SuperGLUE's metric of CB).</summary>
    /// <param name="labels">the labels to average over; null are those that occur, predicted or gold, as scikit-learn has it</param>
    public static double MacroF1<T>(IReadOnlyList<(T Predicted, T Gold)> pairs, IReadOnlyCollection<T>? labels = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(pairs);
        labels ??= [.. pairs.SelectMany(pair => new[] { pair.Predicted, pair.Gold }).Distinct()];
        return labels.Count == 0 ? 0 : labels.Average(label => F1(pairs, label));
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : part / (double)whole;
}
