namespace FlGlm.Client.Data;

/// <summary>Which examples make up each step: epoch after epoch over all of them, each in an order of its own.</summary>
/// <remarks>
/// The order depends on the seed alone, on every machine and .NET version: Fisher-Yates over <see cref="SplitMix64"/>.
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
        var random = new SplitMix64(seed);
        var order = Enumerable.Range(0, _count).ToArray();
        for (var step = 0; step < steps;)
        {
            if (shuffle)
                Shuffle(order, random);
            foreach (var batch in order.Chunk(_batchSize).Take(steps - step))
            {
                step++;
                yield return batch;
            }
        }
    }

    private static void Shuffle(int[] order, SplitMix64 random)
    {
        for (var last = order.Length - 1; last > 0; last--)
        {
            var chosen = random.NextBelow(last + 1);
            (order[last], order[chosen]) = (order[chosen], order[last]);
        }
    }
}
