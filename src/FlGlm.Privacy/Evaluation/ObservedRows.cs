using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Tap;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Evaluation;

/// <summary>A channel of a client's recorded training passes, joined with what its rows were.</summary>
public static class ObservedRows
{
    /// <param name="channel">which tensors</param>
    /// <param name="truth">of <see cref="PassTruth"/></param>
    /// <param name="maxRows">the first rows only</param>
    /// <exception cref="DataException">The recording holds no such rows, or is of other rows than the truth's.</exception>
    public static KnownRows Of(Recording recording, string client, PassChannel channel, IEnumerable<TrainingBatch> truth, int maxRows = int.MaxValue) =>
        Of(recording, client, [channel], truth, maxRows);

    /// <summary>The same of several channels, one after the other in each vector.</summary>
    /// <inheritdoc cref="Of(Recording, string, PassChannel, IEnumerable{TrainingBatch}, int)"/>
    public static KnownRows Of(Recording recording, string client, IReadOnlyList<PassChannel> channels, IEnumerable<TrainingBatch> truth, int maxRows = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(channels);
        using var scope = NewDisposeScope();
        List<Tensor> vectors = [];
        List<int> lengths = [];
        List<long> ids = [];
        List<bool> judged = [];
        foreach (var (pass, batch) in recording.Passes.Where(pass => pass.Client == client && pass.Trains && pass.Attempt == 0).Zip(truth))
        {
            if (!pass.Lengths.SequenceEqual(batch.Layout.Lengths))
                throw new DataException(recording.Folder, null, $"'{recording.Folder}': pass {pass.Step} of '{client}' has other rows than its data give. Name the data, the plan and the seed of the recorded run.");
            if (lengths.Count >= maxRows)
                break;
            List<Tensor?> seen = [.. channels.Select(pass.Read)];
            if (seen.Contains(null))
                continue; // given up before its gradient
            vectors.Add(WithoutPadding(cat([.. seen.OfType<Tensor>()], 1), batch));
            lengths.AddRange(batch.Lengths);
            AddTokens(batch, ids, judged);
        }

        if (lengths.Count == 0)
            throw new DataException(recording.Folder, null, $"'{recording.Folder}' holds no training pass of '{client}' with {string.Join(", ", channels)}; its clients: {string.Join(", ", recording.Passes.Select(pass => pass.Client).Distinct())}.");
        var all = new KnownRows(new PackedRows(cat([.. vectors], 0).DetachFromDisposeScope(), lengths), [.. ids], [.. judged]);
        return all;
    }

    /// <summary>The real tokens of rows that leave longer than they are.</summary>
    /// <param name="seen">[N, C], one row behind the other</param>
    private static Tensor WithoutPadding(Tensor seen, TrainingBatch batch)
    {
        if (batch.Lengths.SequenceEqual(batch.Layout.Lengths))
            return seen;
        long[] places = [.. batch.Layout.Lengths.Scan().Zip(batch.Lengths, (start, length) => Enumerable.Range(start, length)).SelectMany(row => row).Select(place => (long)place)];
        return seen.index_select(0, tensor(places));
    }

    private static void AddTokens(TrainingBatch batch, List<long> ids, List<bool> judged)
    {
        var positions = batch.Targets().Positions.ToHashSet();
        foreach (var place in batch.Lengths.Index().SelectMany(row => Enumerable.Range(row.Index * batch.Length, row.Item)))
        {
            ids.Add(batch.Ids[place]);
            judged.Add(positions.Contains(place));
        }
    }
}
