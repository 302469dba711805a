namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>The longest common subsequence of two lists of words; the words are given as numbers.</summary>
internal static class CommonSubsequence
{
    public static int Length(int[] reference, int[] text) => Table(reference, text)[reference.Length, text.Length];

    /// <summary>One longest common subsequence, as positions in the reference.</summary>
    /// <param name="tieLeavesReference">
    /// where leaving out the last word of either list loses nothing: true leaves out the reference's, false the text's. The packages
    /// differ in this, and unions of subsequences depend on it.
    /// </param>
    public static IEnumerable<int> Positions(int[] reference, int[] text, bool tieLeavesReference)
    {
        var lengths = Table(reference, text);
        var (i, j) = (reference.Length, text.Length);
        while (i > 0 && j > 0)
        {
            var gain = lengths[i, j - 1] - lengths[i - 1, j];
            if (reference[i - 1] == text[j - 1])
            {
                (i, j) = (i - 1, j - 1);
                yield return i;
            }
            else if (gain > 0 || (gain == 0 && !tieLeavesReference))
            {
                j--;
            }
            else
            {
                i--;
            }
        }
    }

    /// <returns>[i, j] is the length for the first i words of the reference and the first j of the text</returns>
    private static int[,] Table(int[] reference, int[] text)
    {
        var lengths = new int[reference.Length + 1, text.Length + 1];
        for (var i = 1; i <= reference.Length; i++)
        {
            for (var j = 1; j <= text.Length; j++)
            {
                lengths[i, j] = reference[i - 1] == text[j - 1]
                    ? lengths[i - 1, j - 1] + 1
                    : Math.Max(lengths[i - 1, j], lengths[i, j - 1]);
            }
        }

        return lengths;
    }
}
