using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using static TorchSharp.torch;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>R4: goodput and round trip of the sealed channel against a raw socket with the same seal.</summary>
internal sealed class ChannelSpeed : IBenchmark
{
    private const int MebiByte = 1 << 20;
    private const int BytesPerSample = 64 * MebiByte;
    private const int QuestionsPerSample = 200;

    public string Name => "r4";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        await using var frames = await FrameLink.OpenAsync();
        var results = new List<Result>();
        foreach (var size in new[] { 1, 2, 8, 16 })
            results.Add(await GoodputAsync(frames, size, steps));
        results.Add(await RoundTripAsync(frames, steps));
        return results;
    }

    private static async Task<Result> GoodputAsync(FrameLink frames, int mebiBytes, int steps)
    {
        var (bytes, times) = (mebiBytes * MebiByte, BytesPerSample / (mebiBytes * MebiByte));
        using var tensor = ones(bytes / sizeof(float), dtype: float32);
        var message = tensor.bytes.ToArray();
        using var raw = new RawLink(bytes, times);
        var both = await SideBySide.MeasureAsync(steps, () => frames.SendAsync(tensor, times), () => Task.Run(() => raw.Send(message, times)));
        return new Result
        {
            Ratio = "R4 goodput / raw socket with AES-GCM",
            Case = $"{mebiBytes} MiB tensors",
            Ours = both.Ours.ToString(),
            Baseline = both.Baseline.ToString(),
            Value = 1 / both.Ratio,
            Bar = Bar.AtLeast(0.8),
            Note = $"{times} at a time: {BytesPerSample / both.Ours.P50 / 1e9:F2} against {BytesPerSample / both.Baseline.P50 / 1e9:F2} GB/s",
        };
    }

    private static async Task<Result> RoundTripAsync(FrameLink frames, int steps)
    {
        using var raw = new RawLink(messageBytes: 0, times: 0);
        var both = await SideBySide.MeasureAsync(
            steps,
            async () =>
            {
                for (var asked = 0; asked < QuestionsPerSample; asked++)
                    await frames.AskAsync();
            },
            () => Task.Run(() =>
            {
                for (var asked = 0; asked < QuestionsPerSample; asked++)
                    raw.Send([], 0);
            }));
        return new Result
        {
            Ratio = "R4 round trip / raw socket with AES-GCM",
            Case = $"{QuestionsPerSample} small messages",
            Ours = both.Ours.ToString(),
            Baseline = both.Baseline.ToString(),
            Value = both.Ratio,
            Note = $"{both.Ours.P50 / QuestionsPerSample * 1e6:F0} against {both.Baseline.P50 / QuestionsPerSample * 1e6:F0} us; goal 3 and 200 us",
        };
    }
}
