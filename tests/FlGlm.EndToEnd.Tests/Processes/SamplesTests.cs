using System.Globalization;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>The sample programs, as the solution builds them.</summary>
public sealed class SamplesTests
{
    private static readonly string Model = RepositoryFolder.At("demo", "model");
    private static readonly string Harbour = RepositoryFolder.At("demo", "data", "harbour.jsonl");
    private static readonly string Garden = RepositoryFolder.At("demo", "data", "garden.jsonl");

    [Fact]
    public async Task One_process_trains()
    {
        await using var sample = FlGlmProcess.StartProgram("01-OneProcess", [Model, Harbour, "6"]);

        await sample.ExitsWithAsync(0);

        AssertFalls(Losses(sample, "step "), 6);
        Assert.Empty(sample.Error.Lines);
    }

    [Fact]
    public async Task Two_clients_train_with_a_server()
    {
        await using var sample = FlGlmProcess.StartProgram("02-TwoClients", [Model, Harbour, Garden, "4"]);

        await sample.ExitsWithAsync(0);

        AssertFalls(Losses(sample, "client-1 step "), 4);
        AssertFalls(Losses(sample, "client-2 step "), 4);
        Assert.Equal(2, sample.Output.Lines.Count(line => line.EndsWith("has its results and left", StringComparison.Ordinal)));
        Assert.Empty(sample.Error.Lines);
    }

    [Fact]
    public async Task A_task_of_one_s_own_is_trained_on_and_evaluated()
    {
        using var folder = new TempFolder();
        await using var sample = FlGlmProcess.StartProgram("03-OwnTask", [Model, RepositoryFolder.At("samples", "03-OwnTask"), "6", folder.At("tone")]);

        await sample.ExitsWithAsync(0);

        AssertFalls(Losses(sample, "client step "), 6);
        Assert.Contains(sample.Output.Lines, line => line.EndsWith("labels: bad 8, good 8", StringComparison.Ordinal));
        Assert.Matches(@"^accuracy \d+\.\d\d \(\d+\.\d\d to \d+\.\d\d\)$", sample.Output.Lines[^1]);
        Assert.True(File.Exists(folder.At("tone", "adapter_model.safetensors")), sample.ToString());
        Assert.Empty(sample.Error.Lines);
        Assert.InRange(Directory.GetFiles(RepositoryFolder.At("samples", "03-OwnTask"), "*.cs").Sum(path => File.ReadLines(path).Count()), 1, 40);
    }

    [Fact]
    public async Task A_server_with_its_own_scheduler_gives_the_client_with_more_rows_the_first_turn()
    {
        using var folder = new TempFolder();
        var few = folder.Write("few.jsonl", string.Join('\n', File.ReadLines(Harbour).Take(40)));
        await using var sample = FlGlmProcess.StartProgram("04-OwnScheduler", [Model, "2", "127.0.0.1:0"]);
        var address = await AddressAsync(sample);
        await using var first = Client(folder, "04-OwnScheduler", "a-few", few, address);
        await using var second = Client(folder, "04-OwnScheduler", "b-many", Garden, address);

        foreach (var side in new RunningFlGlm[] { first, second, sample })
            await side.ExitsWithAsync(0);

        var turns = sample.Output.Lines.Where(line => line.EndsWith("'s turn", StringComparison.Ordinal)).ToList();
        Assert.Equal(["round 1: b-many's turn", "round 1: a-few's turn"], turns);
        Assert.Contains(sample.Output.Lines, line => line.StartsWith("a-few step 10/10", StringComparison.Ordinal));
        Assert.Empty(sample.Error.Lines);
    }

    [Fact]
    public async Task A_worker_service_trains_with_a_client_saves_the_middle_and_ends_its_host()
    {
        using var folder = new TempFolder();
        await using var sample = FlGlmProcess.StartProgram("05-WorkerService", [Model, "127.0.0.1:0"], folder: folder.Path);
        await using var client = Client(folder, "05-WorkerService", "ada", Harbour, await AddressAsync(sample));

        await client.ExitsWithAsync(0);
        await sample.ExitsWithAsync(0);

        Assert.True(File.Exists(folder.At("middle", "middle", "adapter_model.safetensors")), sample.ToString());
        Assert.Empty(sample.Error.Lines);
    }

    /// <summary>A client with the settings that stand beside the sample.</summary>
    private static InProcessFlGlm Client(TempFolder folder, string sample, string name, string data, string address) => InProcessFlGlm.Start(
        [
            "client",
            "--insecure",
            "--config",
            RepositoryFolder.At("samples", sample, "client.yaml"),
            .. new[] { $"model.path={Model}", $"data.train=[{data}]", $"client.name={name}", $"client.connect={address}", $"run.directory={folder.At(name)}" }.SelectMany(setting => new[] { "--set", setting }),
        ]);

    /// <summary>The address that a sample's server listens on, from its event.</summary>
    private static async Task<string> AddressAsync(FlGlmProcess sample) =>
        (await sample.LineAsync("listening on ")).Split("listening on ")[1].Split(',')[0];

    private static List<double> Losses(FlGlmProcess sample, string beginning) =>
    [
        .. sample.Output.Lines.Where(line => line.StartsWith(beginning, StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split("loss ")[1].Split(',')[0], CultureInfo.InvariantCulture)),
    ];

    private static void AssertFalls(List<double> losses, int steps)
    {
        Assert.Equal(steps, losses.Count);
        Assert.True(losses[^1] < losses[0], $"The losses do not fall: {string.Join(", ", losses)}");
    }
}
