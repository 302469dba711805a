using FlGlm.Client.Events;
using FlGlm.Client.Tests.Training;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Recovery;

/// <summary>A run that keeps its best step and may end early, disturbed while it validates and while it ends, has the same best step.</summary>
public sealed class BestStepRecoveryTests
{
    /// <summary>All of each with all of the others; in <c>./test.sh</c> one disturbance with each strategy.</summary>
    public static TheoryData<string, string, string> Cases()
    {
        string[] disturbances =
        [
            nameof(Disturbance.KillServer), nameof(Disturbance.KillBoth), nameof(Disturbance.Cut), nameof(Disturbance.KillClient), nameof(Disturbance.CutSoon),
            nameof(Disturbance.StopClient), nameof(Disturbance.StopServer), nameof(Disturbance.StopBoth),
        ];
        var cases = new TheoryData<string, string, string>();
        foreach (var (row, strategy) in new[] { Strategies.Serial, Strategies.Hierarchical, Strategies.Joined }.Index())
        {
            foreach (var disturbance in TestScope.IsAll ? disturbances : [disturbances[row]])
            {
                foreach (var moment in new[] { "validated", "early" })
                    cases.Add(strategy, disturbance, moment);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_disturbed_run_has_the_same_best_step(string strategy, string disturbance, string moment)
    {
        var plan = Plan(strategy);
        await using var calm = Run(plan);
        await calm.RunAsync();
        var happened = 0;
        await using var disturbed = Run(plan, each => Is(each, moment) && happened++ == 0 ? Enum.Parse<Disturbance>(disturbance) : Disturbance.None);

        await disturbed.RunAsync();

        Assert.True(happened > 0);
        Assert.Contains(calm.Log, line => line.StartsWith("anna: trained enough", StringComparison.Ordinal));
        Assert.Equal(calm.Losses.OrderBy(loss => loss.Key), disturbed.Losses.OrderBy(loss => loss.Key));
        Assert.Equal(calm.Results(), disturbed.Results());
        Assert.Contains(Path.Combine("anna", "adapter-best", "adapter_model.safetensors"), calm.Results().Keys);
        Assert.Contains(Path.Combine("server", "adapter-best", "1-anna", "middle", "adapter_model.safetensors"), calm.Results().Keys);
        Assert.False(Directory.Exists(disturbed.At("server", "checkpoints-kept")) && Directory.EnumerateFiles(disturbed.At("server", "checkpoints-kept")).Any());
    }

    private static bool Is(ClientEvent happened, string moment) => moment == "early" ? happened is ClientEvent.EndedEarly : happened is ClientEvent.Validated { Step: > 0 };

    /// <summary>Anna validates with every step, and has trained enough after some.</summary>
    private static DisturbedRun Run(RunPlan plan, Func<ClientEvent, Disturbance>? disturb = null) => new(plan)
    {
        Adapt = options => options.Client.Name != "anna" ? options : options with
        {
            Data = options.Data with { Validation = [.. options.Data.Train] },
            Client = options.Client with { EvalEvery = 1, Patience = 2 },
        },
        DisturbAt = (name, each) => name == "anna" && disturb is not null ? disturb(each) : Disturbance.None,
    };

    private static RunPlan Plan(string strategy)
    {
        var plan = Strategies.With(TinyRun.Settings(dropout: 0.2, steps: strategy == Strategies.Serial ? 8 : 12, clients: 2), strategy, period: 4);
        return plan with
        {
            Optimizer = plan.Optimizer with { LearningRate = 5, ClipNorm = 0 },
            Clients = plan.Clients with { WhenLost = WhenLost.Wait, Names = ["anna", "bert"] },
            Checkpoint = new CheckpointSettings { Every = 3 },
        };
    }
}
