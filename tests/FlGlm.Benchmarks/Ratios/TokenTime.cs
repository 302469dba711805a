using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Client.Generation;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R8: a token generated through the split, loopback, sealed / a token generated in one process; and whether a late token costs more than an early one.</summary>
internal sealed class TokenTime : IBenchmark
{
    private const int Tokens = 500;
    private const int EndTokens = 50;
    private static readonly int[] Prompt = [.. Enumerable.Range(1, 12)];

    public string Name => "r8";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        using var scenario = new Scenario(Scenario.DeepModel, PeftMethod.Lora);
        using var stages = new ThreeStages(scenario.Checkpoint, scenario.Blueprint);
        using var local = new LocalGeneration(stages);
        var times = await SplitRun.GenerateAsync(scenario, split => MeasureAsync(split, local.Decoder));
        var (early, late) = (Slice(times.Ours, 0), Slice(times.Ours, Tokens - EndTokens));
        return
        [
            new Result
            {
                Ratio = "R8 split / local ms per token",
                Case = $"{Tokens} tokens after {Prompt.Length}",
                Ours = times.Ours.ToString(),
                Baseline = times.Baseline.ToString(),
                Value = times.Ratio,
                Bar = Bar.AtMost(1.15),
                Note = "12 blocks, H 512, FFN 1376, V 8000, greedy, one row, keys and values cached",
            },
            new Result
            {
                Ratio = "R8 late / early token, split",
                Case = $"last {EndTokens} / first {EndTokens}",
                Ours = late.ToString(),
                Baseline = early.ToString(),
                Value = late.P50 / early.P50,
                Bar = Bar.AtMost(1.2),
            },
        ];
    }

    private static Samples Slice(Samples times, int first) => new([.. times.Seconds.Skip(first).Take(EndTokens)]);

    /// <summary>Both generate the same text, a token each in turn; the first text is for warming up.</summary>
    private static async Task<SideBySide> MeasureAsync(IDecoder split, IDecoder local)
    {
        await GenerateAsync(split, local);
        return await GenerateAsync(split, local);
    }

    private static async Task<SideBySide> GenerateAsync(IDecoder split, IDecoder local)
    {
        var (ours, baseline) = (new List<double>(), new List<double>());
        var (mine, theirs) = ((await split.PrefillAsync([Prompt], default))[0], (await local.PrefillAsync([Prompt], default))[0]);
        for (var token = 0; token < Tokens; token++)
        {
            baseline.Add(await SideBySide.TimeAsync(async () => theirs = await NextAsync(local, theirs)));
            ours.Add(await SideBySide.TimeAsync(async () => mine = await NextAsync(split, mine)));
            if (!mine.AsSpan().SequenceEqual(theirs))
                throw new InvalidOperationException($"The logits of token {token + 1} differ between split and local generation.");
        }

        return new SideBySide(new Samples(ours), new Samples(baseline));
    }

    private static async Task<float[]> NextAsync(IDecoder decoder, float[] logits) =>
        (await decoder.DecodeAsync([Array.IndexOf(logits, logits.Max())], [0], default))[0];
}
