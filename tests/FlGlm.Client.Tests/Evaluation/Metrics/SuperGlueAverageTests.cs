using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class SuperGlueAverageTests
{
    // The main table's two rows, in the order of SuperGlueAverage.Tasks: BoolQ, CB, COPA, MultiRC, ReCoRD, RTE, WiC, WSC.
    private static readonly double[][] ChatGlm = [[83.4], [85.7, 83.9], [85.0], [78.2, 45.6], [80.2, 78.7], [81.6], [71.0], [71.2]];
    private static readonly double[][] FlGlm = [[81.9], [85.7, 83.9], [85.0], [79.3, 46.1], [79.8, 78.4], [80.1], [69.6], [71.2]];

    [Fact]
    public void The_paper_averages_the_first_metrics_and_the_benchmark_the_means_of_pairs()
    {
        // the paper prints 79.6 and 79.1
        Assert.Equal(636.3 / 8, 100 * SuperGlueAverage.Paper(Row(ChatGlm)).Value, 1e-9);
        Assert.Equal(632.6 / 8, 100 * SuperGlueAverage.Paper(Row(FlGlm)).Value, 1e-9);
        Assert.Equal(618.35 / 8, 100 * SuperGlueAverage.Official(Row(ChatGlm)).Value, 1e-9);
        Assert.Equal(614.4 / 8, 100 * SuperGlueAverage.Official(Row(FlGlm)).Value, 1e-9);
        Assert.NotEqual(SuperGlueAverage.Paper(Row(FlGlm)).Name, SuperGlueAverage.Official(Row(FlGlm)).Name);
    }

    [Fact]
    public void Further_metrics_of_a_task_and_the_case_of_its_name_change_nothing()
    {
        var more = Row(FlGlm).ToDictionary(task => task.Key.ToUpperInvariant(), task => (IReadOnlyList<Metric>)[.. task.Value]);
        more["MULTIRC"] = [.. more["MULTIRC"], new Metric("F1m", 1)];
        more["RTE"] = [.. more["RTE"], new Metric("F1", 0)];
        more["another task"] = [];

        Assert.Equal(SuperGlueAverage.Official(Row(FlGlm)), SuperGlueAverage.Official(more));
        Assert.Equal(SuperGlueAverage.Paper(Row(FlGlm)), SuperGlueAverage.Paper(more));
    }

    [Fact]
    public void A_missing_task_or_metric_is_named()
    {
        var withoutWsc = Row(FlGlm);
        withoutWsc.Remove("WSC");
        var withoutEm = Row(FlGlm);
        withoutEm["MultiRC"] = [new Metric("F1a", 0.5)];

        Assert.Contains("WSC", Assert.Throws<ArgumentException>(() => SuperGlueAverage.Paper(withoutWsc)).Message, StringComparison.Ordinal);
        Assert.Contains("MultiRC", Assert.Throws<ArgumentException>(() => SuperGlueAverage.Official(withoutEm)).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, IReadOnlyList<Metric>> Row(double[][] percents) => SuperGlueAverage.Tasks.Zip(percents)
        .ToDictionary(task => task.First, task => (IReadOnlyList<Metric>)[.. task.Second.Select(percent => new Metric("metric", percent / 100))]);
}
