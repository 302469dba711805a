using FlGlm.Cli;
using FlGlm.Cli.TensorBoard;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.EndToEnd.Tests.Runs;
using FlGlm.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlGlm.EndToEnd.Tests.TensorBoard;

public sealed class TensorBoardLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_event_is_on_the_disk_before_the_next_one()
    {
        using var log = Open();

        log.Show(SampleSteps.Step);
        Assert.Contains(EventRecord.ThatCount(_folder.At("board")), happened => happened.Step == 40);
        log.Show(SampleSteps.Step with { Step = 41 });
        Assert.Contains(EventRecord.ThatCount(_folder.At("board")), happened => happened.Step == 41);
    }

    [Fact]
    public void A_later_file_comes_behind_an_earlier_one_whatever_the_clock_says()
    {
        Directory.CreateDirectory(_folder.At("board"));
        File.WriteAllBytes(_folder.At("board", "events.out.tfevents.9999999999998.flglm"), []);
        using var log = new TensorBoardLog(_folder.At("board"), new FlGlmConfig(), continues: true, NullLogger.Instance);

        log.Show(SampleSteps.Step);

        Assert.Equal(
            ["events.out.tfevents.9999999999998.flglm", "events.out.tfevents.9999999999999.flglm"],
            Directory.GetFiles(_folder.At("board")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_metric_and_a_file_s_loss_have_tags_of_their_own()
    {
        using var log = Open();

        log.Show(new ClientEvent.Validated(7, new ValidationResult(1.5, new Dictionary<string, double> { ["a.jsonl"] = 1, ["b.jsonl"] = 2 }) { Metrics = [new MeasuredMetric("accuracy", 0.75, null, null)] }));

        Assert.Equal(
            [("validation/loss", 1.5f), ("validation/accuracy", 0.75f), ("validation_files/a.jsonl", 1f), ("validation_files/b.jsonl", 2f)],
            EventRecord.ThatCount(_folder.At("board")).Single(happened => happened.Step == 7).Values.Select(value => (value.Tag, value.Scalar!.Value)));
    }

    [Fact]
    public void Going_back_twice_leaves_the_values_that_count()
    {
        using var log = Open();
        float[] losses = [1, 2, 3, 4, 5, 6];
        foreach (var (index, back) in ((int, int?)[])[(0, null), (1, null), (2, 1), (3, null), (4, 0), (5, null)])
        {
            if (back is { } step)
                log.Show(new ClientEvent.RolledBack(step));
            log.Show(SampleSteps.Step with { Step = index switch { 0 => 1, 1 => 2, 2 => 2, 3 => 3, 4 => 1, _ => 2 }, Loss = losses[index] });
        }

        Assert.Equal(
            [(1, 5f), (2, 6f)],
            EventRecord.ThatCount(_folder.At("board")).Where(happened => happened.Values.Count > 2).Select(happened => (happened.Step, happened.Values[0].Scalar!.Value)));
        Assert.Equal(3, Directory.GetFiles(_folder.At("board")).Length);
    }

    [Fact]
    public void A_run_that_goes_on_without_saying_where_voids_nothing()
    {
        using (var before = Open())
            before.Show(SampleSteps.Step);
        using var after = new TensorBoardLog(_folder.At("board"), new FlGlmConfig(), continues: true, NullLogger.Instance);

        after.Show(SampleSteps.Step with { Step = 41 });

        Assert.Equal([40, 41], EventRecord.ThatCount(_folder.At("board")).Where(happened => happened.Values.Count > 2).Select(happened => happened.Step));
    }

    [Fact]
    public void A_file_that_cannot_be_written_later_is_one_warning_and_no_exception()
    {
        var warnings = new WarningLog();
        using var log = new TensorBoardLog(_folder.At("board"), new FlGlmConfig(), continues: false, warnings);
        log.Show(SampleSteps.Step);
        Directory.Delete(_folder.At("board"), recursive: true);
        File.WriteAllText(_folder.At("board"), "");

        log.Show(new ClientEvent.RolledBack(39));
        log.Show(SampleSteps.Step);
        log.Show(SampleSteps.Step with { Step = 41 });

        Assert.Contains(_folder.At("board"), Assert.Single(warnings.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_norms_are_one_bin()
    {
        var histogram = NormHistogram.Of([2f, 2f, 2f]);

        Assert.Equal((2, 2, 3, 6, 12), (histogram.Min, histogram.Max, histogram.Num, histogram.Sum, histogram.SumSquares));
        Assert.Equal(2, Assert.Single(histogram.BucketLimit));
        Assert.Equal(3, Assert.Single(histogram.Bucket));
    }

    private TensorBoardLog Open() => new(_folder.At("board"), new FlGlmConfig(), continues: false, NullLogger.Instance);
}
