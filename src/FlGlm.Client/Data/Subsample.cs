namespace FlGlm.Client.Data;

/// <summary>Draws the rows of one step.</summary>
internal static class Subsample
{
    /// <summary>The first places of a Fisher-Yates shuffle, of which only what has moved is kept: each set of rows in each order is as likely as every other.</summary>
    /// <param name="count">rows to draw from</param>
    /// <param name="rows">to draw, at most <paramref name="count"/></param>
    /// <param name="next">gives a random number from 0 up to, not including, its argument</param>
    public static int[] Draw(int count, int rows, Func<int, int> next)
    {
        var (drawn, moved) = (new int[rows], new Dictionary<int, int>());
        for (var place = 0; place < rows; place++)
        {
            var chosen = place + next(count - place);
            drawn[place] = moved.GetValueOrDefault(chosen, chosen);
            moved[chosen] = moved.GetValueOrDefault(place, place);
        }

        return drawn;
    }
}
