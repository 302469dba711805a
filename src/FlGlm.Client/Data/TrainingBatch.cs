using FlGlm.Core.Models;

namespace FlGlm.Client.Data;

/// <summary>Rows of one step, padded on the right to the longest. Never leaves the client.</summary>
/// <param name="Ids">[B, T] token ids, row by row.</param>
/// <param name="Labels">[B, T] labels, <see cref="Example.Ignored"/> outside the targets and on padding; not shifted.</param>
/// <param name="Lengths">[B] real tokens of each row.</param>
/// <param name="Rows">B.</param>
/// <param name="Length">T.</param>
public sealed record TrainingBatch(long[] Ids, long[] Labels, int[] Lengths, int Rows, int Length)
{
    /// <summary>Real tokens of all rows.</summary>
    public int Tokens { get; } = Lengths.Sum();

    /// <summary>Targets of the loss: labels after each row's first token, since position t predicts the label at t + 1.</summary>
    public int LabelCount { get; } = Labels.Where((label, index) => label != Example.Ignored && index % Length != 0).Count();

    /// <summary>[B] each row's context, for families that have one; else null.</summary>
    public RowContext[]? Contexts { get; init; }

    /// <summary>[B] the lengths with which rows leave, where they are padded to a bucket; null = as they are.</summary>
    public int[]? PaddedLengths { get; init; }

    /// <summary>The place of the first row among the rows of the step.</summary>
    internal int FirstRow { get; init; }

    /// <summary>What travels with the hidden states: each row's real tokens, or those of its bucket, and its context where it has one.</summary>
    public SequenceLayout Layout => new(PaddedLengths ?? Lengths) { Contexts = Contexts };

    /// <summary>
    /// Cuts the rows into batches of <paramref name="batchSize"/> rows, and each batch into micro-batches, as even as possible; those without a
    /// target are left out.
    /// </summary>
    /// <param name="batchSize">the last batch may have fewer</param>
    /// <param name="microBatches">of each batch; fewer where it has fewer rows</param>
    internal IEnumerable<IReadOnlyList<TrainingBatch>> Cut(int batchSize, int microBatches)
    {
        for (var first = 0; first < Rows; first += Math.Min(batchSize, Rows - first))
        {
            var (begin, rows) = (first, Math.Min(batchSize, Rows - first));
            var parts = Math.Min(microBatches, rows);
            List<TrainingBatch> batch =
            [
                .. Enumerable.Range(0, parts)
                    .Select(part => Part(begin + (int)((long)rows * part / parts), begin + (int)((long)rows * (part + 1) / parts)))
                    .Where(part => part.LabelCount > 0),
            ];
            if (batch.Count > 0)
                yield return batch;
        }
    }

    /// <summary>One of the rows, without padding.</summary>
    internal TrainingBatch Row(int row) => Part(row, row + 1);

    /// <summary>Where the loss is judged: positions b * T + t whose next token is a target, and those targets.</summary>
    public (long[] Positions, long[] Targets) Targets()
    {
        var positions = new long[LabelCount];
        var targets = new long[LabelCount];
        var found = 0;
        for (var index = 0; index < Labels.Length; index++)
        {
            if (index % Length == 0 || Labels[index] == Example.Ignored)
                continue;
            positions[found] = index - 1;
            targets[found++] = Labels[index];
        }

        return (positions, targets);
    }

    /// <summary>For each judged position, its share of the loss where each row has the mean of its own: 1 / (targets of its row * rows).</summary>
    /// <param name="positions">of <see cref="Targets"/></param>
    internal float[] RowShares(long[] positions)
    {
        var counts = new int[Rows];
        foreach (var position in positions)
            counts[position / Length]++;
        return [.. positions.Select(position => (float)(1.0 / counts[position / Length] / Rows))];
    }

    /// <summary>Rows from <paramref name="first"/> up to, not including, <paramref name="end"/>, padded to the longest of them.</summary>
    private TrainingBatch Part(int first, int end)
    {
        if (end - first == Rows)
            return this;
        var lengths = Lengths[first..end];
        var padded = PaddedLengths?[first..end];
        var longest = (padded ?? lengths).Max();
        return new TrainingBatch(Columns(Ids), Columns(Labels), lengths, end - first, longest)
        {
            Contexts = Contexts?[first..end], PaddedLengths = padded, FirstRow = FirstRow + first,
        };

        long[] Columns(long[] all) => [.. Enumerable.Range(first, end - first).SelectMany(row => all[(row * Length)..((row * Length) + longest)])];
    }
}
