using FlGlm.Cli;
using FlGlm.Cli.Runs;
using FlGlm.Client.Evaluation;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Runs;

public sealed class RunDirectoryTests
{
    [Fact]
    public void The_resolved_configuration_repeats_the_run()
    {
        using var folder = new TempFolder();
        var directory = RunDirectory.Create(new RunSettings { Directory = Path.Combine(folder.Path, "a", "b") }, "train", TimeProvider.System);
        var config = new FlGlmConfig { Model = new ModelSettings { Path = "models/tiny" }, Run = new RunSettings { LogEvery = 3 } };

        directory.WriteConfig(config);

        var read = ConfigFile.Load<FlGlmConfig>(directory.ConfigPath, [], sections: []).Settings;
        Assert.Equal(ConfigWriter.Write(config), ConfigWriter.Write(read));
        Assert.Equal(("models/tiny", 3), (read.Model.Path, read.Run.LogEvery));
    }

    [Fact]
    public void The_configuration_of_an_earlier_run_stays_until_the_new_one_has_loaded_its_model_and_data()
    {
        using var folder = new TempFolder();
        folder.Write("config.yaml", "earlier");
        var directory = RunDirectory.Create(new RunSettings { Directory = folder.Path }, "train", TimeProvider.System);

        directory.WriteConfig(new FlGlmConfig());
        Assert.Equal("earlier", File.ReadAllText(directory.ConfigPath));

        directory.Keep();
        Assert.Contains("model:", File.ReadAllText(directory.ConfigPath), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_process_has_left_unfinished_goes_when_the_run_goes_on()
    {
        using var folder = new TempFolder();
        foreach (var left in (string[])[".adapter.1.tmp", "adapter/.middle.2.tmp", "adapter-best/.tail.3.tmp", "adapter/middle", "other/.kept.4.tmp"])
        {
            Directory.CreateDirectory(folder.At(left));
            File.WriteAllText(folder.At(left, "model.safetensors"), "");
        }

        using var directory = RunDirectory.Create(new RunSettings { Directory = folder.Path }, "server", TimeProvider.System);
        directory.RemoveUnfinished();

        Assert.Equal(
            ["adapter/middle/model.safetensors", "other/.kept.4.tmp/model.safetensors"],
            Directory.EnumerateFiles(folder.Path, "*.safetensors", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder.Path, path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_a_problem_of_the_directory()
    {
        using var folder = new TempFolder();
        var directory = RunDirectory.Create(new RunSettings { Directory = folder.Path }, "train", TimeProvider.System);
        foreach (var path in new[] { directory.ConfigPath, directory.MetricsPath, folder.At("validation.jsonl") })
            Directory.CreateDirectory(path);

        AssertRefused(directory.ConfigPath, () => directory.WriteConfig(new FlGlmConfig()));
        AssertRefused(directory.MetricsPath, () => new MetricsWriter(directory.MetricsPath).Dispose());
        AssertRefused(folder.At("validation.jsonl"), () => new ValidationLog(directory).Append(0, Loss(1)));
    }

    [Fact]
    public void A_disk_that_is_full_is_a_problem_of_the_directory()
    {
        if (!File.Exists("/dev/full"))
            return;
        using var metrics = new MetricsWriter("/dev/full");
        AssertRefused("/dev/full", () => metrics.Write(SampleSteps.Step));
    }

    [Fact]
    public void A_validation_s_line_has_its_metrics_and_whether_it_is_the_best()
    {
        using var folder = new TempFolder();
        using var directory = RunDirectory.Create(new RunSettings { Directory = folder.Path }, "train", TimeProvider.System);

        using (var log = new ValidationLog(directory))
            log.Append(4, Loss(1.5) with { Metrics = [new MeasuredMetric("accuracy", 0.625)] }, isBest: true);

        Assert.Equal("""{"step":4,"loss":1.5,"metrics":{"accuracy":0.625},"best":true}""", Assert.Single(File.ReadAllLines(folder.At("validation.jsonl"))));
    }

    [Fact]
    public void Validation_losses_of_an_earlier_run_move_away()
    {
        using var folder = new TempFolder();
        using var directory = RunDirectory.Create(new RunSettings { Directory = folder.Path }, "train", TimeProvider.System);
        using (var first = new ValidationLog(directory))
            first.Append(0, Loss(1.5));

        using (var again = new ValidationLog(directory))
        {
            again.Append(0, Loss(1.25));
            again.Append(6, Loss(1.125));
        }

        Assert.Equal(["""{"step":0,"loss":1.25}""", """{"step":6,"loss":1.125}"""], File.ReadAllLines(folder.At("validation.jsonl")));
        Assert.Equal(["""{"step":0,"loss":1.5}"""], File.ReadAllLines(folder.At("validation.1.jsonl")));
    }

    [Fact]
    public void A_directory_that_another_has_is_refused_and_nothing_changes()
    {
        using var folder = new TempFolder();
        using (RunDirectory.Create(new RunSettings { Directory = folder.Path }, "train", TimeProvider.System))
        {
            var error = Assert.Throws<ConfigurationException>(() => RunDirectory.Create(new RunSettings { Directory = folder.Path }, "train", TimeProvider.System));
            Assert.Equal($"run.directory: '{folder.Path}' is in use by another process; wait for its end, or name another directory.", error.Message);
            Assert.Equal([folder.At("lock")], Directory.GetFileSystemEntries(folder.Path));
        }

        RunDirectory.Create(new RunSettings { Directory = folder.Path }, "train", TimeProvider.System).Dispose();
    }

    [Fact]
    public void A_client_of_several_has_a_directory_of_its_own()
    {
        using var folder = new TempFolder();
        var client = RunDirectory.Create(new RunSettings { Directory = folder.Path }, "demo", TimeProvider.System).Under("client-1");
        Assert.Equal(Path.Combine(folder.Path, "client-1", "metrics.jsonl"), client.MetricsPath);
        Assert.True(Directory.Exists(client.Path));
    }

    [Fact]
    public async Task Runs_that_start_in_the_same_second_have_directories_of_their_own()
    {
        const int Runs = 4;
        using var folder = new TempFolder();
        for (var second = 0; second < 50; second++)
        {
            var clock = new StoppedClock(second);
            using var start = new Barrier(Runs);
            var creating = Enumerable.Range(0, Runs).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return RunDirectory.Create(new RunSettings(), "train", clock, folder.At("runs")).Path;
                },
                TaskCreationOptions.LongRunning));

            var paths = await Task.WhenAll(creating);

            var stem = folder.At("runs", $"train-20260102-0304{second:00}");
            Assert.Equal([stem, $"{stem}-2", $"{stem}-3", $"{stem}-4"], paths.Order(StringComparer.Ordinal));
        }
    }

    private sealed class StoppedClock(int second) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, second, TimeSpan.Zero);
    }

    private static void AssertRefused(string path, Action write)
    {
        var problem = Assert.Single(Assert.Throws<ConfigurationException>(write).Problems);
        Assert.StartsWith($"run.directory: '{path}' cannot be written (", problem.ToString(), StringComparison.Ordinal);
    }

    private static ValidationResult Loss(double loss) => new(loss, new Dictionary<string, double>());
}
