using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Bench;

/// <summary><c>flglm bench</c> with processes of its own.</summary>
public sealed class BenchCommandTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task The_same_runs_move_nothing_and_other_labels_are_noticed()
    {
        Directory.CreateDirectory(_folder.At("tasks", "copa"));
        foreach (var file in Directory.EnumerateFiles(RepositoryFolder.At("tests", "Fixtures", "tasks", "copa")))
            _folder.Write(Path.Combine("tasks", "copa", Path.GetFileName(file)), await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        var missing = await CommandRun.OfAsync(Bench("first"));
        var written = await CommandRun.OfAsync(Bench("first", "--update"));

        var same = await CommandRun.OfAsync(Bench("second"));
        var train = _folder.At("tasks", "copa", "train.jsonl");
        await File.WriteAllTextAsync(train, Flipped(await File.ReadAllTextAsync(train, TestContext.Current.CancellationToken)), TestContext.Current.CancellationToken);
        var other = await CommandRun.OfAsync(Bench("third"));

        Assert.Equal((2, $"flglm: --baseline: There is no '{_folder.At("baseline.json")}'; --update writes it."), (missing.ExitCode, missing.ErrorLines[^1]));
        Assert.True(written.ExitCode == 0, written.Output + written.Error);
        Assert.True(same.ExitCode == 0, same.Output + same.Error);
        Assert.StartsWith("0 of 3 figures have moved since the baseline of ", same.OutputLines[^1], StringComparison.Ordinal);
        Assert.Equal(10, other.ExitCode);
        Assert.Contains("figures have moved: run loss", other.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains(other.OutputLines, line => line.StartsWith("| run | loss | ", StringComparison.Ordinal) && line.EndsWith(" moved |", StringComparison.Ordinal));
    }

    private static string Flipped(string rows) => rows.Replace("\"label\": 0", "\"label\": 2", StringComparison.Ordinal)
        .Replace("\"label\": 1", "\"label\": 0", StringComparison.Ordinal).Replace("\"label\": 2", "\"label\": 1", StringComparison.Ordinal);

    private string[] Bench(string run, params string[] options) => _folder.Bench(
        ["--baseline", _folder.At("baseline.json"), "--out", _folder.At(run), .. options],
        $"data.folder={_folder.At("tasks")}",
        "data.train=[]",
        "data.max_length=128",
        "evaluation.resamples=0",
        "training.steps=3",
        "training.batch_size=2",
        "simulate.tasks=[superglue/copa]",
        "simulate.partitions=[iid]",
        "simulate.clients=[2]");
}
