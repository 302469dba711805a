using System.Collections.Concurrent;
using FlGlm.Client.Events;
using FlGlm.Client.Tests.Recovery;
using FlGlm.Client.Tests.Training;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Server.Events;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Cluster;

/// <summary>Several servers that form one run, against one server with the same clients.</summary>
public sealed class ClusterTests
{
    private static readonly ConcurrentDictionary<string, Task<(Dictionary<string, float> Losses, Dictionary<string, byte[]> Results)>> OfOne = [];

    [Theory]
    [InlineData(PeftMethod.Lora, AverageMoments.Keep, AverageWeights.Samples, 2, 2)]
    [InlineData(PeftMethod.PTuningV2, AverageMoments.Average, AverageWeights.Targets, 3, 2)]
    [InlineData(PeftMethod.Lora, AverageMoments.Reset, AverageWeights.Uniform, 4, 3, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData(PeftMethod.Lora, AverageMoments.Average, AverageWeights.Samples, 4, 2)]
    [InlineData(PeftMethod.Lora, AverageMoments.Keep, AverageWeights.Samples, 1, 1)]
    public async Task Several_servers_make_the_bits_of_one(PeftMethod method, AverageMoments moments, AverageWeights weights, int clients, int servers)
    {
        var settings = Plan(clients, method);
        var plan = settings with { Training = settings.Training with { AverageMoments = moments, AverageWeights = weights } };
        var (losses, results) = await OfOneAsync(plan);
        await using var run = new ClusterRun(plan, servers);

        await run.RunAsync();

        Assert.Equal(losses, run.Losses.ToDictionary());
        Assert.Equal(results, run.Results());
        for (var rank = 1; rank < servers; rank++)
            Assert.Equal(run.Adapter("rank-0"), run.Adapter($"rank-{rank}"));
        if (clients > 1)
            Assert.Contains($"rank-0: round 2: averaged the adapters of {clients} clients", run.Log);
    }

    [Fact]
    public async Task A_schedule_has_the_steps_of_the_client_with_the_most_rows_whichever_server_has_it()
    {
        var settings = Plan(2);
        var plan = settings with
        {
            Training = settings.Training with { Epochs = 2, BatchSize = 2 },
            Optimizer = settings.Optimizer with { Schedule = LearningRateSchedule.Linear },
        };
        await using var one = new DisturbedRun(plan) { Adapt = Shorter };
        await one.RunAsync();
        await using var run = new ClusterRun(plan, servers: 2) { AdaptClient = Shorter };

        await run.RunAsync();

        Assert.Equal(one.Losses.ToDictionary(), run.Losses.ToDictionary());
        Assert.Equal(one.Results(), run.Results());

        static ClientOptions Shorter(ClientOptions options)
        {
            if (options.Client.Name == "anna")
                File.WriteAllLines(options.Data.Train[0], File.ReadLines(options.Data.Train[0]).Take(4).ToList());
            return options;
        }
    }

    [Fact]
    public async Task A_client_at_another_server_is_sent_to_its_own_and_comes_back_to_that_one()
    {
        var plan = Plan(2);
        var (losses, results) = await OfOneAsync(plan);
        var cuts = 0;
        ClusterRun run = null!;
        await using (run = new ClusterRun(plan, servers: 2)
        {
            Seen = (side, happened) =>
            {
                if (side == "bert" && happened is StepReport { Step: 4 } && cuts++ == 0)
                    run.LinkOf(1).Cut();
            },
        })
        {
            await run.RunAsync();

            Assert.Equal(1, cuts);
            Assert.Equal([$"bert: another server of this run takes this client: going to {run.LinkOf(1).Address}"], run.Log.Where(line => line.Contains("going to", StringComparison.Ordinal)));
            Assert.Contains($"rank-0: bert is another server's: sent to {run.LinkOf(1).Address}", run.Log);
            Assert.Contains("bert: connected again: the run goes on where it was", run.Log);
            Assert.Equal(losses, run.Losses.ToDictionary());
            Assert.Equal(results, run.Results());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_goes_to_a_server_of_the_same_identity_only(bool isSame)
    {
        using var folder = new TempFolder();
        var plan = Plan(2);
        var (losses, _) = await OfOneAsync(plan);
        Know("servers", ("anna", 2), ("bert", 3));
        Know("clients", ("one", 0), ("two", 1));
        await using var run = new ClusterRun(plan, servers: 2)
        {
            AdaptServer = (rank, options) => options with { Seal = new SealOptions(TestKeys.Identity(isSame ? 0 : rank), new KnownPeers(folder.At("servers")), TestKeys.OfServers) },
            AdaptClient = options => options with { Seal = new SealOptions(TestKeys.Identity(options.Client.Name == "anna" ? 2 : 3), new KnownPeers(folder.At("clients")), TestKeys.OfClients) },
        };

        if (isSame)
        {
            await run.RunAsync();
            Assert.Equal(losses, run.Losses.ToDictionary());
        }
        else
        {
            var error = await Assert.ThrowsAsync<SealException>(run.RunAsync);
            Assert.Contains("has another identity key than 'one'", error.Message, StringComparison.Ordinal);
        }

        void Know(string file, params (string Name, int Key)[] peers)
        {
            foreach (var (name, key) in peers)
                new KnownPeers(folder.At(file)).Add(new KnownPeer(name, TestKeys.Identity(key).PublicKey));
        }
    }

    [Fact]
    public async Task Servers_that_send_a_client_from_one_to_the_other_end_it()
    {
        await using var run = new ClusterRun(Plan(2), servers: 2) { AdaptServer = (_, options) => options with { Server = options.Server with { Advertise = [.. options.Server.Advertise.Reverse()] } } };

        var error = await Assert.ThrowsAsync<ProtocolException>(run.RunAsync);

        Assert.Contains("has been sent 2 times: the servers of this run do not agree on where it belongs (server.advertise).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_servers_die_and_go_on_from_the_newest_turn_that_all_have()
    {
        var plan = Plan(2);
        var (losses, results) = await OfOneAsync(plan);
        ClusterRun run = null!;
        await using (run = new ClusterRun(plan, servers: 2)
        {
            Seen = (side, happened) =>
            {
                if (side == "anna" && happened is StepReport { Step: 9 })
                    run.KillServers();
            },
            BeforeNext = () => ClusterCheckpoints.RemoveTurn(run.CheckpointsOf(1), turn: 3),
        })
        {
            await run.RunAsync();

            Assert.Contains("rank-1: rank 1 of 2 (memory) has the clients bert; all servers go on with turn 2", run.Log);
            Assert.Contains("anna: back to the checkpoint after step 4", run.Log);
            Assert.Equal(losses, run.Losses.ToDictionary());
            Assert.Equal(results, run.Results());
        }
    }

    [Fact]
    public async Task Servers_that_die_in_a_turn_go_on_with_each_clients_own_newest_step()
    {
        var settings = Plan(2);
        var plan = settings with { Training = settings.Training with { AveragePeriod = 12 } };
        await using var one = new DisturbedRun(plan);
        await one.RunAsync();
        ClusterRun run = null!;
        await using (run = new ClusterRun(plan, servers: 2)
        {
            Seen = (side, happened) =>
            {
                if (side == "bert" && happened is StepReport { Step: 7 })
                    run.KillServers();
            },
        })
        {
            await run.RunAsync();

            Assert.Contains("bert: back to the checkpoint after step 6", run.Log);
            Assert.Equal(one.Losses.ToDictionary(), run.Losses.ToDictionary());
            Assert.Equal(one.Results(), run.Results());
        }
    }

    [Fact]
    public async Task A_server_whose_clients_have_all_left_goes_on_with_the_others()
    {
        var settings = Plan(2, steps: 24);
        var plan = settings with { Clients = settings.Clients with { WhenLost = WhenLost.Drop } };
        ClusterRun run = null!;
        await using (run = new ClusterRun(plan, servers: 2)
        {
            Later = ["bert"],
            Seen = (side, happened) =>
            {
                if (side == "bert" && happened is StepReport { Step: 5 })
                    throw new OperationCanceledException();
            },
        })
        {
            var all = run.RunAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunClientAsync("bert"));
            await all;

            Assert.Contains("rank-1: round 6: averaged the adapters of 1 clients", run.Log);
            Assert.Equal(24, run.Losses.Keys.Count(key => key.StartsWith("anna", StringComparison.Ordinal)));
            Assert.Equal(run.Adapter("rank-0"), run.Adapter("rank-1"));
        }
    }

    [Fact]
    public async Task The_only_client_of_a_server_that_leaves_is_waited_for()
    {
        var plan = Plan(2);
        var (losses, results) = await OfOneAsync(plan);
        var hasLeft = false;
        await using var run = new ClusterRun(plan, servers: 2)
        {
            Later = ["bert"],
            Seen = (side, happened) =>
            {
                if (side == "bert" && happened is StepReport { Step: 5 } && !hasLeft)
                {
                    hasLeft = true;
                    throw new OperationCanceledException();
                }
            },
        };
        var all = run.RunAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunClientAsync("bert"));
        await TinyRun.UntilAsync(() => run.Log.Any(line => line.StartsWith("rank-1: the others wait for bert", StringComparison.Ordinal)));

        await run.RunClientAsync("bert");
        await all;

        Assert.All(run.Losses, step => Assert.Equal(losses[step.Key], step.Value)); // without those that were not read any more when it left
        Assert.Equal(results, run.Results());
    }

    [Fact]
    public async Task A_server_whose_own_clients_are_done_sends_others_to_theirs()
    {
        var plan = Plan(2);
        var (_, results) = await OfOneAsync(plan);
        var (port, hasLeft) = (0, false);
        ClusterRun run = null!;
        await using (run = new ClusterRun(plan, servers: 2)
        {
            Later = ["bert"],
            Seen = (side, happened) =>
            {
                if (side == "rank-1" && happened is ServerEvent.RoundAveraged { Round: 3 })
                {
                    (port, run.LinkOf(1).Port) = (run.LinkOf(1).Port, 0); // before a checkpoint is written, and so before anybody gets the average
                    run.LinkOf(1).Cut();
                }

                if (side == "bert" && happened is ClientEvent.ConnectionLost && !hasLeft)
                {
                    hasLeft = true;
                    throw new OperationCanceledException();
                }
            },
        })
        {
            var all = run.RunAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunClientAsync("bert"));
            await TinyRun.UntilAsync(() => run.Log.Contains("rank-0: anna has its results and left"));
            run.LinkOf(1).Port = port;

            await run.RunClientAsync("bert");
            await all;

            Assert.Equal(2, run.Log.Count(line => line.StartsWith("rank-0: bert is another server's", StringComparison.Ordinal)));
            Assert.Equal(results, run.Results());
        }
    }

    [Fact]
    public async Task A_late_client_takes_part_from_the_next_period_on()
    {
        var settings = Plan(3, steps: 160); // enough for the late one to come before their end
        var plan = settings with { Clients = settings.Clients with { WhenLost = WhenLost.Drop, Minimum = 1, JoinTimeoutS = 0.1 } };
        var isUnderWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var run = new ClusterRun(plan, servers: 2)
        {
            Later = ["cleo"],
            Seen = (side, happened) =>
            {
                if (side == "anna" && happened is StepReport)
                    isUnderWay.TrySetResult();
            },
        };
        var all = run.RunAsync();
        await await Task.WhenAny(isUnderWay.Task, all);

        await run.RunClientAsync("cleo");
        await all;

        Assert.Contains("rank-1: round 40: averaged the adapters of 3 clients", run.Log);
        Assert.Equal(run.Adapter("anna"), run.Adapter("cleo"));
        Assert.Equal(run.Adapter("rank-0"), run.Adapter("rank-1"));
    }

    /// <summary>The first notice comes after 10 s.</summary>
    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task The_client_of_one_server_waits_for_those_of_the_others_and_is_told_so()
    {
        var plan = Plan(2);
        var (losses, _) = await OfOneAsync(plan);
        await using var run = new ClusterRun(plan, servers: 2) { Later = ["bert"] };
        var all = run.RunAsync();
        await TinyRun.UntilAsync(() => run.Log.Any(line => line.StartsWith("anna: waiting for clients of other servers", StringComparison.Ordinal)));

        await run.RunClientAsync("bert");
        await all;

        Assert.Equal(losses, run.Losses.ToDictionary());
    }

    private static Task<(Dictionary<string, float> Losses, Dictionary<string, byte[]> Results)> OfOneAsync(RunPlan plan) => OfOne.GetOrAdd(plan.ToString() + plan.Clients.Names.Count, async _ =>
    {
        await using var run = new DisturbedRun(plan);
        await run.RunAsync();
        return (run.Losses.ToDictionary(), run.Results());
    });

    internal static RunPlan Plan(int clients, PeftMethod method = PeftMethod.Lora, int steps = 12)
    {
        var settings = TinyRun.Settings(method, dropout: 0.2, steps: steps, clients: clients);
        return Strategies.With(settings, Strategies.Hierarchical, period: 4) with
        {
            Clients = settings.Clients with { WhenLost = WhenLost.Wait, Names = [.. new[] { "anna", "bert", "cleo", "dora" }.Take(clients)] },
            Checkpoint = new CheckpointSettings { Every = 2 },
        };
    }
}
