using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Benchmarks.Processes;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using FlGlm.Server.Hosting;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using static TorchSharp.torch;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R5: bytes that the server's scheduler holds for each further client, for each value that the middle trains.</summary>
internal sealed class ClientMemory : IBenchmark
{
    private const int Rank = 64;
    private const int Length = 4;

    /// <summary>Between two averages: more than are taken.</summary>
    private const int Steps = 10;

    /// <summary>Make the optimizer's moments.</summary>
    private const int WarmSteps = 2;
    private const double Limit = 17;
    private static readonly int[] Clients = [1, 2, 4];

    public string Name => "r5";

    /// <summary>One run each: memory does not scatter as times do.</summary>
    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        if (NativeHeap.InUse() is null)
            return [new Result { Ratio = "R5", Case = "all", Note = "skipped: it asks glibc what is in use" }];
        using var model = new Scenario(Scenario.SmallVocabularyModel, PeftMethod.Lora, rows: 1, Length);
        var results = new List<Result>();
        foreach (var (name, strategy, products) in Strategies.AtOnce)
        {
            await MeasureAsync(model, plan => WithLargeAdapter(plan).For(strategy, Clients[0], Steps, products)); // libtorch allocates some things once
            var held = new List<(long Bytes, long Trained)>();
            foreach (var clients in Clients)
                held.Add(await MeasureAsync(model, plan => WithLargeAdapter(plan).For(strategy, clients, Steps, products)));
            results.Add(ResultOf(name, held[0].Trained, [.. held.Select(each => each.Bytes)]));
        }

        return [.. results, .. LlamaShare.Results(Limit)];
    }

    /// <returns>the bytes that a server of this plan holds, and the values that its middle trains</returns>
    private static async Task<(long Bytes, long Trained)> MeasureAsync(Scenario model, Func<RunPlan, RunPlan> change)
    {
        using var plan = model.With(change);
        using var stage = new MiddleStage(plan.Checkpoint, plan.Blueprint);
        return (await HeldAsync(plan, stage), stage.Parameters.Sum(parameter => parameter.Value.numel()));
    }

    private static RunPlan WithLargeAdapter(RunPlan plan) => plan with
    {
        Peft = plan.Peft with { Lora = plan.Peft.Lora with { Rank = Rank, Targets = ["q_proj", "k_proj", "v_proj", "o_proj"] } },
    };

    /// <summary>In use after some steps, when every client's gradient of the next has come and the step is not taken yet.</summary>
    private static async Task<long> HeldAsync(Scenario plan, MiddleStage stage)
    {
        using var lane = new ComputeLane("compute");
        using var optimizer = new StageOptimizer(stage.Parameters, plan.Plan.Optimizer, plan.Plan.ServerSteps([]));
        using var worker = new MiddleWorker(stage, optimizer, lane);
        using var scheduler = FlGlmServer.StrategyOf(plan.Plan, worker, new RunEvents());
        var clients = Enumerable.Range(1, plan.Plan.Clients.Expected)
            .Select(seat => new Participant($"{seat}", $"client {seat}", samples: 1) { Seat = seat }).ToList();
        await scheduler.StartAsync(clients);
        foreach (var client in clients)
            await scheduler.WaitForTurnAsync(client, _ => { }, CancellationToken.None);
        for (var step = 0; step < WarmSteps; step++)
            await Task.WhenAll(clients.Select(client => PassAsync(plan, scheduler, client, accumulate: false)));
        await Task.WhenAll(clients.Select(client => PassAsync(plan, scheduler, client, accumulate: true)));
        return NativeHeap.InUse()!.Value;
    }

    private static async Task PassAsync(Scenario plan, ISplitScheduler scheduler, Participant client, bool accumulate)
    {
        var layout = plan.FullBatch().Layout;
        using var hidden = randn([plan.Rows, plan.Length, Scenario.SmallVocabularyModel.Hidden], dtype: float32);
        var (ticket, output) = await scheduler.ForwardAsync(
            client, MiddleLeg.Here(hidden, layout), PassMode.Train, new StepTimings(), CancellationToken.None);
        using (output)
        {
            using var back = await scheduler.BackwardAsync(
                client, ticket!.Value, MiddleLeg.Here(hidden, layout), new StepTerms(accumulate), new StepTimings(), CancellationToken.None);
        }
    }

    private static Result ResultOf(string name, long trained, List<long> held)
    {
        var perClient = (held[^1] - held[0]) / (double)(Clients[^1] - Clients[0]);
        return new Result
        {
            Ratio = "R5 server's bytes per further client / trained value",
            Case = name,
            Ours = $"{perClient / 1e6:F2} MB a client",
            Baseline = $"{trained / 1e6:F2} million values",
            Value = perClient / trained,
            Bar = Bar.AtMost(Limit),
            Note = $"in use at M {string.Join(", ", Clients)}: {string.Join(", ", held.Select(bytes => $"{bytes / 1e6:F1}"))} MB; 6 middle blocks, H 512, "
                + $"LoRA r {Rank} on q, k, v, o, B 1, T {Length}, float32",
        };
    }
}
