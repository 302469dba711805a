using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Benchmarks.Processes;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R5: bytes that the server holds for each further client, for each value that the middle trains.</summary>
internal sealed class ClientMemory : IBenchmark
{
    private const int Steps = 4;

    /// <summary>No average is due while it measures.</summary>
    private const int AveragePeriod = 10 * Steps;

    /// <summary>Large, so that the trained values outweigh the activations of four tokens.</summary>
    private const int Rank = 256;
    private const int Length = 4;
    private const double Limit = 17;
    private static readonly int[] Clients = [1, 2, 4];

    public string Name => "r5";

    /// <summary>One run each: memory does not scatter as times do.</summary>
    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        if (!OperatingSystem.IsLinux())
            return [new Result { Ratio = "R5", Case = "all", Note = "skipped: it reads /proc" }];
        using var model = new Scenario(Scenario.SmallVocabularyModel, PeftMethod.Lora, rows: 1, Length);
        await using var keys = new LoopbackKeys(Clients.Max());
        var results = new List<Result>();
        foreach (var (name, strategy, products) in Strategies.AtOnce)
        {
            var held = new List<long>();
            foreach (var clients in Clients)
            {
                using var plan = model.With(plan => WithLargeAdapter(plan).For(strategy, clients, Steps, products, AveragePeriod));
                held.Add(await HeldAsync(plan, keys));
            }

            using var any = model.With(WithLargeAdapter);
            results.Add(ResultOf(name, TrainedAtServer(any), held));
        }

        return [.. results, .. LlamaShare.Results(Limit)];
    }

    private static RunPlan WithLargeAdapter(RunPlan plan) => plan with
    {
        Peft = plan.Peft with { Lora = plan.Peft.Lora with { Rank = Rank, Targets = ["q_proj", "k_proj", "v_proj", "o_proj"] } },
    };

    private static long TrainedAtServer(Scenario plan) => ParameterSpec.OfStage(plan.Blueprint, StageName.Middle).Sum(spec => spec.Count);

    /// <summary>Resident at the server after some steps, while its clients wait.</summary>
    private static async Task<long> HeldAsync(Scenario plan, LoopbackKeys keys)
    {
        await using var group = await ClientGroup.StartAsync(plan, keys);
        await group.TakeStepsAsync();
        return new MemoryWatch(group.Server).Anonymous;
    }

    private static Result ResultOf(string name, long trained, List<long> held)
    {
        var perClient = (held[^1] - held[0]) / (double)(Clients[^1] - Clients[0]);
        return new Result
        {
            Ratio = "R5 server's bytes per further client / trained value",
            Case = name,
            Ours = $"{perClient / 1e6:F1} MB a client",
            Baseline = $"{trained / 1e6:F2} million values",
            Value = perClient / trained,
            Bar = Bar.AtMost(Limit),
            Note = $"resident at M {string.Join(", ", Clients)}: {string.Join(", ", held.Select(bytes => $"{bytes / 1e6:F0}"))} MB, no average held; "
                + $"8 blocks, H 512, LoRA r {Rank} on q, k, v, o, B 1, T {Length}, float32",
        };
    }
}
