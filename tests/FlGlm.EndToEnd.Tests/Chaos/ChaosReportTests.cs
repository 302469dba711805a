using System.Text.Json;
using FlGlm.Cli.Chaos;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Chaos;

public sealed class ChaosReportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static ChaosResult Identical { get; } = new(7, StrategyName.Serial, PeftMethod.PTuningV2, ["server at 1.00 s"], ["cut at 5 %"], 12.34, [0.5, 3], null, [], null);

    private static ChaosResult Different { get; } = Identical with { Seed = 8, Recovery = [1], Differences = ["client1: step 3 is missing"], Folder = "out/seed-8" };

    private static ChaosResult Failed { get; } = Identical with { Seed = 9, Recovery = [], Failure = "client2 ended with exit code 5", Folder = "out/seed-9", LastLines = ["client2: no more"] };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_has_a_line_with_its_result()
    {
        Assert.Equal("seed 7: serial, p_tuning_v2, 1 kill, 1 disturbance: identical, 12.3 s, recovery 3.0 s", ChaosReport.Line(Identical));
        Assert.Equal("seed 8: serial, p_tuning_v2, 1 kill, 1 disturbance: different, 12.3 s, recovery 1.0 s: client1: step 3 is missing (out/seed-8)", ChaosReport.Line(Different));
        Assert.Equal("seed 9: serial, p_tuning_v2, 1 kill, 1 disturbance: failed, 12.3 s: client2 ended with exit code 5 (out/seed-9)", ChaosReport.Line(Failed));
    }

    [Fact]
    public void The_report_counts_identical_runs_and_says_how_the_others_are_repeated()
    {
        var report = ChaosReport.Of([Identical, Different, Failed]);
        report.Write(_folder.Path, seed => $"flglm chaos --seed {seed}");

        Assert.Equal((1, 1, 3), (report.Identical, report.RecoveryMedianS, report.RecoveryMaxS));
        var text = File.ReadAllText(_folder.At("report.md"));
        Assert.Contains("| 7 | serial | p_tuning_v2 | 1 | cut | identical | 12.3 | 0.5, 3.0 |", text, StringComparison.Ordinal);
        Assert.Contains("1 of 3 runs are identical", text, StringComparison.Ordinal);
        Assert.DoesNotContain("--seed 7", text, StringComparison.Ordinal);
        Assert.Contains("`flglm chaos --seed 8` repeats its schedule; its files are in `out/seed-8`.", text, StringComparison.Ordinal);
        Assert.Contains("- client2 ended with exit code 5\n", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.At("report.json")));
        Assert.Equal(["identical", "different", "failed"], json.RootElement.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("result").GetString()!));
    }

    [Fact]
    public void Runs_with_following_seeds_take_every_strategy_and_method()
    {
        var settings = new ChaosSettings(9, 0, KillChoice.Any, TrafficChoice.Any, Enum.GetValues<StrategyName>(), Enum.GetValues<PeftMethod>(), 2, "");

        Assert.Equal(9, Enumerable.Range(100, 9).Select(settings.Of).Distinct().Count());
    }
}
