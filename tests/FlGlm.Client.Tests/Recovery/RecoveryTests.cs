using System.Collections.Concurrent;
using FlGlm.Client.Events;
using FlGlm.Client.Tests.Training;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Recovery;

/// <summary>A run whose processes die and whose connections are lost ends with the bits of one that nothing has disturbed.</summary>
public sealed class RecoveryTests
{
    private static readonly ConcurrentDictionary<string, Task<(Dictionary<string, float> Losses, Dictionary<string, byte[]> Results)>> Undisturbed = [];

    /// <summary>All of each with all of the others; in <c>./test.sh</c> every disturbance once, and two with each strategy.</summary>
    public static TheoryData<string, string, int> Cases()
    {
        Disturbance[] disturbances =
        [
            Disturbance.KillClient, Disturbance.KillServer, Disturbance.KillBoth, Disturbance.Cut, Disturbance.CutSoon, Disturbance.StopClient,
            Disturbance.StopServer, Disturbance.StopBoth,
        ];
        var cases = new TheoryData<string, string, int>();
        foreach (var (row, strategy) in Strategies.All.Index())
        {
            foreach (var (_, disturbance) in disturbances.Index().Where(each => TestScope.IsAll || each.Index % Strategies.All.Count == row))
            {
                foreach (var step in TestScope.IsAll ? new[] { 1, 5, 6, 9 } : [5])
                    cases.Add(strategy, disturbance.ToString(), step);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_disturbed_run_ends_with_the_same_bits(string strategy, string disturbance, int step)
    {
        var plan = Plan(strategy);
        var (losses, results) = await Undisturbed.GetOrAdd(strategy, _ => RunAsync(plan, (_, _) => Disturbance.None));
        var happened = 0;

        var (disturbedLosses, disturbedResults) = await RunAsync(
            plan, (client, taken) => client == "bert" && taken == step && happened++ == 0 ? Enum.Parse<Disturbance>(disturbance) : Disturbance.None);

        Assert.True(happened > 0);
        Assert.Equal(losses, disturbedLosses);
        Assert.Equal(results, disturbedResults);
    }

    [Fact]
    public async Task A_client_may_come_back_from_another_address() => await A_disturbed_run_ends_with_the_same_bits(Strategies.Joined, nameof(Disturbance.Move), 5);

    [Theory]
    [InlineData(3)]
    [InlineData(60, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_server_may_be_gone_for_a_while(int seconds)
    {
        var plan = Plan(Strategies.Hierarchical);
        var (losses, results) = await Undisturbed.GetOrAdd(Strategies.Hierarchical, _ => RunAsync(plan, (_, _) => Disturbance.None));

        var disturbed = await RunAsync(plan, (client, step) => (client, step) == ("anna", 4) ? Disturbance.KillServer : Disturbance.None, TimeSpan.FromSeconds(seconds));

        Assert.Equal(losses, disturbed.Losses);
        Assert.Equal(results, disturbed.Results);
    }

    /// <summary>It takes the 10 s after which a wait is reported, and as long until the server tries again.</summary>
    [Theory]
    [InlineData(Strategies.Serial)]
    [InlineData(Strategies.Hierarchical)]
    public async Task A_client_whose_server_waits_for_room_on_its_disk_hears_so_and_loses_nothing(string strategy)
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        var settings = Plan(strategy);
        var plan = settings with { Checkpoint = settings.Checkpoint with { WhenDiskFull = WhenDiskFull.Pause } };
        var (losses, results) = await Undisturbed.GetOrAdd(strategy, _ => RunAsync(settings, (_, _) => Disturbance.None));
        DisturbedRun run = null!;
        await using var disturbed = run = new DisturbedRun(plan) { Gone = TimeSpan.FromSeconds(30), Disturb = Fill, DisturbAt = Free };

        await run.RunAsync();

        Assert.Contains(run.Log, line => line.Contains("waiting for room on the server's disk", StringComparison.Ordinal));
        Assert.Equal(losses, run.Losses.ToDictionary());
        Assert.Equal(results, run.Results());

        // A file where a checkpoint's folder is made.
        Disturbance Fill(string client, int step)
        {
            if ((client, step) == ("anna", 1))
            {
                foreach (var later in Enumerable.Range(2, 8))
                    File.WriteAllText(run.At("server", "checkpoints", $".turn-0001-seat-1-step-{later:d6}.tmp"), "");
            }

            return Disturbance.None;
        }

        Disturbance Free(string client, ClientEvent reported)
        {
            if (reported is ClientEvent.WaitingFor { For: "room on the server's disk" })
            {
                foreach (var file in Directory.EnumerateFiles(run.At("server", "checkpoints"), ".turn-*.tmp"))
                    File.Delete(file);
            }

            return Disturbance.None;
        }
    }

    /// <summary>All of each with all of the others; in <c>./test.sh</c> the client or the server killed, in turn, with each strategy.</summary>
    public static TheoryData<string, string, string, int> Ends()
    {
        Disturbance[] disturbances = [Disturbance.KillClient, Disturbance.KillServer, Disturbance.KillBoth, Disturbance.Cut];
        var cases = new TheoryData<string, string, string, int>();
        foreach (var (row, strategy) in Strategies.All.Index())
        {
            foreach (var disturbance in TestScope.IsAll ? disturbances : [disturbances[row % 2]])
            {
                foreach (var what in TestScope.IsAll ? new[] { nameof(ClientEvent.TurnEnded), nameof(ClientEvent.Averaged) } : [nameof(ClientEvent.TurnEnded)])
                {
                    foreach (var round in TestScope.IsAll ? new[] { 1, 2 } : [2])
                        cases.Add(strategy, disturbance.ToString(), what, round);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_run_that_is_disturbed_at_the_end_of_a_turn_ends_with_the_same_bits(string strategy, string disturbance, string what, int round)
    {
        var plan = Plan(strategy);
        var (losses, results) = await Undisturbed.GetOrAdd(strategy, _ => RunAsync(plan, (_, _) => Disturbance.None));
        var happened = 0;
        await using var run = new DisturbedRun(plan) { DisturbAt = At };

        await run.RunAsync();

        Assert.True(happened > 0);
        Assert.Equal(losses, run.Losses.ToDictionary());
        Assert.Equal(results, run.Results());

        Disturbance At(string client, ClientEvent reported)
        {
            var isIt = client == "anna" && (reported is ClientEvent.TurnEnded { Round: var ended } ? ended : reported is ClientEvent.Averaged { Round: var averaged } ? averaged : 0) == round
                && reported.GetType().Name == what;
            return isIt && happened++ == 0 ? Enum.Parse<Disturbance>(disturbance) : Disturbance.None;
        }
    }

    /// <summary>The one that comes back chooses an old checkpoint, which the other has not kept: both go on from an older one.</summary>
    [Theory]
    [InlineData(Strategies.Joined)]
    [InlineData(Strategies.Apart)]
    public async Task Clients_that_keep_other_checkpoints_go_on_from_one_that_all_have(string strategy)
    {
        var settings = Plan(strategy);
        var plan = settings with { Training = settings.Training with { AveragePeriod = 12 } };
        var (losses, results) = await RunAsync(plan, (_, _) => Disturbance.None);
        var hasDied = false;
        await using var run = new DisturbedRun(plan) { Disturb = Once, Adapt = Adapt };

        await run.RunAsync();

        Assert.Contains("bert: back to the checkpoint after step 0", run.Log);
        Assert.DoesNotContain("bert: back to the checkpoint after step 4", run.Log);
        Assert.Equal(losses, run.Losses.ToDictionary());
        Assert.Equal(results, run.Results());

        Disturbance Once(string client, int step)
        {
            if (hasDied || (client, step) != ("anna", 9))
                return Disturbance.None;
            hasDied = true;
            return Disturbance.KillClient;
        }

        ClientOptions Adapt(ClientOptions options) => options.Client.Name == "bert"
            ? options with { Plan = plan with { Checkpoint = plan.Checkpoint with { Keep = 2 } } }
            : options with { ResumeFrom = options.Resume ? "turn-0001-step-000004" : "" };
    }

    [Theory]
    [InlineData(Strategies.Serial)]
    [InlineData(Strategies.Hierarchical)]
    [InlineData(Strategies.Joined)]
    public async Task A_server_may_go_on_from_an_older_checkpoint_and_its_clients_go_back_with_it(string strategy)
    {
        var plan = Plan(strategy);
        var (losses, results) = await Undisturbed.GetOrAdd(strategy, _ => RunAsync(plan, (_, _) => Disturbance.None));
        var hasDied = false;
        await using var run = new DisturbedRun(plan)
        {
            Disturb = Once,
            AdaptServer = options => options with { ResumeFrom = options.Resume ? "turn-0002" : "" },
        };

        await run.RunAsync();

        Assert.Contains(run.Log, line => line.StartsWith("anna: back to the checkpoint after step 6", StringComparison.Ordinal));
        Assert.Equal(losses, run.Losses.ToDictionary());
        Assert.Equal(results, run.Results());

        Disturbance Once(string client, int step)
        {
            var next = hasDied || (client, step) != ("anna", 11) ? Disturbance.None : Disturbance.KillServer;
            hasDied |= next != Disturbance.None;
            return next;
        }
    }

    /// <summary>The last that is there says goodbye while another, whose process died, is on its way back.</summary>
    [Fact]
    public async Task A_client_that_stops_while_the_only_other_is_lost_still_takes_part()
    {
        var plan = Plan(Strategies.Hierarchical);
        var (losses, results) = await Undisturbed.GetOrAdd(Strategies.Hierarchical, _ => RunAsync(plan, (_, _) => Disturbance.None));
        var hasStopped = false;
        DisturbedRun run = null!;
        await using var disturbed = run = new DisturbedRun(plan) { Disturb = InTurn, Adapt = AfterAnna };

        await run.RunAsync();

        Assert.True(hasStopped);
        Assert.Equal(losses, run.Losses.ToDictionary());
        Assert.Equal(results, run.Results());

        Disturbance InTurn(string client, int step)
        {
            if (hasStopped || (client, step) is not (("bert", 3) or ("anna", 5)))
                return Disturbance.None;
            if (client == "bert")
                return Disturbance.KillClient;
            Await("server: bert is gone");
            hasStopped = true;
            return Disturbance.StopClient;
        }

        ClientOptions AfterAnna(ClientOptions options)
        {
            if (options is { Resume: true, Client.Name: "bert" })
                Await("server: anna is gone");
            return options;
        }

        void Await(string line) => Assert.True(SpinWait.SpinUntil(() => run.Log.Any(said => said.StartsWith(line, StringComparison.Ordinal)), TimeSpan.FromSeconds(10)));
    }

    private static RunPlan Plan(string strategy)
    {
        var settings = TinyRun.Settings(PeftMethod.Lora, dropout: 0.2, steps: strategy == Strategies.Serial ? 6 : 12, clients: 2, rounds: strategy == Strategies.Serial ? 2 : 1);
        return Strategies.With(settings, strategy, period: 6) with
        {
            Clients = settings.Clients with { WhenLost = WhenLost.Wait, Names = ["anna", "bert"] },
            Checkpoint = new CheckpointSettings { Every = 2 },
        };
    }

    private static async Task<(Dictionary<string, float> Losses, Dictionary<string, byte[]> Results)> RunAsync(
        RunPlan plan, Func<string, int, Disturbance> disturb, TimeSpan gone = default)
    {
        var isDone = false;
        await using var run = new DisturbedRun(plan) { Disturb = Once, Gone = gone };
        await run.RunAsync();
        return (run.Losses.ToDictionary(), run.Results());

        Disturbance Once(string client, int step)
        {
            var next = isDone ? Disturbance.None : disturb(client, step);
            isDone |= next != Disturbance.None;
            return next;
        }
    }
}
