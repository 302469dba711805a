using System.Diagnostics;
using FlGlm.EndToEnd.Tests.CommandLine;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Two servers that <c>mpirun</c> has started, against one server with the same clients.</summary>
public sealed class MpiTests : IDisposable
{
    private readonly SplitFolder _one = new() { Insecure = true, Clients = ["ada", "ben"] };
    private readonly SplitFolder _two = new() { Insecure = true, Clients = ["ada", "ben"] };
    private readonly int _port = MpiJob.FreePorts();

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    [Theory(Skip = MpiJob.Needs, SkipType = typeof(MpiJob), SkipUnless = nameof(MpiJob.IsHere))]
    [InlineData("training.average_moments=average", "peft.lora.dropout=0.1")]
    [InlineData("peft.method=p_tuning_v2", "training.average_weights=uniform")]
    public async Task Two_processes_make_the_bits_of_one(params string[] settings)
    {
        settings = [.. Settings(steps: 8, period: 4), .. settings];
        await OfOneAsync(settings);
        await using var servers = MpiJob.Start(2, Servers(settings));
        await servers.LineAsync("rank 1 of 2");
        await using var ada = FlGlmProcess.Start(_two.Client("ada", Address, settings));
        await using var ben = FlGlmProcess.Start(_two.Client("ben", Address, settings));

        foreach (var side in new[] { ada, ben, servers })
            await side.ExitsWithAsync(0);

        Assert.Contains($"[insecure] another server of this run takes this client: going to 127.0.0.1:{_port + 1}", ben.Output.Lines);
        Assert.DoesNotContain(ada.Output.Lines, line => line.Contains("going to", StringComparison.Ordinal));
        Assert.DoesNotContain(servers.Output.Lines, line => line.Contains("\e[2A", StringComparison.Ordinal)); // mpirun gives each a terminal, and live displays would mix
        AssertSame();
    }

    [Fact(Skip = MpiJob.Needs, SkipType = typeof(MpiJob), SkipUnless = nameof(MpiJob.IsHere))]
    public async Task A_rank_that_is_killed_ends_the_job_and_the_next_start_goes_on_to_the_same_bits()
    {
        var settings = Settings(steps: 80, period: 8);
        await OfOneAsync(settings);
        await using (var servers = MpiJob.Start(2, Servers(settings)))
        {
            await servers.LineAsync("rank 1 of 2");
            await using var ada = FlGlmProcess.Start(_two.Client("ada", Address, settings));
            await using var ben = FlGlmProcess.Start(_two.Client("ben", Address, settings));
            await servers.LineAsync("round 3: averaged the adapters of 2 clients");
            Process.GetProcessById(MpiJob.ProcessOf(1, $"run.directory={_two.At("server")}")).Kill();

            Assert.NotEqual(0, await servers.ExitAsync());
            Assert.Contains(servers.Error.Lines, line => line.Contains("process rank 1", StringComparison.Ordinal));
        }

        await using (var again = MpiJob.Start(2, ["server", "--insecure", "--resume", "--set", $"run.directory={_two.At("server")}"]))
        {
            await again.LineAsync("all servers go on with turn ");
            await using var ada = FlGlmProcess.Start([.. _two.Client("ada", Address, settings), "--resume"]);
            await using var ben = FlGlmProcess.Start([.. _two.Client("ben", Address, settings), "--resume"]);
            foreach (var side in new[] { ada, ben, again })
                await side.ExitsWithAsync(0);
        }

        AssertSame();
        var shown = await CommandRun.OfAsync("resume", _two.At("server"));
        Assert.EndsWith($"go on: mpirun -np 2 flglm server --resume --set run.directory={_two.At("server")}\n", shown.Output, StringComparison.Ordinal);
    }

    [Fact(Skip = MpiJob.Needs, SkipType = typeof(MpiJob), SkipUnless = nameof(MpiJob.IsHere))]
    public async Task A_configuration_that_is_refused_ends_the_job_with_its_exit_code()
    {
        await using var servers = MpiJob.Start(2, Servers([.. Settings(steps: 8, period: 4), "training.strategy=serial"]));

        await servers.ExitsWithAsync(2);

        Assert.Contains(servers.Error.Lines, line => line.StartsWith("flglm: server.cluster: Several servers work with training.strategy: server_hierarchical only", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_mpirun_a_server_of_several_is_refused()
    {
        var run = await CommandRun.OfAsync(Servers(Settings(steps: 8, period: 4)));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("flglm: server.cluster: 'mpi' needs processes that Open MPI has started: `mpirun -np 2 flglm server ...`", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_two.At("server")));
    }

    private string Address => $"127.0.0.1:{_port}";

    private static string[] Settings(int steps, int period) =>
        ["training.strategy=server_hierarchical", $"training.steps={steps}", $"training.average_period={period}", "checkpoint.every=5", "clients.when_lost=wait", "client.retry_for_s=60", "run.log_every=1"];

    private string[] Servers(string[] settings) => _two.Server([.. settings, "server.cluster=mpi", $"server.listen={Address}"]);

    private async Task OfOneAsync(string[] settings)
    {
        await using var server = InProcessFlGlm.Start(_one.Server(settings));
        var address = await server.AddressAsync();
        await using var ada = InProcessFlGlm.Start(_one.Client("ada", address, settings));
        await using var ben = InProcessFlGlm.Start(_one.Client("ben", address, settings));
        foreach (var side in new[] { ada, ben, server })
            await side.ExitsWithAsync(0);
    }

    /// <summary>Losses, the clients' adapters, and the middles of both ranks.</summary>
    private void AssertSame()
    {
        foreach (var client in _one.Clients)
        {
            Assert.Equal(_one.Losses(client), _two.Losses(client));
            Assert.Equal(Weights(_one.Adapter(client)), Weights(_two.Adapter(client)));
        }

        foreach (var rank in new[] { "rank-0", "rank-1" })
            Assert.Equal(Weights(_one.Adapter("server")), Weights(_two.At("server", rank, "adapter")));
    }

    private static Dictionary<string, byte[]> Weights(string folder) =>
        Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllBytes);
}
