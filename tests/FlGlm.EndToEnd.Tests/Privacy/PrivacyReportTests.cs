using FlGlm.Cli;
using FlGlm.Cli.Privacy;
using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Reports;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Privacy;

/// <summary>The report of results that nothing was computed for.</summary>
public sealed class PrivacyReportTests : IDisposable
{
    private static readonly PrivacyCell Bare = new("head1", 1, "", "", "head1", new FlGlmConfig());
    private static readonly PrivacyCell Noise = new("head1-noise-1", 1, "noise", "privacy.hidden.noise=1", "head1", new FlGlmConfig());
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Leakage_stands_beside_utility_with_the_price_of_each_point()
    {
        PrivacyReport.Write([(Bare, Result(2, top1: 0.9)), (Noise, Result(2.5, top1: 0.4))], new PrivacyReportSettings(), _folder.Path);

        var lines = File.ReadAllLines(_folder.At("report.md"));
        Assert.Contains("| 1 | no defence |  | 300 | 256 | 90.0 (80.0) | all above the threshold | 2.0000 |  |", lines);
        Assert.Contains("| 1 | noise | privacy.hidden.noise=1 | 300 | 256 | 40.0 (30.0) | all above the threshold | 2.5000 | 0.5000 |", lines);
        Assert.Contains(
            "| 1 | noise | privacy.hidden.noise=1 | 300 | 256 | HiddenUp | nearest | 40.0 | 39.0 to 41.0 | 10.0 | 100.0 | 10.0 | 50.0 | 0.0100 | above the threshold |", lines);
        Assert.Equal(["head1,1,,,300,256,2,,HiddenUp,above the threshold,nearest,0.9,", "head1-noise-1,1,noise,privacy.hidden.noise=1,300,256,2.5,,HiddenUp,above the threshold,nearest,0.4,"],
            File.ReadAllLines(_folder.At("report.csv"))[1..].Select(line => string.Join(',', line.Split(',')[..12]) + ","));
        Assert.All(["no defence", "noise", "threshold"], label => Assert.Contains(label, File.ReadAllText(_folder.At("utility-HiddenUp.svg")), StringComparison.Ordinal));
    }

    [Fact]
    public void The_words_of_a_report_claim_no_more_than_was_measured()
    {
        PrivacyReport.Write([(Bare, Result(2, top1: 0.11)), (Noise, Result(2, top1: 0.11, positive: 0.2))], new PrivacyReportSettings(), _folder.Path);

        var text = File.ReadAllText(_folder.At("report.md"));
        Assert.Contains("| all measured below the threshold | 2.0000 |  |", text, StringComparison.Ordinal);
        Assert.Contains("| 20.0 fails | 10.0 |", text, StringComparison.Ordinal);
        Assert.Contains("| all controls fail | 2.0000 | 0.0000 |", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)secure|\\bsafe", text);
    }

    private static PrivacyCellResult Result(double loss, double top1, double positive = 1)
    {
        var attack = new AttackResult("nearest", "HiddenUp", Scores(top1), 0.1, Scores(positive), new SeedSpread(0.1, 0));
        return new PrivacyCellResult(new RunUtility(loss, new Dictionary<string, double>()), [new BudgetedAttacks(300, 256, new AttackReport([attack], []))]);
    }

    private static TokenScores Scores(double top1) => new(top1, new ConfidenceInterval(top1 - 0.01, top1 + 0.01, 0.95), top1, 0, null, null, null, null, 100, 10);
}
