using FlGlm.Client.Evaluation;
using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tests.Evaluation;

public sealed class BaselineTests : IDisposable
{
    private const string BoolQ = "superglue/boolq";
    private readonly TinyEvaluation _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public async Task An_equal_result_passes_and_a_worse_one_fails_beyond_the_tolerance_with_its_summary_written()
    {
        var options = _tiny.Options(BoolQ, "before");
        var before = (await TinyEvaluation.RunAsync(options)).Summary;
        await TinyEvaluation.RunAsync(options with { Output = _tiny.At("equal"), Baseline = Baseline.Read(options.Output) });
        var better = before with { Metrics = [.. before.Metrics.Select(metric => metric with { Value = metric.Value + 0.05 })] };

        await TinyEvaluation.RunAsync(options with { Output = _tiny.At("near"), Baseline = new Baseline(better, 5) });
        var error = await Assert.ThrowsAsync<WorseException>(
            () => TinyEvaluation.RunAsync(options with { Output = _tiny.At("worse"), Baseline = new Baseline(better, 4.9) }));

        Assert.Equal((9, ExitCode.Worse), ((int)error.ExitCode, error.ExitCode));
        Assert.Equal(
            FormattableString.Invariant($"Worse than the baseline (tolerance 4.9 points): accuracy {100 * before.Metrics[0].Value:F2} after {100 * better.Metrics[0].Value:F2}."),
            error.Message);
        Assert.Equal(before.Metrics[0], EvaluationScores.Read([_tiny.At("worse")]).Summaries[0].Metrics[0]);
    }

    [Fact]
    public async Task What_cannot_be_compared_is_refused_before_anything_is_computed()
    {
        var options = _tiny.Options(BoolQ, "before");
        var before = (await TinyEvaluation.RunAsync(options)).Summary;
        var now = options with { Output = _tiny.At("now"), Baseline = new Baseline(before, 0) };
        var rows = _tiny.WriteRows("rows", "val.jsonl", "{\"passage\": \"P.\", \"question\": \"is it\", \"label\": true}\n");

        (EvaluatorOptions Options, string Says)[] others =
        [
            (now with { Data = now.Data with { Task = "superglue/rte", Folder = Tasks.TaskRows.Fixture("superglue/rte") } }, "is of another task: superglue/boolq, where this evaluation has superglue/rte."),
            (now with { Data = now.Data with { Pattern = "llama2-chat" } }, "is of another pattern: causal, where this evaluation has llama2-chat."),
            (now with { Split = "train" }, "is of another split: val, where this evaluation has train."),
            (now with { Data = now.Data with { Folder = rows } }, "is of another files: "),
            (now with { Limit = 2 }, "is of another rows: limit 0, shard 1/1, where this evaluation has limit 2, shard 1/1."),
            (now with { Baseline = new Baseline(before with { Subject = before.Subject with { Architecture = "another" } }, 0) }, "is of another model: another, where"),
        ];

        foreach (var (other, says) in others)
        {
            var watched = new WatchedTask(KnownTasks.Find(other.Data.Task)!, _ => Assert.Fail("it was computed"));
            var error = await Assert.ThrowsAsync<ConfigurationException>(() => TinyEvaluation.RunAsync(other with { Task = watched }));
            Assert.StartsWith("--baseline: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(other.Output));
        }
    }

    [Theory]
    [InlineData(null, "is no summary of an evaluation that has ended: ")]
    [InlineData("{", "is no summary of an evaluation that has ended: ")]
    [InlineData("null", "is no summary of an evaluation that has ended: It is empty.")]
    [InlineData("{\"subject\": null}", "is no summary of an evaluation that has ended: ")]
    public void A_folder_without_a_result_is_no_baseline(string? summary, string says)
    {
        if (summary is not null)
            _tiny.WriteRows("before", "summary.json", summary);

        var error = Assert.Throws<ConfigurationException>(() => Baseline.Read(_tiny.At("before")));

        Assert.StartsWith($"--baseline: '{_tiny.At("before", "summary.json")}' {says}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_tolerance_is_0_or_more(double tolerance) =>
        Assert.StartsWith("--tolerance: ", Assert.Throws<ConfigurationException>(() => Baseline.Read("x", tolerance)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Reading_a_result_changes_no_file_of_it()
    {
        var options = _tiny.Options(BoolQ, "before");
        await TinyEvaluation.RunAsync(options);
        File.AppendAllText(_tiny.At("before", "predictions.jsonl"), "{\"id\"");
        var before = TinyEvaluation.Predictions(options);

        Baseline.Read(options.Output);
        EvaluationScores.Read([options.Output]);

        Assert.Equal(before, TinyEvaluation.Predictions(options));
    }
}
