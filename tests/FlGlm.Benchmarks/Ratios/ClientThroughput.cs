using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Core.Configuration;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R3: tokens a second of all clients in the strategies in which they work at the same time / in the serial strategy.</summary>
internal sealed class ClientThroughput : IBenchmark
{
    private const int Steps = 3;

    /// <summary>Of a strategy's steps and the serial strategy's before them.</summary>
    private const int MostRepetitions = 3;
    private static readonly int[] Clients = [1, 2, 4, 8];

    public string Name => "r3";

    /// <summary>Leaves out the numbers of clients that are greater.</summary>
    public int MostClients { get; set; } = Clients.Max();

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        using var model = new Scenario(Scenario.SmallVocabularyModel, PeftMethod.Lora, rows: 1);
        await using var keys = new LoopbackKeys(MostClients);
        var results = new List<Result>();
        foreach (var clients in Clients.Where(clients => clients <= MostClients))
            results.AddRange(await MeasureAsync(model, keys, clients, Math.Min(steps, MostRepetitions)));
        return results;
    }

    private static async Task<IReadOnlyList<Result>> MeasureAsync(Scenario model, LoopbackKeys keys, int clients, int repetitions)
    {
        using var serialPlan = model.With(plan => plan.For(StrategyName.Serial, clients, Steps));
        await using var serial = await ClientGroup.StartAsync(serialPlan, keys);
        var results = new List<Result>();
        foreach (var (name, strategy, products) in Strategies.AtOnce)
        {
            using var plan = model.With(plan => plan.For(strategy, clients, Steps, products));
            await using var group = await ClientGroup.StartAsync(plan, keys);
            var (before, own) = (new List<double>(), new List<double>());
            for (var repetition = 0; repetition <= repetitions; repetition++)
            {
                before.Add(await serial.TakeStepsAsync());
                own.Add(await group.TakeStepsAsync());
            }

            var (ours, baseline) = (new Samples([.. own.Skip(1)]), new Samples([.. before.Skip(1)])); // the first are for warming up
            results.Add(new Result
            {
                Ratio = $"R3 throughput, {name} / serial",
                Case = $"M {clients}",
                Ours = $"{group.Tokens / ours.P50:F0} tokens/s",
                Baseline = $"{serial.Tokens / baseline.P50:F0} tokens/s",
                Value = baseline.P50 / ours.P50,
                Bar = clients == 4 && products == BatchProducts.Joined && strategy == StrategyName.ClientBatch ? Bar.AtLeast(1.2) : null,
                Note = $"8 blocks, H 512, FFN 1376, V 1000, B 1, T 128, LoRA r 8; {Steps} steps of each client, {repetitions} times; server and clients share "
                    + $"{Environment.ProcessorCount} cores, one thread a lane; {ours} against {baseline}",
            });
        }

        return results;
    }
}
