namespace FlGlm.Client.Data;

/// <summary>Random numbers that depend on the seed alone, on every machine and .NET version (Steele, Lea and Flood, OOPSLA 2014).</summary>
internal sealed class SplitMix64(long seed)
{
    private ulong _state = unchecked((ulong)seed);

    /// <returns>a whole number from 0 up to, not including, <paramref name="bound"/></returns>
    public int NextBelow(int bound) => (int)(((UInt128)Next() * (ulong)bound) >> 64);

    /// <returns>a number from 0 up to, not including, 1: a multiple of 2^-53</returns>
    public double NextDouble() => (Next() >> 11) / (double)(1L << 53);

    /// <summary>Puts the elements into a random order (Fisher and Yates).</summary>
    public void Shuffle(int[] order)
    {
        for (var last = order.Length - 1; last > 0; last--)
        {
            var chosen = NextBelow(last + 1);
            (order[last], order[chosen]) = (order[chosen], order[last]);
        }
    }

    private ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
