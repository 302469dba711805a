using System.Security.Cryptography;
using System.Text.Json;
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
    public async Task A_directory_whose_checkpoints_are_gone_takes_another_run_and_the_steps_of_the_first_move_away()
    {
        string[] settings = [$"data.validation={_folder.At("text.txt")}", "client.eval_batches=1"];
        foreach (var steps in new[] { 3, 2 })
        {
            Assert.Equal(0, (await CommandRun.OfAsync(_folder.Train([.. settings, $"training.steps={steps}"]))).ExitCode);
            Directory.Delete(_folder.At("train", "checkpoints"), recursive: true);
        }

        Assert.Equal((2, 2), (_folder.Losses("train").Count, _folder.ValidationLosses("train").Count));
        Assert.Equal(2, File.ReadLines(_folder.At("train", "data.jsonl")).Count());
        Assert.Equal((3, 2), (File.ReadLines(_folder.At("train", "metrics.1.jsonl")).Count(), File.ReadLines(_folder.At("train", "validation.1.jsonl")).Count()));
    }

    [Fact]
    public async Task The_run_directory_records_which_data_were_read()
    {
        var held = _folder.Write("held.txt", "What else is there to read?"u8.ToArray());

        Assert.Equal(0, (await CommandRun.OfAsync(_folder.Train("training.steps=1", $"data.validation={held}"))).ExitCode);

        var lines = File.ReadLines(_folder.At("train", "data.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([_folder.At("text.txt"), held], lines.Select(line => line.GetProperty("path").GetString()));
        Assert.All(lines, line =>
        {
            var content = File.ReadAllBytes(line.GetProperty("path").GetString()!);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), line.GetProperty("sha256").GetString());
            Assert.Equal(content.Length, line.GetProperty("bytes").GetInt64());
        });
        Assert.Equal((1, 1, 28), (lines[1].GetProperty("rows").GetInt32(), lines[1].GetProperty("kept").GetInt32(), lines[1].GetProperty("tokens").GetInt32()));
        Assert.Contains($"data {held}: 1 rows read", await File.ReadAllTextAsync(_folder.At("train", "flglm.log")), StringComparison.Ordinal);
    }
}
