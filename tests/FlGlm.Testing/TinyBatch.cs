using FlGlm.Client.Data;
using FlGlm.Core.Models;

namespace FlGlm.Testing;

/// <summary>Random rows of different lengths; the second half of every row is learnt.</summary>
public static class TinyBatch
{
    /// <param name="rows">B</param>
    /// <param name="length">T, the length of the longest row; each further row is two tokens shorter, down to three</param>
    /// <param name="vocabulary">ids are 1 .. vocabulary - 1, so that 0 is free for padding; with marks, less than they are</param>
    /// <param name="seed">of ids</param>
    /// <param name="marks">
    /// of the model's family: the answer starts at half of each row, for gMASK at the end of the context or, in every second row, for MASK
    /// at its beginning
    /// </param>
    public static TrainingBatch Create(int rows = 3, int length = 10, int vocabulary = 64, int seed = 1, ContextMarks? marks = null)
    {
        var random = new Random(seed);
        var free = marks?.Mask ?? vocabulary;
        var examples = Enumerable.Range(0, rows).Select(row => Row(random, Math.Max(3, length - (2 * row)), free)).ToList();
        foreach (var (row, example) in examples.Index().Where(_ => marks is not null))
            Mark(example, row % 2 == 0, marks!);
        return BatchCollator.Collate(examples, marks: marks);
    }

    private static Example Row(Random random, int length, int vocabulary)
    {
        int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(1, vocabulary))];
        return new Example(ids, [.. ids.Select((id, index) => index < length / 2 ? Example.Ignored : id)]);
    }

    private static void Mark(Example example, bool atEnd, ContextMarks marks)
    {
        var context = example.Ids.Length / 2;
        example.Ids[context] = marks.Start;
        example.Ids[atEnd ? context - 1 : 0] = atEnd ? marks.GMask : marks.Mask;
    }
}
