using FlGlm.Client.Data;

namespace FlGlm.Client.Tests.Data;

public sealed class BatchSamplerTests
{
    [Fact]
    public void Every_epoch_meets_every_example_once_and_keeps_its_last_batch()
    {
        var batches = new BatchSampler(count: 10, batchSize: 4, seed: 7).Batches(steps: 9).ToList();

        Assert.Equal([4, 4, 2, 4, 4, 2, 4, 4, 2], batches.Select(batch => batch.Length));
        Assert.All(batches.Chunk(3), epoch => Assert.Equal(Enumerable.Range(0, 10), epoch.SelectMany(batch => batch).Order()));
    }

    [Fact]
    public void Epochs_differ_in_their_order()
    {
        var batches = new BatchSampler(count: 20, batchSize: 20, seed: 7).Batches(steps: 2).ToList();

        Assert.NotEqual(batches[0], batches[1]);
        Assert.NotEqual(Enumerable.Range(0, 20), batches[0]);
    }

    [Fact]
    public void The_order_depends_on_the_seed_alone()
    {
        static IEnumerable<int> Order(long seed) => new BatchSampler(count: 8, batchSize: 3, seed).Batches(steps: 5).SelectMany(batch => batch);

        Assert.Equal(Order(42), Order(42));
        Assert.NotEqual(Order(42), Order(43));
        Assert.Equal([4, 3, 2, 0, 7, 6, 1, 5], Order(42).Take(8));
    }

    [Fact]
    public void Steps_end_in_the_middle_of_an_epoch() =>
        Assert.Equal([[0, 1], [2, 3], [4], [0, 1]], new BatchSampler(count: 5, batchSize: 2, seed: 0, shuffle: false).Batches(steps: 4));

    [Fact]
    public void Examples_of_similar_length_stand_together()
    {
        int[] lengths = [.. Enumerable.Range(0, 103).Select(index => index * 37 % 101)];

        var batches = new BatchSampler(lengths.Length, batchSize: 4, seed: 7, lengths: lengths).Batches(steps: 52).ToList();
        var mixed = new BatchSampler(lengths.Length, batchSize: 4, seed: 7).Batches(steps: 52).ToList();

        Assert.All(batches.Chunk(26), epoch => Assert.Equal(Enumerable.Range(0, 103), epoch.SelectMany(batch => batch).Order()));
        Assert.Equal(100, lengths[batches[0][0]]);
        Assert.True(Padding(batches) < 0.5 * Padding(mixed), $"{Padding(batches)} of {Padding(mixed)}");
        Assert.NotEqual(batches[0], batches[26]);

        int Padding(List<int[]> all) => all.Sum(batch => batch.Sum(index => batch.Max(other => lengths[other]) - lengths[index]));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Nothing_cannot_be_sampled(int count, int batchSize) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchSampler(count, batchSize, seed: 0));
}
