using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Commands;

/// <summary>What <c>flglm evaluate</c> prints at its end.</summary>
public sealed class EvaluateOutputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(250, 10, @"^superglue/boolq, val: 3 question\(s\); in percent, with 95 % intervals$", @"^accuracy [\d.]+ \([\d.]+ to [\d.]+\)$")]
    [InlineData(50, 0, @"^superglue/boolq, val: 3 question\(s\), 3 with a shortened prompt; in percent$", @"^accuracy [\d.]+$")]
    public async Task The_last_lines_are_what_was_answered_the_metrics_in_percent_and_where_the_results_are(int maxLength, int resamples, string heading, string metric)
    {
        var directory = _folder.At("evaluation");
        string[] settings =
        [
            $"model.path={RepositoryFolder.At("demo", "model")}", "data.task=superglue/boolq", $"data.folder={RepositoryFolder.At("tests", "Fixtures", "tasks", "boolq")}",
            $"data.max_length={maxLength}", $"evaluation.resamples={resamples}", $"run.directory={directory}",
        ];

        var run = await CommandRun.OfAsync(["evaluate", "--local", .. settings.SelectMany(setting => new[] { "--set", setting })]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Collection(
            run.OutputLines.TakeLast(3),
            line => Assert.Matches(heading, line),
            line => Assert.Matches(metric, line),
            line => Assert.Equal($"written: {directory}", line));
    }
}
