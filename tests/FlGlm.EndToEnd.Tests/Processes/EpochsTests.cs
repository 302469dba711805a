using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;

namespace FlGlm.EndToEnd.Tests.Processes;

public sealed class EpochsTests : IDisposable
{
    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_in_epochs_has_the_steps_of_its_rows_and_split_equals_centralised()
    {
        File.WriteAllLines(_folder.At("rows.jsonl"), Enumerable.Range(1, 10).Select(day => $$"""{"text": "{{new string('x', day)}}"}"""));
        File.WriteAllText(_folder.At("more.txt"), "On day 41 the ferry did not cross.");
        string[] settings =
        [
            $"data.train={_folder.At("rows.jsonl")}", $"data.validation=[{_folder.At("text.txt")}, {_folder.At("more.txt")}]", "data.group_by_length=true",
            "training.epochs=2.5", "training.batch_size=4", "optimizer.schedule=cosine", "optimizer.warmup_ratio=0.25",
        ];

        var train = await CommandRun.OfAsync(_folder.Train(settings));
        await _folder.SplitAsync("ada", settings, here: true);

        Assert.Equal((0, ""), (train.ExitCode, train.Error));
        Assert.Equal(8, _folder.Losses("train").Count);
        Assert.Equal(_folder.Losses("train"), _folder.Losses("ada"));
        Assert.Equal(Rates("train"), Rates("ada"));
        Assert.Equal(1e-2 / 3, Rates("train")[0], 1e-12);
        Assert.Equal(_folder.ValidationLosses("train"), _folder.ValidationLosses("ada"));
        AssertFiles(File.ReadLines(_folder.At("train", "validation.jsonl")).Last());
    }

    private double[] Rates(string run) =>
        [.. File.ReadLines(_folder.At(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("lr").GetDouble())];

    /// <summary>The loss of all rows lies between those of the files.</summary>
    private void AssertFiles(string line)
    {
        using var json = JsonDocument.Parse(line);
        var files = json.RootElement.GetProperty("files");
        var (text, more) = (files.GetProperty(_folder.At("text.txt")).GetDouble(), files.GetProperty(_folder.At("more.txt")).GetDouble());
        Assert.NotEqual(text, more);
        Assert.InRange(json.RootElement.GetProperty("loss").GetDouble(), Math.Min(text, more), Math.Max(text, more));
    }
}
