using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Core.Configuration;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R3b: tokens a second of client-batch with M clients of B rows / of a centralised step of M x B rows.</summary>
internal sealed class ClientBatchCeiling : IBenchmark
{
    private const int Clients = 4;
    private const int Steps = 3;
    private const int Threads = 2;

    /// <summary>Each has <see cref="Steps"/> steps on both sides.</summary>
    private const int MostSamples = 5;

    public string Name => "r3b";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        using var model = new Scenario(Scenario.SmallVocabularyModel, PeftMethod.Lora, rows: 1);
        using var whole = model.With(plan => plan with { Training = plan.Training with { BatchSize = Clients * plan.Training.BatchSize } });
        using var centralised = new CentralisedStep(whole);
        await centralised.SetThreadsAsync(Threads);
        await using var keys = new LoopbackKeys(Clients);
        var results = new List<Result>();
        foreach (var (name, strategy, products) in Strategies.AtOnce.Where(way => way.Strategy == StrategyName.ClientBatch))
        {
            using var plan = model.With(plan => plan.For(strategy, Clients, Steps, products), Threads);
            await using var group = await ClientGroup.StartAsync(plan, keys);
            var both = await SideBySide.MeasureAsync(Math.Min(steps, MostSamples), group.TakeStepsAsync, () => SideBySide.TimeAsync(TakeWholeAsync));
            results.Add(new Result
            {
                Ratio = "R3b throughput, client-batch / centralised with all rows",
                Case = $"{name}, M {Clients}, B {plan.Rows}",
                Ours = $"{group.Tokens / both.Ours.P50:F0} tokens/s",
                Baseline = $"{group.Tokens / both.Baseline.P50:F0} tokens/s",
                Value = 1 / both.Ratio,
                Note = $"goal 0.85; 8 blocks, H 512, FFN 1376, V 1000, T 128, LoRA r 8; centralised B {whole.Rows}; {Threads} threads for the middle and for the "
                    + $"centralised step, one for each client, {Environment.ProcessorCount} cores; {Steps} steps: {both.Ours} against {both.Baseline}",
            });
        }

        return results;

        async Task TakeWholeAsync()
        {
            var batch = whole.FullBatch();
            for (var step = 0; step < Steps; step++)
                await centralised.TakeAsync(batch);
        }
    }
}
