using FlGlm.Client.Data;

namespace FlGlm.Testing;

/// <summary>Random rows of different lengths; the second half of every row is learnt.</summary>
public static class TinyBatch
{
    /// <param name="rows">B</param>
    /// <param name="length">T, the length of the longest row; each further row is two tokens shorter, down to three</param>
    /// <param name="vocabulary">ids are 1 .. vocabulary - 1, so that 0 is free for padding</param>
    /// <param name="seed">of ids</param>
    public static TrainingBatch Create(int rows = 3, int length = 10, int vocabulary = 64, int seed = 1)
    {
        var random = new Random(seed);
        return BatchCollator.Collate([.. Enumerable.Range(0, rows).Select(row => Row(random, Math.Max(3, length - (2 * row)), vocabulary))]);
    }

    private static Example Row(Random random, int length, int vocabulary)
    {
        int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(1, vocabulary))];
        return new Example(ids, [.. ids.Select((id, index) => index < length / 2 ? Example.Ignored : id)]);
    }
}
