using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.TensorBoard;

/// <summary>The files for TensorBoard that runs write.</summary>
public sealed class TensorBoardRunTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    private string[] Settings => ["checkpoint.every=2", "client.eval_every=3", $"data.validation={_folder.At("text.txt")}", "client.eval_batches=1", "run.norms_every=2"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Scalars_of_steps_are_those_of_the_metrics()
    {
        await SucceedsAsync(_folder.Train(Settings));

        var events = EventRecordReader.Read(Assert.Single(Directory.GetFiles(_folder.At("train", "tensorboard"))));

        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.All(events, happened => Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - happened.WallTime, -2, 3600));
        var steps = File.ReadLines(_folder.At("train", "metrics.jsonl")).Select(Json).ToList();
        var shown = events.Where(happened => happened.Values.Any(value => value.Tag == "loss")).ToList();
        Assert.Equal(6, steps.Count);
        Assert.Equal(steps.Select(step => step.GetProperty("step").GetInt64()), shown.Select(step => step.Step));
        Assert.All(steps.Zip(shown), pair => Assert.Equal(Scalars(pair.First), pair.Second.Values.Select(value => (value.Tag, value.Scalar!.Value)), (one, other) => one.Item1 == other.Item1 && Near(one.Item2, other.Item2)));
        Assert.All(steps.Zip(shown), pair => Assert.Equal(pair.First.GetProperty("loss").GetSingle(), pair.Second.Values.Single(value => value.Tag == "loss").Scalar)); // bit for bit
    }

    [Fact]
    public async Task Scalars_of_validations_are_those_of_the_validation_file()
    {
        await SucceedsAsync(_folder.Train(Settings));

        var events = EventRecord.ThatCount(_folder.At("train", "tensorboard"));

        var lines = File.ReadLines(_folder.At("train", "validation.jsonl")).Select(Json).ToList();
        Assert.Equal([0, 3, 6], lines.Select(line => line.GetProperty("step").GetInt32()));
        Assert.Equal(
            lines.Select(line => (line.GetProperty("step").GetInt64(), line.GetProperty("loss").GetSingle())),
            events.SelectMany(happened => happened.Values, (happened, value) => (happened.Step, Value: value)).Where(each => each.Value.Tag == "validation/loss").Select(each => (each.Step, each.Value.Scalar!.Value)));
    }

    [Fact]
    public async Task Histograms_of_norms_and_the_configuration_as_text_are_there()
    {
        await SucceedsAsync(_folder.Train(Settings));

        var events = EventRecord.ThatCount(_folder.At("train", "tensorboard"));

        var norms = events.Where(happened => happened.Values.Any(value => value.Histogram is not null)).ToList();
        Assert.Equal([2, 4, 6], norms.Select(happened => happened.Step));
        Assert.All(norms, happened =>
        {
            var histogram = happened.Values.Single().Histogram!;
            Assert.Equal(12, histogram.Count); // three projections of two blocks, A and B of each
            Assert.Equal(12, histogram.Buckets.Sum());
            Assert.Equal(histogram.Max, histogram.Limits[^1]);
            Assert.Equal(histogram.Buckets.Count, histogram.Limits.Count);
            Assert.InRange(histogram.Sum, 12 * histogram.Min, 12 * histogram.Max);
        });
        var texts = events.SelectMany(happened => happened.Values).Where(value => value.Text is not null).ToList();
        Assert.All(texts, text => Assert.Equal("text", text.Plugin));
        Assert.Equal($"```yaml\n{File.ReadAllText(_folder.At("train", "config.yaml"))}```", texts.Single(text => text.Tag == "config").Text);
        Assert.Contains("| peft.lora.rank | 4 |", texts.Single(text => text.Tag == "hyperparameters").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_goes_back_has_each_step_once_with_its_last_value()
    {
        await SucceedsAsync(_folder.Train(Settings));

        await SucceedsAsync([.. _folder.Train(Settings), "--resume", "step-2"]);

        Assert.Equal(2, Directory.GetFiles(_folder.At("train", "tensorboard")).Length);
        var events = EventRecord.ThatCount(_folder.At("train", "tensorboard"));
        var losses = events.SelectMany(happened => happened.Values.Where(value => value.Tag == "loss"), (happened, value) => (happened.Step, value.Scalar!.Value));
        Assert.Equal(_folder.Losses("train").Select((loss, index) => (index + 1L, JsonDocument.Parse(loss).RootElement.GetSingle())), losses);
        Assert.Equal([0, 3, 6], events.Where(happened => happened.Values.Any(value => value.Tag == "validation/loss")).Select(happened => happened.Step));
    }

    [Fact]
    public async Task A_client_writes_them_and_a_server_does_not()
    {
        await _folder.SplitAsync("ada", ["training.steps=2", "run.norms_every=1"], here: true);

        Assert.False(Directory.Exists(_folder.At("server", "tensorboard")));
        var events = EventRecord.ThatCount(_folder.At("ada", "tensorboard"));
        Assert.All(events.SelectMany(happened => happened.Values).Where(value => value.Tag is "bytes/up" or "seconds/middle"), value => Assert.True(value.Scalar > 0));
        Assert.Equal([1, 2], events.Where(happened => happened.Values.Any(value => value.Tag == "norms")).Select(happened => happened.Step));
    }

    [Fact]
    public async Task A_run_that_begins_anew_keeps_the_files_of_the_former_one_beside()
    {
        await SucceedsAsync(_folder.Train("training.steps=3"));
        Directory.Delete(_folder.At("train", "checkpoints"), recursive: true);

        await SucceedsAsync(_folder.Train("training.steps=2"));

        Assert.Equal((3, 2), (StepsIn("tensorboard.1"), StepsIn("tensorboard")));
    }

    [Fact]
    public async Task Without_run_tensorboard_there_are_none()
    {
        await SucceedsAsync(_folder.Train("training.steps=1", "run.tensorboard=false"));
        Assert.False(Directory.Exists(_folder.At("train", "tensorboard")));
    }

    [Fact]
    public async Task Where_they_cannot_be_written_there_is_one_warning_and_the_run_goes_on()
    {
        Directory.CreateDirectory(_folder.At("train"));
        File.WriteAllText(_folder.At("train", "tensorboard"), "");

        var output = await SucceedsAsync(_folder.Train("training.steps=3"));

        Assert.Equal(3, _folder.Losses("train").Count);
        Assert.Single(output.Split('\n'), line => line.Contains("the files for TensorBoard in '", StringComparison.Ordinal) && line.StartsWith("warning: ", StringComparison.Ordinal));
    }

    private static IEnumerable<(string, float)> Scalars(JsonElement step)
    {
        var seconds = step.GetProperty("seconds");
        return
        [
            ("loss", step.GetProperty("loss").GetSingle()),
            ("learning_rate", step.GetProperty("lr").GetSingle()),
            ("tokens_per_second", (float)(step.GetProperty("tokens").GetInt32() / seconds.GetProperty("total").GetDouble())),
            ("bytes/up", step.GetProperty("bytes_up").GetSingle()),
            ("bytes/down", step.GetProperty("bytes_down").GetSingle()),
            .. seconds.EnumerateObject().Select(leg => ($"seconds/{leg.Name}", leg.Value.GetSingle())),
        ];
    }

    /// <summary>The metrics have seconds in microseconds.</summary>
    private static bool Near(float one, float other) => Math.Abs(one - other) <= Math.Max(1e-6f, 1e-3f * Math.Abs(one));

    private int StepsIn(string folder) => EventRecord.ThatCount(_folder.At("train", folder)).Count(happened => happened.Values.Any(value => value.Tag == "loss"));

    private static JsonElement Json(string line) => JsonDocument.Parse(line).RootElement;

    private static async Task<string> SucceedsAsync(string[] command)
    {
        var run = await CommandRun.OfAsync(command);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Output;
    }
}
