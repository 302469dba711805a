namespace FlGlm.Core.Configuration;

/// <summary>Finds the known name that is closest to a mistyped one.</summary>
public static class NearestName
{
    /// <summary>The known name whose number of typing errors is at most a third of its length (at least two), or null.</summary>
    public static string? Of(string name, IEnumerable<string> known) => known
        .Select(candidate => (candidate, slips: Slips(name, candidate)))
        .Where(c => c.slips <= Math.Max(2, c.candidate.Length / 3) && c.slips < c.candidate.Length)
        .OrderBy(c => c.slips)
        .Select(c => c.candidate)
        .FirstOrDefault();

    /// <summary>Letters to insert, drop, change, or swap with their neighbour (Damerau and Levenshtein's distance).</summary>
    private static int Slips(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
