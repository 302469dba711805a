using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Client.Training;

/// <summary>A client's batches for the whole run, in order over all its rounds.</summary>
public sealed class TrainingBatches : IDisposable
{
    private readonly IReadOnlyList<Example> _examples;
    private readonly ContextMarks? _marks;
    private readonly IReadOnlyList<int> _buckets;
    private readonly Func<IEnumerable<int[]>> _batches;
    private IEnumerator<int[]> _order;
    private int _taken;

    /// <param name="marks">the marks of the model's family</param>
    /// <param name="groupByLength">whether examples of similar length stand in one batch</param>
    /// <param name="buckets">lengths that rows leave with, in ascending order; none = their own</param>
    public TrainingBatches(
        IReadOnlyList<Example> examples, int batchSize, int steps, long seed, ContextMarks? marks = null, bool groupByLength = false, IReadOnlyList<int>? buckets = null)
    {
        (_examples, _marks, _buckets) = (examples, marks, buckets ?? []);
        Steps = steps;
        int[]? lengths = groupByLength ? StoredExamples.LengthsOf(examples) : null;
        var sampler = new BatchSampler(examples.Count, batchSize, seed, lengths: lengths);
        _batches = () => sampler.Batches(int.MaxValue);
        _order = Order();
    }

    private TrainingBatches(IReadOnlyList<Example> examples, int steps, ContextMarks? marks, IReadOnlyList<int> buckets, Func<IEnumerable<int[]>> batches)
    {
        (_examples, Steps, _marks, _buckets, _batches) = (examples, steps, marks, buckets, batches);
        _order = Order();
    }

    /// <summary>The batches of a client's run.</summary>
    /// <param name="steps">of the client, in all rounds</param>
    /// <param name="buckets">lengths that rows leave with, in ascending order; none = their own</param>
    /// <param name="defence">may have an order, or samples, of its own; null = those of the plan's seed</param>
    internal static TrainingBatches Of(
        IReadOnlyList<Example> examples, DataSettings settings, RunPlan plan, int steps, ContextMarks? marks, IReadOnlyList<int> buckets, IBoundaryDefence? defence = null)
    {
        var (rows, seed) = (plan.Training.RowsPerStep, defence?.OrderSeed ?? plan.Training.Seed);
        if (settings.Sampler != DataSampler.Subsample)
            return new TrainingBatches(examples, rows, steps, seed, marks, settings.GroupByLength, buckets);
        var sampling = defence is null ? null : RowSampling.Of(examples, rows, marks, buckets, plan.SendsTargets);
        if (sampling is not null)
            defence!.BeginSamples(sampling);
        return new TrainingBatches(examples, steps, marks, buckets, Samples);

        IEnumerable<int[]> Samples()
        {
            var random = new SplitMix64(seed);
            for (var step = 1; ; step++)
                yield return Subsample.Draw(examples.Count, Math.Min(rows, examples.Count), (sampling is null ? null : defence!.RowDraws(step, sampling)) ?? random.NextBelow);
        }
    }

    /// <summary>The number of batches in the whole run.</summary>
    public int Steps { get; internal set; }

    /// <summary>The number of examples: this client's weight in an average.</summary>
    public int Examples => _examples.Count;

    /// <summary>The next batch.</summary>
    /// <exception cref="InvalidOperationException">All <see cref="Steps"/> batches are used up.</exception>
    public TrainingBatch Next() => _taken++ < Steps && _order.MoveNext()
        ? BatchCollator.Collate([.. _order.Current.Select(index => _examples[index])], marks: _marks, buckets: _buckets)
        : throw new InvalidOperationException($"All {Steps} batches are used up.");

    /// <summary>Goes on behind a number of batches of the same order.</summary>
    internal void GoTo(int taken)
    {
        _order.Dispose();
        _order = Order();
        for (_taken = 0; _taken < taken; _taken++)
            _order.MoveNext();
    }

    /// <inheritdoc/>
    public void Dispose() => _order.Dispose();

    private IEnumerator<int[]> Order() => _batches().GetEnumerator();
}
