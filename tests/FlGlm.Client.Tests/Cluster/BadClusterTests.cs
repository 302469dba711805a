using System.Net;
using System.Net.Sockets;
using FlGlm.Client.Tests.Training;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Server.Cluster;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Cluster;

/// <summary>Several servers that cannot form one run, or do not stay together.</summary>
public sealed class BadClusterTests
{
    [Theory]
    [InlineData("serial", "server.cluster: Several servers work with training.strategy: server_hierarchical only")]
    [InlineData("no names", "clients.names: Several servers deal the clients by their seats: name all of them")]
    [InlineData("generate only", "server.cluster: A server that only generates works alone")]
    [InlineData("more servers than clients", "clients.names: 1 client(s) for 2 servers")]
    [InlineData("one address", "server.advertise: 1 address(es) for 2 servers; as many, or none.")]
    [InlineData("last port", "server.listen: There are not 2 ports from 65535 on; take a lower one.")]
    public async Task Settings_that_do_not_fit_are_refused_by_every_server(string what, string problem)
    {
        var plan = ClusterTests.Plan(2);
        await using var run = new ClusterRun(plan, servers: 2) { AdaptServer = Adapt };

        var ends = await run.ServersAsync();

        Assert.All(ends, end => Assert.StartsWith(problem, Assert.IsType<ConfigurationException>(end).Message, StringComparison.Ordinal));

        ServerOptions Adapt(int rank, ServerOptions options) => what switch
        {
            "serial" => options with { Plan = plan with { Training = plan.Training with { Strategy = StrategyName.Serial } } },
            "no names" => options with { Plan = plan with { Clients = plan.Clients with { Names = [] } } },
            "generate only" => options with { Server = options.Server with { GenerateOnly = true } },
            "more servers than clients" => options with { Plan = ClusterTests.Plan(1) },
            "one address" => options with { Server = options.Server with { Advertise = ["gpu1:7400"] } },
            _ => options with { Server = options.Server with { Listen = "127.0.0.1:65535" } },
        };
    }

    [Fact]
    public async Task A_server_with_other_settings_or_weights_is_named()
    {
        using var folder = new TempFolder();
        var plan = ClusterTests.Plan(2);
        var model = (TinyRun.Model with { Seed = 7 }).Write(folder.At("other"));
        await using var run = new ClusterRun(plan, servers: 2)
        {
            AdaptServer = (rank, options) => rank == 0 ? options : options with { Model = model, Plan = plan with { Training = plan.Training with { Seed = 7 } } },
        };

        var ends = await run.ServersAsync();

        Assert.All(ends, end => Assert.Equal(
            ["training.seed: is 42 at rank 0, 7 at rank 1; all servers of a run need one configuration.", "model.path: The weights of rank 1 are others than those of rank 0; all servers of a run need the same model (and peft.start)."],
            Assert.IsType<ConfigurationException>(end).Problems.Select(each => each.ToString())));
    }

    [Fact]
    public async Task A_process_that_Open_MPI_has_not_started_is_refused()
    {
        using var folder = new TempFolder();
        var server = new FlGlmServer(new ServerOptions { Model = TinyRun.Model.Write(folder.Path), Plan = ClusterTests.Plan(2), Server = new ServerSettings { Cluster = ClusterKind.Mpi } });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => server.RunToEndAsync());

        Assert.Contains("mpirun -np 2 flglm server", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_fails_ends_the_others_which_name_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using var run = new ClusterRun(ClusterTests.Plan(3), servers: 3)
        {
            AdaptServer = (rank, options) => rank == 1 ? options with { Server = options.Server with { Listen = $"127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port - 1}" } } : options,
        };

        var ends = await run.ServersAsync();

        Assert.Contains("is taken", Assert.IsType<NetworkException>(ends[1]).Message, StringComparison.Ordinal);
        Assert.StartsWith("rank 1 of 3 (memory) has ended the run: ", Assert.IsType<NetworkException>(ends[0]).Message, StringComparison.Ordinal);
        Assert.StartsWith("rank 1 of 3 (memory) has ended the run: ", Assert.IsType<NetworkException>(ends[2]).Message, StringComparison.Ordinal);
        Assert.Contains(run.Log, line => line.StartsWith("rank-1: rank 1 of 3 (memory) has ended the run: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_stopped_ends_at_once_and_ends_the_others()
    {
        var servers = MemoryCluster.Create(2);
        using var folder = new TempFolder();
        var model = TinyRun.Model.Write(folder.Path);
        var options = new ServerOptions { Model = model, Plan = ClusterTests.Plan(2), Server = new ServerSettings { Listen = "127.0.0.1:0", Cluster = ClusterKind.Mpi } };
        FlGlmServer[] runs = [.. servers.Select(own => new FlGlmServer(options) { Links = own })];

        var other = runs[1].RunToEndAsync();
        await foreach (var happened in runs[0].RunAsync())
        {
            if (happened is ServerEvent.Listening)
                runs[0].Stop();
        }

        Assert.Equal("rank 0 of 2 (memory) was stopped.", (await Assert.ThrowsAsync<NetworkException>(() => other)).Message);
        Assert.DoesNotContain(servers, server => server.HasEnded);
    }

    [Theory]
    [InlineData(2, "run.directory: The servers of this run have no checkpoint in common: rank 0 has turns 2, 3, 4 of run ")]
    [InlineData(1, "server.cluster: ")]
    [InlineData(0, "server.cluster: ")]
    public async Task Checkpoints_of_other_servers_are_refused(int servers, string problem)
    {
        var plan = ClusterTests.Plan(2);
        await using var run = new ClusterRun(plan, servers: 2);
        await run.RunAsync();
        for (var turn = 1; turn <= 4; turn++)
            ClusterCheckpoints.RemoveTurn(run.CheckpointsOf(1), turn);
        var before = new CheckpointStore(run.CheckpointsOf(0)).Names;
        await using var next = new ClusterRun(plan, Math.Max(1, servers)) { AdaptServer = (rank, options) => options with { Checkpoints = run.CheckpointsOf(rank), Server = options.Server with { Cluster = servers == 0 ? ClusterKind.None : ClusterKind.Mpi } } };

        var ends = await next.ServersAsync();

        Assert.All(ends, end => Assert.StartsWith(problem, Assert.IsType<ConfigurationException>(end).Message, StringComparison.Ordinal));
        Assert.Equal(before, new CheckpointStore(run.CheckpointsOf(0)).Names);
    }
}
