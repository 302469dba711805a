using System.Text.Json;
using FlGlm.Cli.Runs;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Simulation;

/// <summary><c>flglm simulate</c> with processes of its own.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    private static readonly string[] Copa =
    [
        $"data.folder={RepositoryFolder.At("tests", "Fixtures", "tasks")}", "data.train=[]", "data.max_length=128", "evaluation.resamples=0",
        "training.steps=3", "training.batch_size=2", "simulate.tasks=[superglue/copa]", "simulate.partitions=[iid]", "simulate.clients=[2]",
    ];

    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cells_have_results_that_a_second_start_keeps_and_a_lost_one_is_computed_again_alone()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        string[] settings = [.. Copa, "simulate.strategies=[serial, client_batch]"];
        var first = await CommandRun.OfAsync(Simulate(settings));
        Assert.True(first.ExitCode == 0, first.Output + first.Error);
        Assert.Equal(["serial begins", "client_batch begins"], first.OutputLines.Where(line => line.EndsWith(" begins", StringComparison.Ordinal)));
        Assert.StartsWith("2 of 2 cells done: client_batch: ", first.OutputLines[3], StringComparison.Ordinal);
        using (var result = JsonDocument.Parse(await File.ReadAllTextAsync(Out("client_batch", "result.json"), TestContext.Current.CancellationToken)))
        {
            Assert.Equal((6, 12), (result.RootElement.GetProperty("steps").GetInt32(), result.RootElement.GetProperty("samples").GetInt32()));
            Assert.Equal(BytesUp("client1") + BytesUp("client2"), result.RootElement.GetProperty("bytes_up").GetInt64());
            Assert.InRange(result.RootElement.GetProperty("wall_s").GetDouble(), result.RootElement.GetProperty("step_s").GetDouble() / 2, 120);
            Assert.InRange(result.RootElement.GetProperty("validation_loss").GetDouble(), 1, 10);
            Assert.InRange(result.RootElement.GetProperty("scores").GetProperty("accuracy").GetDouble(), 0, 100);
        }

        Assert.Equal((true, false), (Directory.Exists(Out("serial", "server", "adapter")), Directory.Exists(Out("serial", "server", "checkpoints"))));
        Assert.Equal(3, File.ReadAllLines(Out("results.csv")).Length);
        Assert.Contains("| client_batch | ", File.ReadAllText(Out("results.md")), StringComparison.Ordinal);
        Assert.True(File.Exists(Out("score-by-strategy.svg")) && File.Exists(Out("loss-by-strategy.png")));

        var (serial, batch, table) = (Written("serial"), Written("client_batch"), File.ReadAllText(Out("results.csv")));
        var second = await CommandRun.OfAsync(Simulate(settings));
        Assert.Equal((0, "2 of 2 cells are kept from before"), (second.ExitCode, second.OutputLines[0]));
        Assert.Equal((serial, batch, table), (Written("serial"), Written("client_batch"), File.ReadAllText(Out("results.csv"))));

        File.Delete(Out("serial", "result.json"));
        File.WriteAllText(Out("serial", "left.txt"), "");
        var third = await CommandRun.OfAsync(Simulate(settings));
        Assert.Equal((0, "1 of 2 cells are kept from before"), (third.ExitCode, third.OutputLines[0]));
        Assert.Equal((false, true), (File.Exists(Out("serial", "left.txt")), File.Exists(Out("serial", "result.json"))));
        Assert.Equal(batch, Written("client_batch"));
    }

    [Fact]
    public async Task One_process_and_the_split_run_of_one_client_stand_side_by_side_with_the_same_figures()
    {
        var run = await CommandRun.OfAsync(Simulate([.. Copa, "simulate.centralized=true", "simulate.strategies=[serial]", "simulate.clients=[1]"]));

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var (whole, split) = (Figures("centralized-none"), Figures("serial-iid"));
        Assert.Equal(whole, split);
        Assert.Contains("| centralized | ", File.ReadAllText(Out("results.md")), StringComparison.Ordinal);

        (double Loss, double Validation, double Score) Figures(string cell)
        {
            using var result = JsonDocument.Parse(File.ReadAllText(Out(cell, "result.json")));
            return (result.RootElement.GetProperty("loss").GetDouble(), result.RootElement.GetProperty("validation_loss").GetDouble(), result.RootElement.GetProperty("scores").GetProperty("accuracy").GetDouble());
        }
    }

    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_cell_that_fails_shows_its_last_lines_and_the_others_go_on()
    {
        var run = await CommandRun.OfAsync(Simulate("simulate.methods=[lora, p_tuning_v2]", "peft.lora.targets=[nothing]", "simulate.partitions=[iid]", "clients.expected=2", "training.steps=2"));

        Assert.Equal(10, run.ExitCode);
        Assert.Matches("^0 of 2 cells done, 1 failed, about .* left: lora failed: (server|client[12]) ended with exit code [23]: .*nothing", run.OutputLines[1]);
        Assert.Contains(run.OutputLines, line => line.StartsWith("1 of 2 cells done, 1 failed: p_tuning_v2: ", StringComparison.Ordinal));
        Assert.Matches("^flglm: 1 of 2 cells have not ended well: lora; ", run.ErrorLines[^1]);
        Assert.Equal((false, true), (File.Exists(Out("lora", "result.json")), File.Exists(Out("p_tuning_v2", "result.json"))));
    }

    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task Ctrl_C_ends_the_processes_and_keeps_the_cells_that_have_ended()
    {
        await using var run = FlGlmProcess.Start(Simulate("simulate.seeds=[1, 2]", "simulate.partitions=[iid]", "clients.expected=2", "training.steps=120", "crypto.rekey_every=1000"));
        await run.LineAsync("seed2 begins");
        var log = new FileInfo(Out("seed2", "client1", "metrics.jsonl"));
        for (; !log.Exists || log.Length == 0; log.Refresh())
            await Task.Delay(5, TestContext.Current.CancellationToken);

        run.Interrupt();
        await run.ExitsWithAsync(130);

        foreach (var side in new[] { "server", "client1", "client2" })
            new RunLock(Out("seed2", side)).Dispose();
        Assert.Equal((true, false), (File.Exists(Out("seed1", "result.json")), File.Exists(Out("seed2", "result.json"))));
    }

    [Fact]
    public async Task A_dry_run_lists_the_cells_and_writes_nothing()
    {
        var run = await CommandRun.OfAsync(Simulate([.. Copa, "simulate.seeds=[3, 1]"], "--dry-run"));

        Assert.Equal((0, "seed3\nseed1\n"), (run.ExitCode, run.Output));
        Assert.False(Directory.Exists(Out()));
    }

    [Theory]
    [InlineData("flglm: --set simulate.seeds=[]: simulate.seeds: is empty", "simulate.seeds=[]")]
    [InlineData("flglm: --set simulate.tasks=[superglue/axb]: simulate.tasks: 'superglue/axb' is none of", "simulate.tasks=[superglue/axb]")]
    [InlineData("flglm: data.partition.parts: of the cell 50: 50 are more than the 4 row(s) to train on", "simulate.clients=[2, 50]")]
    [InlineData("flglm: data.partition.alpha: of the cell run: of 4 parts, these have no row: ", "simulate.clients=[4]", "simulate.partitions=[dirichlet-0.001]")]
    public async Task A_wrong_grid_is_refused_before_anything_runs(string mistake, params string[] settings)
    {
        var run = await CommandRun.OfAsync(Simulate([.. Copa, .. settings]));

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(mistake, Assert.Single(run.ErrorLines, line => line.StartsWith("flglm: ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out()));
    }

    private string Out(params string[] parts) => _folder.At(["out", .. parts]);

    private DateTime Written(string cell) => File.GetLastWriteTimeUtc(Out(cell, "client1", "metrics.jsonl"));

    private long BytesUp(string client) => File.ReadLines(Out("client_batch", client, "metrics.jsonl")).Sum(line => JsonDocument.Parse(line).RootElement.GetProperty("bytes_up").GetInt64());

    private string[] Simulate(params string[] settings) => Simulate(settings, []);

    private string[] Simulate(string[] settings, params string[] options) => _folder.Simulate(["--out", _folder.At("out"), .. options], settings);
}
