using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>
/// R1x, where there is next to no compute: <i>ways</i>, the four transport legs of a split step / the same four messages over a raw socket with
/// AES-GCM; <i>parts</i>, what the parts of the cut model compute / the uncut step. All in turn, in one run, on the same two cores.
/// </summary>
internal sealed class ShrunkStep : IBenchmark
{
    private const int Whole = 0;
    private const int Split = 1;
    private const int Ways = 2;
    private const int Parts = 3;
    private const int Raw = 4;

    /// <summary>A shrunk step is forty times shorter than R1's, so more of them go into its median.</summary>
    private const int MoreSteps = 5;

    /// <summary>h0 and dL/dhN-2 go up, hN-2 and dL/dh0 come down.</summary>
    private const int RoundTrips = 2;

    public string Name => "r1x";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var results = new List<Result>();
        foreach (var (name, method) in Scenario.Methods)
        {
            using var scenario = new Scenario(Scenario.ShrunkModel, method);
            results.AddRange(await SplitRun.TakeTurnAsync(scenario, split => MeasureAsync(name, scenario, split, steps * MoreSteps)));
        }

        return results;
    }

    private static async Task<IReadOnlyList<Result>> MeasureAsync(string name, Scenario scenario, SplitRun.Steps split, int steps)
    {
        using var whole = new CentralisedStep(scenario);
        using var raw = new RawLink(messageBytes: 0, times: 0, questionBytes: scenario.Rows * scenario.Length * Scenario.ShrunkModel.Hidden * sizeof(float));
        split.Cores.AddServerThread(await raw.PeerThread);
        var batch = scenario.FullBatch();
        var times = await TwoPlaces.MeasureAsync(
            steps, split.Cores.Exchange, async () => [await whole.TimeAsync(batch)], SplitAsync, async () => [await Task.Run(ExchangeRaw)]);
        return [WaysOf(name, times, split.Times), PartsOf(name, times, split.Times)];

        async Task<double[]> SplitAsync()
        {
            var step = await split.TakeAsync(batch);
            return [step.Total, StepTimes.Ways(step), StepTimes.Parts(step) + whole.MiddleOptimizerSeconds];
        }

        // one message at a time and the answer as long as the question, as in a step
        double ExchangeRaw() => SideBySide.Time(() =>
        {
            for (var trip = 0; trip < RoundTrips; trip++)
                raw.Send([], 0);
        });
    }

    private static Result WaysOf(string name, TwoPlaces times, StepTimes legs) => new()
    {
        Ratio = "R1x ways / the same four messages over a raw socket",
        Case = name,
        Ours = times.Of(Ways).ToString(),
        Baseline = times.Of(Raw).ToString(),
        Value = times.Ratio(Ways, Raw),
        Bar = Bar.AtMost(1.5),
        Note = $"4 x 2 MiB, up and down in turn, sealed; goal 1.2; {times.Places(Ways, Raw)} in the two places; {legs}",
    };

    private static Result PartsOf(string name, TwoPlaces times, StepTimes legs) => new()
    {
        Ratio = "R1x parts / uncut step",
        Case = name,
        Ours = times.Of(Parts).ToString(),
        Baseline = times.Of(Whole).ToString(),
        Value = times.Ratio(Parts, Whole),
        Bar = Bar.AtMost(1.15),
        Note = $"3 blocks, H 512, FFN 32, V 64, T 128, B 8; goal 1.05; {times.Places(Parts, Whole)} in the two places; "
            + $"split / uncut step {times.Ratio(Split, Whole):F2}; {legs}",
    };
}
