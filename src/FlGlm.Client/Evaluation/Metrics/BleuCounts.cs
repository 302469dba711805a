namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>What BLEU is computed from, of one text or summed over texts.</summary>
/// <param name="Matches">by order, from 1: n-grams of the texts that a reference has, each no oftener than the reference that has most of it</param>
/// <param name="Totals">by order, from 1: n-grams of the texts</param>
/// <param name="Length">tokens of the texts</param>
/// <param name="ReferenceLength">tokens of the references whose lengths come closest, the shorter of two</param>
internal sealed record BleuCounts(int[] Matches, int[] Totals, int Length, int ReferenceLength)
{
    /// <summary>1, and less where the texts are shorter than their references; 0 without text.</summary>
    public double BrevityPenalty =>
        Length > 0 ? Math.Exp(Math.Min(0, 1 - (ReferenceLength / (double)Length))) : ReferenceLength > 0 ? 0 : 1;

    /// <param name="references">one or more</param>
    public static BleuCounts Of(string[] tokens, IReadOnlyList<string[]> references, int order)
    {
        var matches = new int[order];
        var totals = new int[order];
        for (var n = 1; n <= order; n++)
        {
            var most = references.SelectMany(reference => NGrams.Count(reference, n))
                .GroupBy(gram => gram.Key, gram => gram.Value, NGrams.SameTokens)
                .ToDictionary(counts => counts.Key, counts => counts.Max(), NGrams.SameTokens);
            foreach (var (gram, count) in NGrams.Count(tokens, n))
            {
                totals[n - 1] += count;
                matches[n - 1] += Math.Min(count, most.GetValueOrDefault(gram));
            }
        }

        var closest = references.Select(reference => reference.Length).MinBy(length => (Math.Abs(length - tokens.Length), length));
        return new BleuCounts(matches, totals, tokens.Length, closest);
    }

    public static BleuCounts operator +(BleuCounts one, BleuCounts other) => new(
        [.. one.Matches.Zip(other.Matches, (a, b) => a + b)],
        [.. one.Totals.Zip(other.Totals, (a, b) => a + b)],
        one.Length + other.Length,
        one.ReferenceLength + other.ReferenceLength);
}
