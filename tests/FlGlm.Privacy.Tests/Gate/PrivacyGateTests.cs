using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Reports;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Gate;

/// <summary>
/// What docs/privacy.md calls measured below the threshold is measured again, on the demo's model, with the configuration, the budget and the attacks that it names: neither
/// a defence nor an attack can become weaker unseen. That every kind of message is recorded is a test of the tap.
/// </summary>
public sealed class PrivacyGateTests(ITestOutputHelper output) : IDisposable
{
    private const double Threshold = 0.05;
    private const int AtOnce = 2;
    private static readonly GateConfig Config = GateConfig.Load("defences-demo.yaml");
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_claim_of_the_document_is_a_strength_of_the_ready_configuration()
    {
        Assert.NotEmpty(Claims());
        Assert.All(Claims(), claim => Assert.Contains(claim.Strength, Config.PrivacyReport.Defences.Values.SelectMany(strengths => strengths)));
        Assert.All(Claims(), claim => Assert.NotEmpty(claim.Channels));
    }

    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task What_the_document_calls_measured_below_the_threshold_is()
    {
        List<(string Strength, string[] Channels)> runs = [("", []), .. Claims()];
        var reports = new AttackReport[runs.Count];
        await Parallel.ForAsync(0, runs.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (run, ct) => reports[run] = await MeasureAsync(runs[run].Strength, ct));

        foreach (var (run, report) in runs.Zip(reports))
        {
            output.WriteLine($"{run.Strength}\n{AttackTable.Markdown(report.Results)}");
            AssertControls(report);
            var verdicts = ChannelLeakage.Of(report.Results, Threshold).ToDictionary(channel => channel.Channel, channel => channel.Verdict);
            Assert.All(run.Channels, channel => Assert.Equal((channel, LeakageVerdict.MeasuredBelow), (channel, verdicts[channel])));
        }

        var undefended = ChannelLeakage.Of(reports[0].Results, Threshold).Where(channel => channel.Channel is "HiddenUp" or "HiddenDown" or "GradientUp").ToList();
        Assert.Equal(3, undefended.Count);
        Assert.All(undefended, channel => Assert.Equal((channel.Channel, LeakageVerdict.AboveThreshold), (channel.Channel, channel.Verdict)));
    }

    /// <summary>Of the attacks that need no luck in training.</summary>
    private static void AssertControls(AttackReport report)
    {
        var untrained = report.Results.Where(result => result.Attack is "nearest neighbour" or "linear inverter, pretrained start" or "labels from directions").ToList();
        Assert.Equal(3, untrained.Count);
        Assert.All(untrained, result => Assert.True(result is { PositiveHolds: true, NegativeHolds: true }, $"{result.Attack}: {result.Positive.Top1} and {result.Negative} against {result.Baseline}"));
    }

    private async Task<AttackReport> MeasureAsync(string strength, CancellationToken ct)
    {
        var config = ConfigFile.Change(Config, strength.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var run = new LeakageRun(config.ClientOptions(), config.Privacy, _folder.At($"{strength.Length}-{strength.GetHashCode(StringComparison.Ordinal):x}"));
        await run.RecordAsync(ct);
        return run.Attack([.. Config.PrivacyReport.Shadow.Select(file => RepositoryFolder.At(file))], Config.PrivacyReport.Rows[0], new AttackSettings { Steps = Config.PrivacyReport.Steps[0] }, ct: ct);
    }

    /// <summary>The rows of the document's table: strengths, and the channels that are said to be below.</summary>
    private static List<(string Strength, string[] Channels)> Claims()
    {
        const string Title = "| Strength | Channels measured below the threshold |";
        var lines = File.ReadAllLines(RepositoryFolder.At("docs", "privacy.md"));
        return [.. lines.SkipWhile(line => line != Title).Skip(2).TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => (cells[1].Trim('`'), cells[2].Split(", ")))];
    }
}
