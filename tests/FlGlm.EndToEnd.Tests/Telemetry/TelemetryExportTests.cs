using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.Telemetry;

/// <summary>A collector gets a split run's traces and metrics from both processes.</summary>
public sealed class TelemetryExportTests : IDisposable
{
    private const string Client = "flglm-client";
    private const string Server = "flglm-server";

    private static readonly string[] ClientSpans = ["step", "head", "up", "wire", "tail", "tail_backward", "up_gradient", "wire_gradient", "head_backward", "optimizer"];
    private static readonly string[] ServerSpans = ["queue", "middle", "queue_gradient", "middle_backward"];

    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_step_is_one_trace_over_both_processes_with_sizes_and_times_alone()
    {
        await using var collector = new OtlpReceiver();
        await _folder.SplitAsync("ada", [$"telemetry.otlp={collector.Address}"], here: false);

        var traces = collector.Spans.GroupBy(span => span.Trace).ToList();
        Assert.Equal(6, traces.Count);
        foreach (var trace in traces)
        {
            Assert.Equal(ClientSpans.Order(), trace.Where(span => span.Service == Client).Select(span => span.Name).Order());
            Assert.Equal(ServerSpans.Order(), trace.Where(span => span.Service == Server).Select(span => span.Name).Order());
            var step = trace.Single(span => span.Name == "step");
            Assert.All(trace.Where(span => span.Service == Client && span != step), span => Assert.Equal(step.Id, span.Parent));
            Assert.All(trace.Where(span => span.Service == Server), span => Assert.Equal("", span.Parent));
            Assert.All(trace, span => Assert.InRange(span.Begin, step.Begin - Tolerance, span.End));
            Assert.All(trace, span => Assert.True(span.End <= step.End + Tolerance, $"{span} ends after {step}"));
            Assert.True(trace.Single(span => span.Name == "middle").Begin >= trace.Single(span => span.Name == "queue").End - Tolerance);
        }

        string[] sizes = ["flglm.bytes", "flglm.bytes_down", "flglm.bytes_up", "flglm.step", "flglm.tokens"];
        Assert.Equal(sizes, collector.Spans.SelectMany(span => span.Attributes.Keys).Distinct().Order());
        Assert.Equal(Enumerable.Range(1, 6).Select(step => $"{step}"), collector.Spans.Where(span => span.Name == "step").Select(span => span.Attributes["flglm.step"]).Order());
        Assert.Contains((Client, "flglm.client.loss"), collector.Metrics.Keys);
        Assert.Contains((Server, "flglm.server.leg.duration"), collector.Metrics.Keys);
        Assert.DoesNotContain(collector.Metrics.Keys, metric => metric.Service == Server && metric.Metric.Contains("loss", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collector_that_is_down_is_one_warning_and_the_run_ends_well()
    {
        var run = await CommandRun.OfAsync(_folder.Train("telemetry.otlp=http://127.0.0.1:1"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Single(run.OutputLines, line => line.StartsWith("warning: telemetry does not arrive at http://127.0.0.1:1: ", StringComparison.Ordinal));
        Assert.Equal(6, _folder.Losses("train").Count);
    }

    /// <summary>Nanoseconds between the clocks' readings: spans are placed by the time of day, and measured by another clock.</summary>
    private const long Tolerance = 5_000_000;
}
