namespace FlGlm.Client.Data;

/// <summary>Which examples make up each step: epoch after epoch over all of them, each in an order of its own.</summary>
/// <remarks>
/// The order depends on the seed alone, on every machine and .NET version: Fisher-Yates over <see cref="SplitMix64"/>.
/// </remarks>
/// <param name="count">Examples, 1 or more.</param>
/// <param name="batchSize">Rows per step; an epoch's last batch may have fewer.</param>
/// <param name="seed">Seeds the shuffle.</param>
/// <param name="shuffle">False keeps the files' order in every epoch.</param>
/// <param name="lengths">
/// The examples' lengths, where those of similar length are to stand in one batch; null = not. As in Hugging Face's group_by_length, the shuffled
/// examples are sorted by length within groups of up to 50 batches, the longest first; the group with the longest example begins the epoch.
/// </param>
public sealed class BatchSampler(int count, int batchSize, long seed, bool shuffle = true, IReadOnlyList<int>? lengths = null)
{
    private const int LargestGroup = 50;


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
                random.Shuffle(order);
            if (lengths is not null)
                Group(order, lengths);
            foreach (var batch in order.Chunk(_batchSize).Take(steps - step))
            {
                step++;
                yield return batch;
            }
        }
    }

    /// <summary>Sorts groups of batches by length: a quarter of all batches each, at most <see cref="LargestGroup"/>.</summary>
    private void Group(int[] order, IReadOnlyList<int> lengths)
    {
        var size = _batchSize * Math.Clamp(_count / (4 * _batchSize), 1, LargestGroup);
        var groups = order.Chunk(size).Select(group => group.OrderByDescending(index => lengths[index]).ToArray()).ToList();
        var longest = groups.Where(group => group.Length == size).MaxBy(group => lengths[group[0]]) ?? groups[0];
        groups.Remove(longest);
        int[] sorted = [.. longest, .. groups.SelectMany(group => group)];
        sorted.CopyTo(order, 0);
    }
}
