using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Client.Tests.Defences;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Client.Tests.Data;

public sealed class SubsampleTests
{
    private static readonly DataSettings Settings = new() { Train = ["rows.jsonl"], Sampler = DataSampler.Subsample };

    /// <summary>4 * 3 * 2 sequences of random numbers, and as many ordered samples of three of four rows.</summary>
    [Fact]
    public void Each_sample_in_each_order_comes_from_one_sequence_of_random_numbers()
    {
        var samples = new HashSet<string>();
        for (var sequence = 0; sequence < 24; sequence++)
        {
            var rest = sequence;
            var drawn = Subsample.Draw(4, 3, bound =>
            {
                var (number, left) = (rest % bound, rest / bound);
                rest = left;
                return number;
            });
            Assert.Equal(3, drawn.Distinct().Count());
            Assert.All(drawn, row => Assert.InRange(row, 0, 3));
            samples.Add(string.Join(' ', drawn));
        }

        Assert.Equal(24, samples.Count);
    }

    [Fact]
    public void A_run_that_goes_on_behind_some_steps_has_the_samples_of_one_that_did_not_stop()
    {
        Example[] rows = [.. Enumerable.Range(0, 50).Select(row => new Example([row, row], [row, row]))];
        using var whole = TrainingBatches.Of(rows, Settings, Plan(8), steps: 20, marks: null, buckets: []);
        using var resumed = TrainingBatches.Of(rows, Settings, Plan(8), steps: 20, marks: null, buckets: []);
        var steps = Enumerable.Range(0, 20).Select(_ => whole.Next().Ids).ToList();

        resumed.GoTo(12);

        Assert.All(steps, ids => Assert.Equal(8, ids.Distinct().Count()));
        Assert.NotEqual(steps[0], steps[1]);
        Assert.Equal(steps.Skip(12), Enumerable.Range(0, 8).Select(_ => resumed.Next().Ids));
    }

    [Fact]
    public void A_step_takes_the_numbers_that_it_is_given()
    {
        Example[] rows = [.. Enumerable.Range(0, 5).Select(row => new Example([row, row], [row, row]))];
        using var batches = TrainingBatches.Of(rows, Settings, Plan(2), steps: 3, marks: null, buckets: [], new ZeroDefence { Draws = step => _ => (int)step });

        Assert.Equal([1, 1, 2, 2, 2, 2, 3, 3], batches.Next().Ids.Concat(batches.Next().Ids));
    }

    [Fact]
    public void Batches_of_similar_lengths_and_samples_are_refused_together() =>
        Assert.Equal("group_by_length", Assert.Single((Settings with { GroupByLength = true }).Validate()).Key);

    [Fact]
    public void Rows_look_alike_only_where_nothing_but_their_values_differs()
    {
        Example[] alike = [new([1, 2, 3], [1, 2, 3]), new([4, 5, 6], [Example.Ignored, 5, 6])];

        Assert.True(RowSampling.Of(alike, 1, marks: null, [], sendsTargets: false).LookAlike);
        Assert.False(RowSampling.Of(alike, 1, marks: null, [], sendsTargets: true).LookAlike);
        Assert.False(RowSampling.Of([.. alike, new([7, 8], [7, 8])], 1, marks: null, [], sendsTargets: false).LookAlike);
        Assert.False(RowSampling.Of([.. alike, new([7, 8, 9], [7, Example.Ignored, Example.Ignored])], 1, marks: null, [], sendsTargets: false).LookAlike);
        Assert.True(RowSampling.Of([.. alike, new([7, 8], [7, 8])], 1, marks: null, [4], sendsTargets: false).LookAlike);
        Assert.False(RowSampling.Of([.. alike, new([7, 8], [7, 8])], 1, marks: null, [2, 4], sendsTargets: false).LookAlike);
        Assert.True(RowSampling.Of([new([7, 9, 1], [7, 9, 1]), new([7, 9, 2], [7, 9, 2])], 1, new ContextMarks(9, 7, 8), [], sendsTargets: false).LookAlike);
        Assert.False(RowSampling.Of([new([7, 9, 1], [7, 9, 1]), new([1, 7, 9], [1, 7, 9])], 1, new ContextMarks(9, 7, 8), [], sendsTargets: false).LookAlike);
        Assert.Equal((2, 2), (RowSampling.Of(alike, 5, null, [], false).Rows, RowSampling.Of(alike, 5, null, [], false).RowsPerStep));
    }

    private static RunPlan Plan(int batchSize) => new() { Training = new TrainingSettings { BatchSize = batchSize, Seed = 5 } };
}
