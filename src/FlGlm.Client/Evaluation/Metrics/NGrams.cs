namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>Runs of n tokens.</summary>
internal static class NGrams
{
    public static readonly IEqualityComparer<ArraySegment<string>> SameTokens = new TokenComparer();

    /// <returns>how often each run of <paramref name="n"/> tokens comes</returns>
    public static Dictionary<ArraySegment<string>, int> Count(string[] tokens, int n)
    {
        var counts = new Dictionary<ArraySegment<string>, int>(SameTokens);
        for (var start = 0; start + n <= tokens.Length; start++)
        {
            var gram = new ArraySegment<string>(tokens, start, n);
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }

        return counts;
    }

    private sealed class TokenComparer : IEqualityComparer<ArraySegment<string>>
    {
        public bool Equals(ArraySegment<string> x, ArraySegment<string> y) => x.AsSpan().SequenceEqual(y.AsSpan());

        public int GetHashCode(ArraySegment<string> obj)
        {
            var hash = default(HashCode);
            foreach (var token in obj)
                hash.Add(token, StringComparer.Ordinal);
            return hash.ToHashCode();
        }
    }
}
