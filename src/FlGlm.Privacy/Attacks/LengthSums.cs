namespace FlGlm.Privacy.Attacks;

/// <summary>Where rows begin that lie one after the other.</summary>
internal static class LengthSums
{
    public static IEnumerable<int> Scan(this IEnumerable<int> lengths)
    {
        var start = 0;
        foreach (var length in lengths)
        {
            yield return start;
            start += length;
        }
    }
}
