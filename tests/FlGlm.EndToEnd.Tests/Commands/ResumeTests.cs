using System.Security.Cryptography;
using System.Text.Json;
using FlGlm.Cli.Runs;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.Commands;

/// <summary><c>--resume</c> of <c>flglm train</c>, and <c>flglm resume</c>.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    private string[] Settings => ["checkpoint.every=2", "client.eval_every=3", "data.validation=0.2"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_run_goes_on_with_the_same_bits_and_no_line_is_lost()
    {
        string[] settings = ["training.steps=300", "peft.lora.dropout=0.1", "checkpoint.every=7", "client.eval_every=5", "data.validation=0.2", "peft.lora.targets=[q_proj]"];
        await Succeeds(_folder.Train(settings), ["--set", $"run.directory={_folder.At("whole")}"]);
        await using (var killed = FlGlmProcess.Start(_folder.Train(settings)))
        {
            await killed.LineAsync("step 23/");
            killed.Kill();
            await killed.ExitAsync();
        }

        var before = _folder.Losses("train");
        await Succeeds(["train", "--resume", "--set", $"run.directory={_folder.At("train")}"]); // with the run's own configuration

        var whole = _folder.Losses("whole");
        Assert.Equal(whole, _folder.Losses("train"));
        Assert.Equal(File.ReadLines(_folder.At("whole", "validation.jsonl")), File.ReadLines(_folder.At("train", "validation.jsonl")));
        var moved = File.Exists(_folder.At("train", "metrics.1.jsonl")) ? File.ReadLines(_folder.At("train", "metrics.1.jsonl")).Count() : 0;
        var kept = before.Count - moved;
        Assert.InRange(kept, 21, 300);
        Assert.True(kept % 7 == 0 || kept == 300, $"{kept} lines stayed, which is neither a checkpoint nor the end.");
        Assert.Equal(Hashes("whole", "adapter"), Hashes("train", "adapter"));
        Assert.Contains("resumed from checkpoint 'step-", await File.ReadAllTextAsync(_folder.At("train", "flglm.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_with_checkpoints_is_refused_without_resume_and_nothing_changes()
    {
        await Succeeds(_folder.Train(Settings));
        var before = Hashes("train");

        foreach (var command in new[] { _folder.Train(Settings), ["server", "--insecure", .. _folder.Train(Settings)[1..]], ["client", "--insecure", .. _folder.Train(Settings)[1..]] })
        {
            var run = await CommandRun.OfAsync(command);

            Assert.Equal(
                (2, $"flglm: run.directory: '{_folder.At("train", "checkpoints")}' has the checkpoints of a run, up to 'step-6'; go on with it (--resume), or name another directory.\n"),
                (run.ExitCode, run.Error));
            Assert.Equal(before, Hashes("train"));
        }
    }

    [Fact]
    public async Task A_directory_that_another_process_has_is_refused_and_nothing_changes()
    {
        await Succeeds(_folder.Train(Settings));
        var before = Hashes("train");
        using var held = new RunLock(_folder.At("train"));

        var run = await CommandRun.OfAsync([.. _folder.Train(Settings), "--resume"]);

        Assert.Equal((2, $"flglm: run.directory: '{_folder.At("train")}' is in use by another process; wait for its end, or name another directory.\n"), (run.ExitCode, run.Error));
        Assert.Equal(before, Hashes("train"));
    }

    [Fact]
    public async Task A_directory_is_free_again_when_the_process_that_has_it_is_killed()
    {
        await using var first = FlGlmProcess.Start(_folder.Train("training.steps=100000", "run.log_every=1000"));
        await first.LineAsync("step 1/");
        Assert.Equal(2, (await CommandRun.OfAsync([.. _folder.Train("training.steps=100000"), "--resume"])).ExitCode);

        first.Kill();
        await first.ExitAsync();

        await using var second = FlGlmProcess.Start([.. _folder.Train("training.steps=100000"), "--resume"]);
        await second.LineAsync("resumed from checkpoint");
        second.Interrupt();
        await second.ExitsWithAsync(130);
    }

    [Fact]
    public async Task Another_plan_is_refused_and_the_runs_files_stay()
    {
        await Succeeds(_folder.Train(Settings));
        var before = Hashes("train");

        var run = await CommandRun.OfAsync([.. _folder.Train([.. Settings, "training.steps=8"]), "--resume"]);

        Assert.Equal((2, "flglm: training.steps: is 6 in the checkpoint and 8 here; a run goes on with the settings that it began with.\n"), (run.ExitCode, run.Error));
        before.Remove("flglm.log");
        Assert.Equal(before, Hashes("train").Where(file => file.Key != "flglm.log").ToDictionary());
    }

    [Fact]
    public async Task Resume_needs_a_run_directory()
    {
        var run = await CommandRun.OfAsync([.. _folder.Train()[..3], "--resume"]);

        Assert.Equal((2, "flglm: run.directory: --resume goes on with the run in it; name that directory.\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_finished_run_has_nothing_left_to_do()
    {
        await Succeeds(_folder.Train(Settings));
        var before = Hashes("train");

        var output = await Succeeds([.. _folder.Train(Settings), "--resume"]);

        Assert.Contains("6 of 6 steps are taken, nothing is left to do", output, StringComparison.Ordinal);
        before.Remove("flglm.log");
        Assert.Equal(before, Hashes("train").Where(file => file.Key != "flglm.log").ToDictionary());
    }

    [Fact]
    public async Task A_named_checkpoint_is_gone_back_to_and_later_lines_move()
    {
        await Succeeds(_folder.Train(Settings));
        var (losses, validation, adapter) = (_folder.Losses("train"), _folder.ValidationLosses("train"), Hashes("train", "adapter"));

        await Succeeds([.. _folder.Train(Settings), "--resume", "step-2"]);

        Assert.Equal(losses, _folder.Losses("train"));
        Assert.Equal(validation, _folder.ValidationLosses("train"));
        Assert.Equal(adapter, Hashes("train", "adapter"));
        Assert.Equal([3, 4, 5, 6], Steps("metrics.1.jsonl"));
        Assert.Equal([3, 6], Steps("validation.1.jsonl"));
        Assert.Equal([0, 3, 6], Steps("validation.jsonl"));
    }

    [Fact]
    public async Task Checkpoints_are_listed_with_the_command_that_goes_on()
    {
        await Succeeds(_folder.Train(Settings));
        var path = _folder.At("train");

        var lines = (await Succeeds(["resume", path])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"{path}: 3 checkpoint(s) of `flglm train`", lines[0]);
        Assert.Equal(["step-2", "step-4", "step-6"], lines[2..5].Select(line => line.Split(' ')[0]));
        Assert.All(lines[2..5], line => Assert.EndsWith("whole", line, StringComparison.Ordinal));
        Assert.Equal($"go on: flglm train --resume --set run.directory={path}", lines[^1]);

        File.AppendAllText(_folder.At("train", "checkpoints", "step-6", "middle.safetensors"), "x");
        using var json = JsonDocument.Parse(await Succeeds(["resume", path, "--json"]));
        Assert.Equal($"flglm train --resume step-4 --set run.directory={path}", json.RootElement.GetProperty("command").GetString());
        Assert.Equal([2, 4, 0], json.RootElement.GetProperty("checkpoints").EnumerateArray().Select(each => each.GetProperty("step").GetInt32()));

        var torn = await CommandRun.OfAsync([.. _folder.Train(Settings), "--resume"]);
        Assert.Equal(3, torn.ExitCode);
        Assert.EndsWith("is torn, or has been changed: its SHA-256 is not the one that was written. The one before is 'step-4'.\n", torn.Error, StringComparison.Ordinal);
        await Succeeds([.. _folder.Train(Settings), "--resume", "step-4"]);
    }

    [Fact]
    public async Task The_checkpoints_of_several_servers_are_listed_with_the_command_for_all()
    {
        await Succeeds(_folder.Train([.. Settings, $"run.directory={_folder.At("run", "rank-0")}"]));
        await Succeeds(_folder.Train([.. Settings, $"run.directory={_folder.At("run", "rank-1")}"]));
        var goOn = $"mpirun -np 2 flglm server --resume --set run.directory={_folder.At("run")}";

        foreach (var named in new[] { _folder.At("run"), _folder.At("run", "rank-1") })
        {
            var lines = (await Succeeds(["resume", named])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(["rank-0", "rank-1"], lines.Where(line => line.Contains(": 3 checkpoint(s)", StringComparison.Ordinal)).Select(line => Path.GetFileName(line.Split(':')[0])));
            Assert.Equal($"go on: {goOn}", lines[^1]);
        }

        File.AppendAllText(_folder.At("run", "rank-1", "checkpoints", "step-6", "middle.safetensors"), "x");
        using var json = JsonDocument.Parse(await Succeeds(["resume", _folder.At("run"), "--json"]));
        Assert.Equal(goOn.Replace("--resume", "--resume step-4", StringComparison.Ordinal), json.RootElement.GetProperty("command").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("ranks").GetArrayLength());
    }

    [Fact]
    public async Task A_directory_without_checkpoints_has_none_to_list()
    {
        var run = await CommandRun.OfAsync("resume", _folder.At("model"));

        Assert.Equal((2, $"flglm: '{_folder.At("model")}' has no checkpoints: name the directory of a run of `flglm train`, `server` or `client`.\n"), (run.ExitCode, run.Error));
    }

    private static async Task<string> Succeeds(string[] command, params string[] more)
    {
        var run = await CommandRun.OfAsync([.. command, .. more]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Output;
    }

    private IEnumerable<int> Steps(string file) => File.ReadLines(_folder.At("train", file)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt32());

    private Dictionary<string, string> Hashes(params string[] folder) => Directory
        .EnumerateFiles(_folder.At(folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .ToDictionary(file => Path.GetRelativePath(_folder.At(folder), file), file => Convert.ToHexString(SHA256.HashData(ReadShared(file))));

    /// <summary>Also a file that this process has locked, which has no content.</summary>
    private static byte[] ReadShared(string path) => Path.GetFileName(path) == "lock" ? [] : File.ReadAllBytes(path);
}
