using System.Globalization;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Demo;

/// <summary>The demo's final report: falling losses, equality with the centralised run, bytes and time.</summary>
internal static partial class DemoReport
{
    /// <summary>The run directory of the centralised run of one client.</summary>
    public static RunDirectory Centralised(RunContext run, string client) => run.Directory.Under(Path.Combine("centralised", client));

    /// <exception cref="InvalidOperationException">the split run's losses are not the centralised run's</exception>
    public static void Show(RunContext run, IReadOnlyList<string> clients)
    {
        var logger = run.Loggers.CreateLogger("demo");
        var different = clients.Where(client => !ShowClient(run, logger, client)).ToList();
        if (different.Count > 0)
            throw new InvalidOperationException($"The split losses of {string.Join(", ", different)} differ from the centralised run's; compare metrics.jsonl under '{run.Directory.Path}'.");
        LogDirectory(logger, run.Directory.Path);
    }

    private static bool ShowClient(RunContext run, ILogger logger, string client)
    {
        var split = RecordedStep.Read(run.Directory.Under(client).MetricsPath);
        var centralised = RecordedStep.Read(Centralised(run, client).MetricsPath);
        LogLoss(logger, client, split[0].Loss, split[^1].Loss, split.Count);
        LogBytes(logger, client, split.Sum(step => step.BytesUp), split.Sum(step => step.BytesDown), split.Sum(step => step.Tokens));
        LogLegs(logger, client, Legs(split));
        if (run.Config.Serial.Handover != SerialHandover.Initial)
            return true;
        var worst = split.Zip(centralised, (one, other) => Math.Abs(one.Loss - other.Loss)).Max();
        LogDifference(logger, client, centralised.Count, worst);
        return worst == 0 && centralised.Count > 0;
    }

    private static string Legs(IReadOnlyCollection<RecordedStep> steps)
    {
        var total = steps.Sum(step => step.Seconds[RecordedStep.Total]);
        var shares = steps.First().Seconds.Keys.Where(leg => leg != RecordedStep.Total).Select(leg => (Leg: leg, Share: steps.Sum(step => step.Seconds[leg]) / total));
        return string.Join("  ", shares.Where(leg => leg.Share >= 0.01).Select(leg => $"{leg.Leg} {leg.Share.ToString("P0", CultureInfo.InvariantCulture)}"));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client}: loss {First:F3} -> {Last:F3} in {Steps} steps")]
    private static partial void LogLoss(ILogger logger, string client, double first, double last, int steps);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client}: {Up} bytes up, {Down} bytes down, for {Tokens} tokens")]
    private static partial void LogBytes(ILogger logger, string client, long up, long down, long tokens);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client}: time went to {Legs}")]
    private static partial void LogLegs(ILogger logger, string client, string legs);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client}: split against centralised over {Steps} steps, largest difference of the loss: {Difference}")]
    private static partial void LogDifference(ILogger logger, string client, int steps, double difference);

    [LoggerMessage(Level = LogLevel.Information, Message = "metrics, logs and adapters are in {Path}")]
    private static partial void LogDirectory(ILogger logger, string path);
}
