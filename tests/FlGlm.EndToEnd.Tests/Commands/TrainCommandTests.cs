using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.Commands;

public sealed class TrainCommandTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(0, 1, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, 3, false)]
    public async Task Cuts_that_make_several_prefix_encoders_give_a_notice(int head, int tail, bool several)
    {
        var run = await CommandRun.OfAsync(_folder.Train(
            "peft.method=p_tuning_v2", "peft.prefix.projection=true", "training.steps=1", $"split.head={head}", $"split.tail={tail}"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(several, run.Output.Contains("another parametrisation than the published single encoder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_run_in_the_same_directory_keeps_nothing_of_the_first()
    {
        string[] settings = [$"data.validation={_folder.At("text.txt")}", "client.eval_batches=1"];
        foreach (var steps in new[] { 3, 2 })
            Assert.Equal(0, (await CommandRun.OfAsync(_folder.Train([.. settings, $"training.steps={steps}"]))).ExitCode);

        Assert.Equal((2, 2), (_folder.Losses("train").Count, _folder.ValidationLosses("train").Count));
    }
}
