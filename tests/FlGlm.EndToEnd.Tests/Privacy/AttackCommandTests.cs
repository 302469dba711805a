using FlGlm.Cli;
using FlGlm.Core.Configuration;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Privacy.Reports;
using FlGlm.Privacy.Settings;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Privacy;

public sealed class AttackCommandTests : IDisposable
{
    private static readonly string Shadow = RepositoryFolder.At("demo", "data", "garden.jsonl");
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recorded_run_is_attacked_by_its_directory_alone()
    {
        var config = new FlGlmConfig
        {
            Model = new ModelSettings { Path = RepositoryFolder.At("demo", "model") },
            Training = new TrainingSettings { Steps = 1, BatchSize = 4 },
            Data = new() { Train = [RepositoryFolder.At("demo", "data", "harbour.jsonl")], MaxLength = 128 },
            Privacy = new PrivacySettings { SecretOrder = true },
        };
        var run = new LeakageRun(Cli.Runs.LibraryOptions.Client(config, seal: null, output: ""), config.Privacy, _folder.Path);
        await run.RecordAsync(TestContext.Current.CancellationToken);
        _folder.Write("config.yaml", ConfigWriter.Write(config with { Server = config.Server with { Tap = run.Recording } }));

        var attack = await CommandRun.OfAsync("attack", "--run", _folder.Path, "--shadow", Shadow, "--rows", "4", "--steps", "1", "--match-rows", "1", "--match-steps", "2");

        Assert.True(attack.ExitCode == 0, attack.Error);
        Assert.Contains(attack.OutputLines, line => line.StartsWith("| nearest neighbour | HiddenUp |", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_was_not_recorded_or_is_none_is_refused_in_one_line()
    {
        _folder.Write("config.yaml", ConfigWriter.Write(new FlGlmConfig { Model = new ModelSettings { Path = "m" }, Data = new() { Train = ["t"] } }));

        await RefusesAsync($"flglm: server.tap: is empty in '{_folder.Path}': that run was not recorded.", "--run", _folder.Path);
        await RefusesAsync("flglm: server.tap: is empty: that run was not recorded.", "--config", _folder.At("config.yaml"));
        await RefusesAsync("flglm: --run: '/nowhere' has no config.yaml;", "--run", "/nowhere");
        await RefusesAsync("flglm: --run: has a configuration of its own;", "--run", _folder.Path, "--config", _folder.At("config.yaml"));
    }

    private static async Task RefusesAsync(string message, params string[] options)
    {
        var run = await CommandRun.OfAsync(["attack", .. options, "--shadow", Shadow]);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(message, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }
}
