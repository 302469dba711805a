using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Configuration;

public sealed class TrainingSettingsTests
{
    [Theory]
    [InlineData(1, 0, 1, "accumulate")]
    [InlineData(1 << 20, 1 << 11, 1, "accumulate")]
    [InlineData(1, 1, 0, "micro_batches")]
    [InlineData(1, 1, 17, "micro_batches")]
    public void Parts_of_a_step_that_cannot_be_are_a_problem_of_their_key(int batchSize, int accumulate, int microBatches, string key) =>
        Assert.Equal(key, Assert.Single(Settings(batchSize, accumulate, microBatches).Validate()).Key);

    [Fact]
    public void A_step_is_one_undivided_batch_unless_it_is_set()
    {
        Assert.Equal((1, 1, 1), (new TrainingSettings().Accumulate, new TrainingSettings().MicroBatches, new TrainingSettings().RowsPerStep));
        Assert.Empty(Settings(8, 4, 16).Validate());
        Assert.Equal(32, Settings(8, 4, 16).RowsPerStep);
    }

    private static TrainingSettings Settings(int batchSize, int accumulate, int microBatches) =>
        new() { BatchSize = batchSize, Accumulate = accumulate, MicroBatches = microBatches };
}
