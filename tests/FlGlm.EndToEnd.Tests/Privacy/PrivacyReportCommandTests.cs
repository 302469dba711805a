using System.Text.Json.Nodes;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Privacy;

/// <summary><c>flglm privacy-report</c> on the demo's model, with a budget that learns nothing.</summary>
public sealed class PrivacyReportCommandTests : IDisposable
{
    private const string Noise = "privacy.hidden.clip=40 privacy.hidden.noise=1";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_report_has_leakage_beside_utility_and_a_second_start_measures_only_what_is_missing()
    {
        var first = await CommandRun.OfAsync(Report());
        Assert.True(first.ExitCode == 0, first.Output + first.Error);

        Assert.Equal(["report.csv", "report.html", "report.md", "utility-GradientDown.svg", "utility-GradientUp.svg", "utility-HiddenDown.svg", "utility-HiddenUp.svg", "utility-joint.svg"],
            Directory.GetFiles(Out()).Select(Path.GetFileName).Where(name => name!.StartsWith("report", StringComparison.Ordinal) || name.EndsWith(".svg", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal((true, false), (File.Exists(Out("head1", "attacks.md")), Directory.Exists(Out("head1", "tap"))));
        var lines = File.ReadAllLines(Out("report.md"));
        Assert.Contains(lines, line => line.StartsWith("| 1 | no defence |  | 1 | 4 | HiddenUp |", StringComparison.Ordinal) && line.EndsWith("above the threshold |", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith($"| 1 | noise | {Noise} | 1 | 4 | HiddenUp |", StringComparison.Ordinal));
        Assert.DoesNotMatch("(?i)secure|\\bsafe", File.ReadAllText(Out("report.md")));
        var csv = File.ReadAllLines(Out("report.csv"));
        Assert.StartsWith("cell,head,defence,strength,attack_steps,attack_rows,validation_loss,", csv[0], StringComparison.Ordinal);
        Assert.Equal(Results("head1") + Results("head1-noise-1"), csv.Length - 1);
        var bare = Loss("head1");
        Assert.InRange(bare, 1, 10);

        File.Delete(Out("head1-noise-1", "result.json"));
        var second = await CommandRun.OfAsync(Report());
        Assert.Equal((0, "1 of 2 cells are kept from before", "head1-noise-1 begins"), (second.ExitCode, second.OutputLines[0], second.OutputLines[1]));
        Assert.Equal(bare, Loss("head1"));

        var other = await CommandRun.OfAsync(Report("privacy_report.threshold=0.5"));
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("privacy_report.threshold: is 0.5, and the grid in", other.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("privacy_report.shadow: names no file", "privacy_report.shadow=[]")]
    [InlineData("split: of the cell head9: ", "privacy_report.heads=[9]")]
    [InlineData("privacy_report.threshold: 0 is no share of tokens", "privacy_report.threshold=0")]
    public async Task A_wrong_grid_is_refused_before_anything_runs(string message, string setting)
    {
        var run = await CommandRun.OfAsync(Report(setting));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, Assert.Single(run.ErrorLines, line => line.StartsWith("flglm: ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out()));
    }

    private int Results(string cell) => JsonNode.Parse(File.ReadAllText(Out(cell, "result.json")))!["attacks"]![0]!["report"]!["results"]!.AsArray().Count;

    private double Loss(string cell) => JsonNode.Parse(File.ReadAllText(Out(cell, "result.json")))!["utility"]!["validation_loss"]!.GetValue<double>();

    private string Out(params string[] parts) => _folder.At(["out", .. parts]);

    private string[] Report(params string[] settings) =>
    [
        "privacy-report", "--out", Out(),
        .. new[]
        {
            $"model.path={RepositoryFolder.At("demo", "model")}", "compute.threads=1", "training.steps=2", "training.batch_size=4",
            $"data.train=[{RepositoryFolder.At("demo", "data", "harbour.jsonl")}]", "data.validation=0.02", "data.max_length=128",
            $"privacy_report.shadow=[{RepositoryFolder.At("demo", "data", "garden.jsonl")}]", "privacy_report.steps=[1]", "privacy_report.rows=[4]", $"privacy_report.defences.noise=[{Noise}]",
        }.Concat(settings).SelectMany(setting => new[] { "--set", setting }),
    ];
}
