using System.Diagnostics;
using System.Globalization;
using System.Net;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Benchmarks.Processes;
using FlGlm.Cli;
using FlGlm.Cli.Runs;
using FlGlm.Cli.Telemetry;
using FlGlm.Cli.Web;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>
/// What a step of <c>flglm train</c> costs when everybody looks: the page with a browser that asks as the page does, TensorBoard files, traces and
/// metrics sent to a collector, against none of it. Processor time of the program's own process; browser and collector are in this one.
/// </summary>
/// <remarks>
/// A step's products vary by more than the views cost. So the time of the threads beside the compute lanes is taken at the shape itself, where products do not
/// disturb it, and what the views cost on the lanes from steps of one short row: it does not depend on rows or tokens.
/// </remarks>
internal sealed class ViewCost : IBenchmark
{
    private const int Rows = 8;
    private const int Length = 128;
    private const int ShortLength = 16;
    private const int Pairs = 3;

    /// <summary>Code is compiled, the plots are drawn for the first time, and metrics are sent.</summary>
    private const double WarmUpSeconds = 13;

    public string Name => "views";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        if (!OperatingSystem.IsLinux())
            return [new Result { Ratio = "views", Case = "all", Note = "skipped: it reads /proc" }];
        return
        [
            await MeasureAsync("shrunk model", Scenario.ShrunkModel, steps, (cost, _) => 1e3 * cost, "ms a step", 2),
            await MeasureAsync("8 blocks, H 512", Scenario.Model, steps, (cost, step) => cost / step, "of a step", 0.01),
        ];
    }

    private static async Task<Result> MeasureAsync(string name, TinyLlama model, int steps, Func<double, double, double> value, string unit, double bar)
    {
        using var folder = new TempFolder();
        var path = model.Write(folder.At("model"));
        var full = await PairsAsync(Config(folder, path, Rows, Length), steps);
        var small = await PairsAsync(Config(folder, path, rows: 1, ShortLength), 10 * steps);
        var beside = Costs(full, times => times.Beside);
        var lanes = Costs(small, times => times.Lanes);
        var step = full.Select(pair => pair.Without.Lanes + pair.Without.Beside).Order().ElementAt(Pairs / 2);
        var cost = beside[Pairs / 2] + lanes[Pairs / 2];
        return new Result
        {
            Ratio = "page, TensorBoard, traces and metrics, processor time",
            Case = name,
            Ours = string.Create(CultureInfo.InvariantCulture, $"{1e3 * cost:F2} ms"),
            Baseline = string.Create(CultureInfo.InvariantCulture, $"{1e3 * step:F2} ms"),
            Value = value(cost, step),
            Unit = unit,
            Bar = Bar.AtMost(bar),
            Note = $"beside the lanes, B {Rows}, T {Length}: {Text(beside)} ms; on them, B 1, T {ShortLength}: {Text(lanes)} ms; flglm train, {Pairs} pairs of {steps} and {10 * steps} steps",
        };
    }

    private static List<double> Costs(IEnumerable<(ThreadTimes With, ThreadTimes Without)> pairs, Func<ThreadTimes, double> of) =>
        [.. pairs.Select(pair => of(pair.With) - of(pair.Without)).Order()];

    private static string Text(IEnumerable<double> costs) => string.Join(", ", costs.Select(cost => (1e3 * cost).ToString("F2", CultureInfo.InvariantCulture)));

    private static async Task<List<(ThreadTimes With, ThreadTimes Without)>> PairsAsync(FlGlmConfig config, int steps)
    {
        var pairs = new List<(ThreadTimes, ThreadTimes)>();
        while (pairs.Count < Pairs)
            pairs.Add((await TrainAsync(config, steps, views: true), await TrainAsync(config, steps, views: false)));
        return pairs;
    }

    /// <returns>of a step</returns>
    private static async Task<ThreadTimes> TrainAsync(FlGlmConfig config, int steps, bool views)
    {
        using var folder = new TempFolder();
        using var collector = new HttpListener();
        var address = $"http://127.0.0.1:{LoopbackPort.Free()}";
        collector.Prefixes.Add(address + "/");
        collector.Start();
        _ = AnswerAsync(collector);
        var port = LoopbackPort.Free();
        var own = config with
        {
            Run = config.Run with { Directory = folder.At("run"), Tensorboard = views },
            Web = new WebSettings { Listen = views ? $"127.0.0.1:{port}" : "" },
            Telemetry = new TelemetrySettings { Otlp = views ? address : "" },
        };
        using var over = new CancellationTokenSource();
        var looking = views ? LookAsync(new Uri($"http://127.0.0.1:{port}/"), over.Token) : Task.CompletedTask;
        var times = await TimesAsync(folder.Write("run.yaml", ConfigWriter.Write(own)), steps);
        await over.CancelAsync();
        await looking;
        return times;
    }

    /// <summary>Of the steps behind the first seconds of a run, which is then killed.</summary>
    private static async Task<ThreadTimes> TimesAsync(string config, int steps)
    {
        long? begun = null;
        var (first, before) = (int.MaxValue, default(ThreadTimes));
        var measured = new TaskCompletionSource<ThreadTimes>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = 0;
        await using var process = new FlGlmProcess(["train", "--config", config], step =>
        {
            begun ??= Stopwatch.GetTimestamp();
            if (before is null && Stopwatch.GetElapsedTime(begun.Value).TotalSeconds > WarmUpSeconds)
                (first, before) = (step, ThreadTimes.Of(Volatile.Read(ref id)));
            else if (step == (long)first + steps)
                measured.TrySetResult(ThreadTimes.Of(Volatile.Read(ref id)).PerStepSince(before!, steps));
        });
        Volatile.Write(ref id, process.Id);
        if (await Task.WhenAny(measured.Task, process.WaitAsync()) != measured.Task)
            throw new InvalidOperationException("flglm train has ended before its steps were measured.");
        return await measured.Task;
    }

    /// <summary>A browser with the page open: the stream of events, and every second all plots.</summary>
    private static async Task LookAsync(Uri page, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = page };
        try
        {
            while (!await AnswersAsync(http, ct))
                await Task.Delay(20, ct);
            await Task.WhenAll(ReadAsync(http, ct), PlotsAsync(http, ct));
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            // The run is over.
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            await http.GetStringAsync("/", ct);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task ReadAsync(HttpClient http, CancellationToken ct)
    {
        await using var events = await http.GetStreamAsync("/events", ct);
        await events.CopyToAsync(Stream.Null, ct);
    }

    private static async Task PlotsAsync(HttpClient http, CancellationToken ct)
    {
        while (true)
        {
            foreach (var plot in (string[])["loss", "speed", "rate", "legs", "metric"])
                (await http.GetAsync(new Uri($"/plots/{plot}.svg?side=train&theme=dark&width=720", UriKind.Relative), ct)).Dispose();
            await Task.Delay(1000, ct);
        }
    }

    private static async Task AnswerAsync(HttpListener collector)
    {
        try
        {
            while (true)
            {
                var exchange = await collector.GetContextAsync();
                await exchange.Request.InputStream.CopyToAsync(Stream.Null);
                exchange.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // It is closed.
        }
    }

    private static FlGlmConfig Config(TempFolder folder, string model, int rows, int length)
    {
        var random = new Random(1);
        var data = folder.Write($"rows-{length}.jsonl", string.Join('\n', Enumerable.Range(0, 64).Select(_ => $"{{\"input_ids\": [{string.Join(", ", Enumerable.Range(0, length).Select(_ => random.Next(1, 64)))}]}}")));
        return new FlGlmConfig
        {
            Model = new ModelSettings { Path = model },
            Training = new TrainingSettings { BatchSize = rows, Steps = 1_000_000 },
            Data = new DataSettings { Train = [data], MaxLength = length },
            Compute = new ComputeSettings { Threads = 1 },
            Checkpoint = new CheckpointSettings { Every = int.MaxValue },
            Run = new RunSettings { NormsEvery = 100 },
        };
    }
}
