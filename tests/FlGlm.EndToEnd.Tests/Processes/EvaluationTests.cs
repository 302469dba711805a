using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary><c>flglm evaluate</c> and <c>flglm scores</c>.</summary>
public sealed class EvaluationTests : IDisposable
{
    private static readonly string[] Task =
        ["data.task=superglue/copa", $"data.folder={RepositoryFolder.At("tests", "Fixtures", "tasks", "copa")}", "data.train=[]", "data.max_length=128", "evaluation.batch_size=2"];

    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_trained_model_answers_at_a_server_as_it_does_in_one_process()
    {
        Assert.Equal(0, (await CommandRun.OfAsync(_folder.Train(Task))).ExitCode);
        var start = $"peft.start={_folder.Adapter("train")}";
        await using var server = InProcessFlGlm.Start(_folder.Server(start, "server.generate_only=true"));

        var remote = await CommandRun.OfAsync(_folder.Evaluate([], [.. Task, start, "run.directory=" + _folder.At("remote")], await server.AddressAsync()));
        var local = await CommandRun.OfAsync(_folder.Evaluate([], [.. Task, start, "run.directory=" + _folder.At("local")]));

        Assert.Equal((0, "", 0, ""), (remote.ExitCode, remote.Error, local.ExitCode, local.Error));
        Assert.Equal(File.ReadAllText(_folder.At("local", "predictions.jsonl")), File.ReadAllText(_folder.At("remote", "predictions.jsonl")));
        Assert.Equal(3, File.ReadLines(_folder.At("local", "predictions.jsonl")).Count());
    }

    [Fact]
    public async Task Json_ends_with_the_result_as_the_summary_has_it()
    {
        var run = await CommandRun.OfAsync(_folder.Evaluate(["--json"], Task));

        Assert.Equal(0, run.ExitCode);
        var events = run.OutputLines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var result = Assert.Single(events, each => each.GetProperty("event").GetString() == "result");
        var summary = JsonDocument.Parse(File.ReadAllText(_folder.At("train", "summary.json"))).RootElement;
        Assert.All(summary.EnumerateObject(), field => Assert.True(JsonElement.DeepEquals(field.Value, result.GetProperty(field.Name)), field.Name));
    }

    [Fact]
    public async Task A_result_that_is_worse_than_its_baseline_exits_9_and_an_equal_one_0()
    {
        Assert.Equal(0, (await CommandRun.OfAsync(_folder.Evaluate([], [.. Task, "run.directory=" + _folder.At("before")]))).ExitCode);
        string[] baseline = ["--baseline", _folder.At("before")];
        var equal = await CommandRun.OfAsync(_folder.Evaluate(baseline, [.. Task, "run.directory=" + _folder.At("equal")]));
        var summary = JsonDocument.Parse(File.ReadAllText(_folder.At("before", "summary.json"))).RootElement;
        var value = summary.GetProperty("metrics")[0].GetProperty("value").GetRawText();
        File.WriteAllText(_folder.At("before", "summary.json"), summary.GetRawText().Replace($"\"value\": {value}", "\"value\": 2", StringComparison.Ordinal));

        var worse = await CommandRun.OfAsync(_folder.Evaluate(baseline, [.. Task, "run.directory=" + _folder.At("worse")]));

        Assert.Equal((0, 9), (equal.ExitCode, worse.ExitCode));
        Assert.Contains("after 200.00.", Assert.Single(worse.ErrorLines), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.At("worse", "summary.json")));
    }

    [Fact]
    public async Task Parts_are_joined_into_the_table_of_the_whole()
    {
        foreach (var (options, name) in new[] { (Array.Empty<string>(), "whole"), (["--shard", "1/2"], "one"), (["--shard", "2/2"], "two") })
            Assert.Equal(0, (await CommandRun.OfAsync(_folder.Evaluate(options, [.. Task, "run.directory=" + _folder.At(name)]))).ExitCode);

        var whole = await CommandRun.OfAsync("scores", _folder.At("whole"));
        var joined = await CommandRun.OfAsync("scores", _folder.At("two"), _folder.At("one"));
        var missing = await CommandRun.OfAsync("scores", _folder.At("two"));

        Assert.Equal((0, whole.Output), (joined.ExitCode, joined.Output));
        Assert.StartsWith("| superglue/copa | causal | val | 3 | accuracy ", whole.OutputLines[2], StringComparison.Ordinal);
        Assert.Equal(2, missing.ExitCode);
    }

    [Fact]
    public async Task A_server_that_is_not_there_exits_7() =>
        Assert.Equal(7, (await CommandRun.OfAsync(_folder.Evaluate([], [.. Task, "client.retry_for_s=0"], "127.0.0.1:1"))).ExitCode);

    [Fact]
    public async Task An_interrupted_evaluation_keeps_its_answers_and_goes_on()
    {
        string[] folder = ["run.directory=" + _folder.At("train"), "evaluation.resamples=0"];
        string[] many = [.. Task.Select(setting => setting.StartsWith("data.folder", StringComparison.Ordinal) ? "data.folder=" + Many() : setting), .. folder];
        var predictions = new FileInfo(_folder.At("train", "predictions.jsonl"));
        await using (var run = FlGlmProcess.Start(_folder.Evaluate([], many)))
        {
            await run.LineAsync("peft.start names no adapter");
            for (; !predictions.Exists || predictions.Length == 0; predictions.Refresh())
                await System.Threading.Tasks.Task.Delay(5);
            run.Interrupt();
            await run.ExitsWithAsync(130);
        }

        var kept = File.ReadAllText(_folder.At("train", "predictions.jsonl"));
        Assert.InRange(kept.Count(character => character == '\n'), 1, Questions - 1);
        Assert.False(File.Exists(_folder.At("train", "summary.json")));
        Assert.Equal(0, (await CommandRun.OfAsync(_folder.Evaluate([], many))).ExitCode);
        var all = File.ReadAllText(_folder.At("train", "predictions.jsonl"));
        Assert.StartsWith(kept, all, StringComparison.Ordinal);
        Assert.Equal(Questions, all.Count(character => character == '\n'));
    }

    private const int Questions = 900;

    /// <summary>A folder with rows enough for a stop to come before their end.</summary>
    private string Many()
    {
        var rows = File.ReadAllText(RepositoryFolder.At("tests", "Fixtures", "tasks", "copa", "val.jsonl"));
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(_folder.At("many")).FullName, "val.jsonl"), string.Concat(Enumerable.Repeat(rows, Questions / 3)));
        return _folder.At("many");
    }
}
