using System.Diagnostics;
using System.Globalization;
using FlGlm.Benchmarks.Loopback;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Benchmarks.Processes;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>Thirty-two clients of a tiny model against one server for a while: growth of the server's memory, and each client's share of its steps.</summary>
internal sealed class Soak : IBenchmark
{
    private const int Clients = 32;
    private const int Steps = 10;
    private static readonly TinyLlama Tiny = Scenario.ShrunkModel with { Hidden = 64, Heads = 4, KeyValueHeads = 4 };

    public string Name => "soak";

    /// <summary>How long the clients train.</summary>
    public double Minutes { get; set; } = 10;

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        if (!OperatingSystem.IsLinux())
            return [new Result { Ratio = "soak", Case = "all", Note = "skipped: it reads /proc" }];
        using var model = new Scenario(Tiny, PeftMethod.Lora, rows: 2, length: 32);
        await using var keys = new LoopbackKeys(Clients);
        using var plan = model.With(plan => plan.For(StrategyName.ClientBatch, Clients, Steps, BatchProducts.Joined));
        await using var group = await ClientGroup.StartAsync(plan, keys);
        var memory = new MemoryWatch(group.Server);
        var (begun, taken, points) = (Stopwatch.GetTimestamp(), 0, new List<(double Minute, double Bytes)>());
        while (Stopwatch.GetElapsedTime(begun).TotalMinutes is var minute && minute < Minutes)
        {
            await group.TakeStepsAsync();
            taken += Steps;
            points.Add((minute, memory.Resident));
        }

        var late = points.Where(point => point.Minute > Minutes / 3).ToList();
        return
        [
            new Result
            {
                Ratio = "growth of the server's resident memory after the first third",
                Case = $"{Clients} clients, client-batch joined, {Minutes.ToString(CultureInfo.InvariantCulture)} minutes",
                Ours = $"{late[0].Bytes / 1e6:F0} MB, then {late[^1].Bytes / 1e6:F0} MB",
                Value = Slope(late) / 1e6,
                Unit = "MB a minute",
                Note = $"{taken} steps of each client, none failed and none missing: a joint step has all clients, and the run would have ended otherwise; "
                    + "3 blocks, H 64, FFN 32, B 2, T 32",
            },
        ];
    }

    /// <summary>Least squares.</summary>
    private static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        return points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
    }
}
