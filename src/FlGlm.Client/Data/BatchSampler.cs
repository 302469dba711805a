namespace FlGlm.Client.Data;

/// <summary>Which examples make up each step: epoch after epoch over all of them, each in an order of its own.</summary>
/// <remarks>
/// The order depends on the seed alone, on every machine and .NET version: Fisher-Yates over SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
/// </remarks>
/// <param name="count">Examples, 1 or more.</param>
/// <param name="batchSize">Rows per step; an epoch's last batch may have fewer.</param>
/// <param name="seed">Seeds the shuffle.</param>
/// <param name="shuffle">False keeps the files' order in every epoch.</param>
public sealed class BatchSampler(int count, int batchSize, long seed, bool shuffle = true)
{
    private readonly int _count = count > 0 ? count : throw new ArgumentOutOfRangeException(nameof(count));
    private readonly int _batchSize = batchSize > 0 ? batchSize : throw new ArgumentOutOfRangeException(nameof(batchSize));

    /// <summary>The indices of each step's examples, the same ones on every call.</summary>
    /// <param name="steps">Steps of the whole run, all rounds together.</param>
    public IEnumerable<int[]> Batches(int steps)
    {
        var state = unchecked((ulong)seed);
        var order = Enumerable.Range(0, _count).ToArray();
        for (var step = 0; step < steps;)
        {
            if (shuffle)
                Shuffle(order, ref state);
            foreach (var batch in order.Chunk(_batchSize).Take(steps - step))
            {
                step++;
                yield return batch;
            }
        }
    }

    private static void Shuffle(int[] order, ref ulong state)
    {
        for (var last = order.Length - 1; last > 0; last--)
        {
            var chosen = (int)(((UInt128)Next(ref state) * (ulong)(last + 1)) >> 64);
            (order[last], order[chosen]) = (order[chosen], order[last]);
        }
    }

    private static ulong Next(ref ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
