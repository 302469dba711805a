using System.Text.Json.Nodes;
using FlGlm.Client.Events;
using FlGlm.Client.Tests.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Server.Tap;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Recovery;

/// <summary>A client that has trained enough leaves with the average of its last turn, also where it is lost just before that and the others go on.</summary>
public sealed class LeftClientTests
{
    /// <summary>The others are two turns ahead then.</summary>
    private const int Later = 4;

    /// <summary>
    /// All strategies, with and without a server that is started again meanwhile, and a client that leaves after its first turn or its second; in
    /// <c>./test.sh</c> two of them.
    /// </summary>
    public static TheoryData<string, int, bool> Cases()
    {
        var cases = new TheoryData<string, int, bool>();
        foreach (var strategy in Strategies.All)
        {
            foreach (var patience in new[] { 2, 5 })
            {
                foreach (var serverDies in new[] { false, true })
                {
                    if (TestScope.IsAll || (strategy, patience, serverDies) is (Strategies.Serial, 5, true) or (Strategies.Joined, 5, false))
                        cases.Add(strategy, patience, serverDies);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_gets_the_average_that_it_left_with(string strategy, int patience, bool serverDies)
    {
        await using var calm = Run(strategy, patience);
        await calm.RunAsync();
        var (isLost, othersAreAhead) = (false, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        DisturbedRun run = null!;
        await using var disturbed = run = Run(
            strategy,
            patience,
            new LeavingTap(() =>
            {
                isLost = true;
                run.Do(Disturbance.KillClient, "anna");
                run.Do(Disturbance.Cut, "anna");
            }),
            side => side == "anna" ? othersAreAhead.Task : Task.CompletedTask,
            (client, reported) => client == "bert" && reported is ClientEvent.TurnStarted { Round: Later } && othersAreAhead.TrySetResult() && serverDies
                ? Disturbance.KillServer
                : Disturbance.None);

        await disturbed.RunAsync();

        Assert.True(isLost);
        Assert.Equal(calm.Losses.OrderBy(loss => loss.Key), disturbed.Losses.OrderBy(loss => loss.Key));
        Assert.Equal(calm.Results(), disturbed.Results());
        Assert.Contains(Path.Combine("anna", "adapter", "tail", "adapter_model.safetensors"), calm.Results().Keys);
    }

    private static DisturbedRun Run(
        string strategy, int patience, IServerTap? tap = null, Func<string, Task>? returns = null, Func<string, ClientEvent, Disturbance>? disturb = null) => new(Plan(strategy))
    {
        Adapt = options => options.Client.Name != "anna" ? options : options with
        {
            Data = options.Data with { Validation = [.. options.Data.Train] },
            Client = options.Client with { EvalEvery = 1, Patience = patience },
        },
        AdaptServer = options => options with { Tap = tap },
        Returns = returns ?? (_ => Task.CompletedTask),
        DisturbAt = disturb ?? ((_, _) => Disturbance.None),
    };

    private static RunPlan Plan(string strategy)
    {
        var isSerial = strategy == Strategies.Serial;
        var plan = Strategies.With(TinyRun.Settings(dropout: 0.2, steps: isSerial ? 4 : 20, clients: 2, rounds: isSerial ? 5 : 1), strategy, period: 4);
        return plan with
        {
            Optimizer = plan.Optimizer with { LearningRate = 20, ClipNorm = 0 },
            Clients = plan.Clients with { WhenLost = WhenLost.Wait, Names = ["anna", "bert"] },
            Checkpoint = new CheckpointSettings { Every = 3 },
        };
    }

    /// <summary>Calls back once, where the server is about to send anna the average with which it leaves.</summary>
    private sealed class LeavingTap(Action leaving) : IServerTap
    {
        private bool _leaves;
        private bool _isDone;

        public void Seen(TappedFrame frame)
        {
            if (_isDone || frame.Client != "anna")
                return;
            _leaves |= frame.FromClient && frame.Kind == nameof(FrameKind.RoundEnd) && JsonNode.Parse(frame.Facts)!["leaves"]!.GetValue<bool>();
            if (!_leaves || frame.FromClient || frame.Kind != nameof(FrameKind.AdapterTensor))
                return;
            _isDone = true;
            leaving();
        }
    }
}
