using FlGlm.Client.Evaluation;
using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tests.Evaluation;

public sealed class EvaluationScoresTests : IDisposable
{
    private readonly TinyEvaluation _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("superglue/boolq")]
    [InlineData("superglue/multirc")]
    [InlineData("xsum")]
    public async Task Parts_that_are_joined_in_any_order_give_the_digits_of_the_whole(string task)
    {
        var options = _tiny.Options(task, "whole");
        var whole = (await TinyEvaluation.RunAsync(options)).Summary;
        var parts = new List<string>();
        foreach (var part in new[] { "2/2", "1/2" })
        {
            parts.Add(_tiny.At("part" + part[0]));
            await TinyEvaluation.RunAsync(options with { Shard = Shard.Parse(part, "--shard"), Output = parts[^1] });
        }

        var joined = Assert.Single(EvaluationScores.Read(parts).Summaries);

        Assert.Equal(whole.Metrics, joined.Metrics);
        Assert.Equal((whole.Questions, whole.Empty, whole.Shortened, "1/1"), (joined.Questions, joined.Empty, joined.Shortened, joined.Subject.Shard));
        Assert.Equal(whole.Labels, joined.Labels);
        Assert.Equal(whole.Answers, joined.Answers);
    }

    [Theory]
    [InlineData("part1")]
    [InlineData("part1", "part1", "part2")]
    public async Task A_part_that_is_missing_or_there_twice_is_refused(params string[] folders)
    {
        var options = _tiny.Options("superglue/boolq", "");
        foreach (var part in new[] { "1/2", "2/2" })
            await TinyEvaluation.RunAsync(options with { Shard = Shard.Parse(part, "--shard"), Output = _tiny.At("part" + part[0]) });

        var error = Assert.Throws<ConfigurationException>(() => EvaluationScores.Read([.. folders.Select(folder => _tiny.At(folder))]));

        Assert.Contains("each part of one whole is needed once", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_eight_tasks_of_SuperGLUE_have_both_averages()
    {
        var folders = new List<string>();
        foreach (var task in KnownTasks.All.Where(task => task.Name.StartsWith("superglue/", StringComparison.Ordinal)))
        {
            folders.Add(_tiny.At(task.Name.Split('/')[^1]));
            await TinyEvaluation.RunAsync(_tiny.Options(task.Name, folders[^1]));
        }

        var scores = EvaluationScores.Read(folders);

        var first = scores.Summaries.Average(summary => summary.Metrics[0].Value);
        var means = scores.Summaries.Average(summary => summary.Subject.Task.Split('/')[1] is "cb" or "multirc" or "record"
            ? (summary.Metrics[0].Value + summary.Metrics[1].Value) / 2
            : summary.Metrics[0].Value);
        Assert.Equal([means, first], scores.Averages.Select(average => average.Value), (one, other) => Math.Abs(one - other) < 1e-12);
        Assert.Contains(FormattableString.Invariant($"average (official): {100 * means:F2}"), scores.Markdown(), StringComparison.Ordinal);
        Assert.Empty(EvaluationScores.Read(folders[1..]).Averages);

        await TinyEvaluation.RunAsync(_tiny.Options("superglue/boolq", _tiny.At("part")) with { Limit = 1 });
        Assert.Empty(EvaluationScores.Read([_tiny.At("part"), .. folders.Where(folder => !folder.EndsWith("boolq", StringComparison.Ordinal))]).Averages);
    }

    [Theory]
    [InlineData("5/4")]
    [InlineData("0/4")]
    [InlineData("x")]
    [InlineData("1/")]
    [InlineData("-1/4")]
    [InlineData("1/2/3")]
    public void A_part_is_one_of_the_whole(string part) =>
        Assert.Equal($"--shard: '{part}' is no part of a whole; INDEX/COUNT, such as 1/4 to 4/4.", Assert.Throws<ConfigurationException>(() => Shard.Parse(part, "--shard")).Message);
}
