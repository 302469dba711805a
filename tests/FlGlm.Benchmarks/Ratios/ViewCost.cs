using System.Diagnostics;
using System.Globalization;
using System.Net;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Cli;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Runs;
using FlGlm.Cli.Telemetry;
using FlGlm.Cli.Web;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>
/// What a step costs when everybody looks: the page with a browser that asks as the page does, TensorBoard files, traces and metrics sent to a
/// collector, against none of it. Processor time of the whole process, the browser's and the collector's side included.
/// </summary>
internal sealed class ViewCost : IBenchmark
{
    private const int Rows = 8;
    private const int Length = 128;
    private const int Pairs = 3;

    public string Name => "views";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        var shrunk = await MeasureAsync(Scenario.ShrunkModel, steps: 20 * steps);
        var model = await MeasureAsync(Scenario.Model, steps);
        return
        [
            Of("shrunk model", shrunk, shrunk.Cost * 1e3, "ms a step", 2),
            Of("8 blocks, H 512", model, model.Cost / model.Step, "of a step", 0.01),
        ];
    }

    private static Result Of(string name, (double Cost, double Step, string All) measured, double value, string unit, double bar) => new()
    {
        Ratio = "page, TensorBoard, traces and metrics, processor time",
        Case = name,
        Ours = string.Create(CultureInfo.InvariantCulture, $"{1e3 * (measured.Step + measured.Cost):F2} ms"),
        Baseline = string.Create(CultureInfo.InvariantCulture, $"{1e3 * measured.Step:F2} ms"),
        Value = value,
        Unit = unit,
        Bar = Bar.AtMost(bar),
        Note = $"{measured.All}; flglm train, B {Rows}, T {Length}",
    };

    /// <returns>seconds of a step's processor time: what the views add, and without them; the median of some pairs</returns>
    private static async Task<(double Cost, double Step, string All)> MeasureAsync(TinyLlama model, int steps)
    {
        using var folder = new TempFolder();
        var config = Config(folder, model);
        await TrainAsync(config, steps / 2, views: true); // compiles
        var pairs = new List<(double With, double Without)>();
        for (var pair = 0; pair < Pairs; pair++)
            pairs.Add((await StepAsync(config, steps, views: true), await StepAsync(config, steps, views: false)));
        var costs = pairs.Select(pair => pair.With - pair.Without).Order().ToList();
        var all = string.Join(", ", costs.Select(cost => (1e3 * cost).ToString("F2", CultureInfo.InvariantCulture)));
        return (costs[Pairs / 2], pairs.Select(pair => pair.Without).Order().ElementAt(Pairs / 2), $"{Pairs} pairs: {all} ms");
    }

    /// <summary>Of a step, the start and the end of a run left out: a run of twice the steps less one of as many.</summary>
    private static async Task<double> StepAsync(FlGlmConfig config, int steps, bool views) =>
        (await TrainAsync(config, 2 * steps, views) - await TrainAsync(config, steps, views)) / steps;

    /// <returns>processor seconds</returns>
    private static async Task<double> TrainAsync(FlGlmConfig config, int steps, bool views)
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
            Training = config.Training with { Steps = steps },
            Run = config.Run with { Directory = folder.At("run"), Tensorboard = views },
            Web = new WebSettings { Listen = views ? $"127.0.0.1:{port}" : "" },
            Telemetry = new TelemetrySettings { Otlp = views ? address : "" },
        };
        var file = folder.Write("run.yaml", ConfigWriter.Write(own));
        using var over = new CancellationTokenSource();
        var looking = views ? LookAsync(new Uri($"http://127.0.0.1:{port}/"), over.Token) : Task.CompletedTask;
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var code = await FlGlmCommandLine.RunAsync(["train", "--config", file], TextWriter.Null, Console.Error, CancellationToken.None);
        var seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        await over.CancelAsync();
        await looking;
        return code == 0 ? seconds : throw new InvalidOperationException($"flglm train ended with exit code {code}.");
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

    private static FlGlmConfig Config(TempFolder folder, TinyLlama model)
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 64).Select(_ => $"{{\"input_ids\": [{string.Join(", ", Enumerable.Range(0, Length).Select(_ => random.Next(1, 64)))}]}}");
        File.WriteAllLines(folder.At("rows.jsonl"), rows);
        return new FlGlmConfig
        {
            Model = new ModelSettings { Path = model.Write(folder.At("model")) },
            Training = new TrainingSettings { BatchSize = Rows },
            Data = new DataSettings { Train = [folder.At("rows.jsonl")], MaxLength = Length },
            Compute = new ComputeSettings { Threads = 1 },
            Checkpoint = new CheckpointSettings { Every = int.MaxValue },
            Run = new RunSettings { NormsEvery = 100 },
        };
    }
}
