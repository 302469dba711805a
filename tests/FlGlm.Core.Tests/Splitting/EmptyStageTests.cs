using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>A plan may leave a stage without blocks.</summary>
public sealed class EmptyStageTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 0)]
    public async Task One_block_trains_wherever_it_lies(int head, int tail)
    {
        using var folder = new TempFolder();
        var directory = new TinyLlama { Blocks = 1 }.Write(folder.Path);
        using var stages = Method.Open("lora", directory, new SplitSettings { Head = head, Tail = tail });
        using var run = new CentralisedRun(stages, new OptimizerSettings { LearningRate = 2e-2 }, totalSteps: 20);
        var batch = TinyBatch.Create();
        var first = await run.StepAsync(batch);
        for (var step = 1; step < 20; step++)
            await run.StepAsync(batch);

        Assert.True(stages.Loss(batch) < 0.9 * first);
    }

    [Fact]
    public void Head_and_tail_of_more_blocks_than_there_are_are_refused()
    {
        var error = Assert.Throws<ConfigurationException>(() => new SplitPlan(4, new SplitSettings { Head = 3, Tail = 2 }));

        Assert.Contains("at most 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_block_lies_in_one_stage()
    {
        foreach (var cut in Method.Cuts(5))
        {
            var plan = new SplitPlan(5, cut);

            Assert.Equal(Enumerable.Range(0, 5), Enum.GetValues<StageName>().SelectMany(stage => plan[stage].Indices));
        }
    }
}
