using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FlGlm.Core.Events;

/// <summary>
/// What the libraries measure for OpenTelemetry: one meter and one source of traces, both named <see cref="Name"/>. Nothing is measured until
/// somebody listens. The server's instruments and spans hold sizes and times alone; losses are in the client's.
/// </summary>
public static class FlGlmTelemetry
{
    /// <summary>The name of the meter and of the activity source, for <c>AddMeter</c> and <c>AddSource</c>.</summary>
    public const string Name = "FlGlm";

    /// <summary>Boundaries of the histograms of seconds: from a leg of a small model to a step of a large one.</summary>
    private static readonly double[] SecondsBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    internal static ActivitySource Source { get; } = new(Name);

    internal static Meter Meter { get; } = new(Name);

    internal static Histogram<double> Seconds(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = SecondsBoundaries });

    internal static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);

    /// <summary>Adds a span that is over to a trace.</summary>
    /// <param name="parent">the trace, and the span that it belongs to, if any</param>
    /// <param name="begin">as <see cref="Stopwatch.GetTimestamp"/>; so is <paramref name="end"/></param>
    internal static void AddSpan(ActivityContext parent, string name, long begin, long end, params ReadOnlySpan<(string Key, long Value)> sizes)
    {
        var from = DateTime.UtcNow - Stopwatch.GetElapsedTime(begin);
        using var span = Source.StartActivity(name, ActivityKind.Internal, parent, tags: null, links: null, from);
        if (span is null)
            return;
        foreach (var (key, value) in sizes)
            span.SetTag(key, value);
        span.SetEndTime(from + TimeSpan.FromTicks(Math.Max(1, Stopwatch.GetElapsedTime(begin, end).Ticks))); // one of no length would end now
    }
}
