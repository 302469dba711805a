using FlGlm.Client.Tests.Training;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Recovery;

/// <summary>Runs that are disturbed again and again, with other methods and settings, end with the bits of undisturbed ones.</summary>
public sealed class RandomRecoveryTests
{
    private const double Often = 0.12;

    public static TheoryData<string, string, int> Cases()
    {
        var cases = new TheoryData<string, string, int>();
        string[] kinds = ["lora", "prefix", "full", "parts", "previous", "moments"];
        for (var seed = 1; seed <= 24; seed++)
            cases.Add(Strategies.All[seed % Strategies.All.Count], kinds[seed / Strategies.All.Count % kinds.Length], seed);
        return cases;
    }

    [Theory(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [MemberData(nameof(Cases))]
    public async Task A_run_that_is_disturbed_again_and_again_ends_with_the_same_bits(string strategy, string kind, int seed)
    {
        var plan = Plan(strategy, kind);
        var random = new Random(seed);
        await using var calm = new DisturbedRun(plan);
        await calm.RunAsync();
        await using var disturbed = new DisturbedRun(plan) { Disturb = (_, _) => Next(random) };

        await disturbed.RunAsync();

        Assert.Contains(disturbed.Log, line => line.EndsWith(": died", StringComparison.Ordinal) || line.Contains(": Cut", StringComparison.Ordinal));
        Assert.Equal(calm.Losses.OrderBy(loss => loss.Key), disturbed.Losses.OrderBy(loss => loss.Key));
        Assert.Equal(calm.Results(), disturbed.Results());
    }

    private static Disturbance Next(Random random)
    {
        lock (random)
            return random.NextDouble() < Often ? (Disturbance)random.Next(1, 9) : Disturbance.None;
    }

    private static RunPlan Plan(string strategy, string kind)
    {
        var isSerial = strategy == Strategies.Serial;
        var method = kind switch
        {
            "prefix" => PeftMethod.PTuningV2,
            "full" => PeftMethod.None,
            _ => PeftMethod.Lora,
        };
        var settings = TinyRun.Settings(method, dropout: 0.2, steps: isSerial ? 7 : 14, clients: 2, rounds: isSerial ? 2 : 1);
        if (kind == "parts")
            settings = TinyRun.InParts(settings);
        var plan = Strategies.With(settings, strategy, period: 7);
        return plan with
        {
            Clients = plan.Clients with { WhenLost = WhenLost.Wait, Names = ["anna", "bert"] },
            Checkpoint = new CheckpointSettings { Every = 3 },
            Serial = new SerialSettings { Handover = kind == "previous" ? SerialHandover.Previous : SerialHandover.Initial },
            Training = plan.Training with { AverageMoments = kind == "moments" ? AverageMoments.Average : AverageMoments.Keep },
        };
    }
}
