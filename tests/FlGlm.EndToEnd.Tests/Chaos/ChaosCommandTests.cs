using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Chaos;

/// <summary><c>flglm chaos</c> with processes of its own.</summary>
public sealed class ChaosCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("any", "none", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("none", "any", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task Disturbed_runs_of_every_strategy_are_identical(string kill, string traffic)
    {
        var run = await CommandRun.OfAsync(Chaos("--runs", "3", "--kill", kill, "--traffic", traffic, "--set", "training.steps=15", "--set", "training.average_period=10", "--set", "checkpoint.every=4"));

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.At("out", "report.json"), TestContext.Current.CancellationToken));
        Assert.Equal(3, report.RootElement.GetProperty("identical").GetInt32());
        Assert.Equal(["client_batch", "serial", "server_hierarchical"], report.RootElement.GetProperty("runs").EnumerateArray().Select(each => each.GetProperty("strategy").GetString()!).Order());
        Assert.Empty(Directory.EnumerateDirectories(_folder.At("out"), "seed-*"));
        Assert.Contains("3 of 3 runs are identical", await File.ReadAllTextAsync(_folder.At("out", "report.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_does_not_end_well_is_exit_10_with_what_its_process_said()
    {
        using var tiny = new SplitFolder();
        var run = await CommandRun.OfAsync(Chaos("--runs", "1", "--set", $"model.path={tiny.At("nothing")}"));

        Assert.Equal(10, run.ExitCode);
        Assert.Matches("^flglm: The undisturbed run in '.*' failed: (server|client[12]) ended with exit code 3: .*nothing", run.ErrorLines[^1]);
    }

    [Theory]
    [InlineData("flglm: --runs: 0 is out of range; 1 run or more.", "--runs", "0")]
    [InlineData("flglm: --clients: 0 is out of range; 1 client or more.", "--clients", "0")]
    [InlineData("flglm: --strategies: 'parallel' is none of serial, client_batch, server_hierarchical.", "--strategies", "serial,parallel")]
    public async Task A_wrong_option_is_named(string mistake, params string[] options)
    {
        var run = await CommandRun.OfAsync(Chaos(options));

        Assert.Equal((2, mistake), (run.ExitCode, Assert.Single(run.ErrorLines, line => line.StartsWith("flglm: ", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_refused()
    {
        Directory.CreateDirectory(_folder.At("out"));
        _folder.Write(Path.Combine("out", "kept.txt"), "kept");

        var run = await CommandRun.OfAsync(Chaos());

        Assert.Equal((2, $"flglm: --out: '{_folder.At("out")}' is not empty; name a new folder.\n"), (run.ExitCode, run.Error));
    }

    private string[] Chaos(params string[] options) => ["chaos", "--out", _folder.At("out"), .. options];
}
