using FlGlm.Client.Data;

namespace FlGlm.Client.Training;

/// <summary>A client's batches for the whole run, one after the other over all its rounds.</summary>
public sealed class TrainingBatches : IDisposable
{
    private readonly IReadOnlyList<Example> _examples;
    private readonly IEnumerator<int[]> _order;

    public TrainingBatches(IReadOnlyList<Example> examples, int batchSize, int steps, long seed)
    {
        _examples = examples;
        Steps = steps;
        _order = new BatchSampler(examples.Count, batchSize, seed).Batches(steps).GetEnumerator();
    }

    /// <summary>Batches there are in all.</summary>
    public int Steps { get; }

    /// <summary>Examples behind them: this client's weight in an average.</summary>
    public int Examples => _examples.Count;

    public TrainingBatch Next() => _order.MoveNext()
        ? BatchCollator.Collate([.. _order.Current.Select(index => _examples[index])])
        : throw new InvalidOperationException($"All {Steps} batches are used up.");

    public void Dispose() => _order.Dispose();
}
