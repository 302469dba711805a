using FlGlm.Core.Events;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FlGlm.Cli.Telemetry;

/// <summary>
/// Sends the libraries' traces and metrics to a collector (<c>telemetry.otlp</c>), from threads of its own. What a collector that is down or slow does
/// not take is dropped: no step waits for it, the end of the run two seconds at most.
/// </summary>
internal sealed partial class TelemetryExport : IDisposable
{
    /// <summary>The runtime's own meter: memory, garbage collections, threads, processor time.</summary>
    private const string RuntimeMeter = "System.Runtime";

    private const int MaxWaitingSpans = 1 << 16;
    private const int SpanDelayMs = 1000;
    private const int TimeoutMs = 5000;
    private const int LastExportMs = 1000;

    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private TelemetryExport(TelemetrySettings settings, string service, Action<string> failed)
    {
        var resource = Resource(service);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(FlGlmTelemetry.Name)
            .AddOtlpExporter(options =>
            {
                Set(options, "v1/traces");
                (options.BatchExportProcessorOptions.MaxQueueSize, options.BatchExportProcessorOptions.ScheduledDelayMilliseconds) = (MaxWaitingSpans, SpanDelayMs);
            })
            .Build();
        _metrics = Metrics(resource)
            .AddOtlpExporter((options, reader) =>
            {
                Set(options, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)(settings.IntervalS * 1000);
                reader.PeriodicExportingMetricReaderOptions.ExportTimeoutMilliseconds = TimeoutMs;
            })
            .Build();

        void Set(OtlpExporterOptions options, string path)
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.Endpoint = new Uri($"{settings.Otlp.TrimEnd('/')}/{path}");
            options.TimeoutMilliseconds = TimeoutMs;
            options.HttpClientFactory = () => new HttpClient(new ExportFailures(failed)) { Timeout = TimeSpan.FromMilliseconds(TimeoutMs) };
        }
    }

    /// <summary>Begins to send.</summary>
    /// <param name="command">Is part of the service's name: flglm-client, flglm-server.</param>
    /// <returns>null where nothing is to be sent</returns>
    public static TelemetryExport? Start(TelemetrySettings settings, string command, ILogger logger)
    {
        if (settings.Otlp.Length == 0)
            return null;
        var isReported = false;
        return new TelemetryExport(settings, $"flglm-{command}", reason =>
        {
            if (!Interlocked.Exchange(ref isReported, true))
                LogFailed(logger, settings.Otlp, reason.TrimEnd('.'));
        });
    }

    /// <summary>The libraries' metrics and the runtime's.</summary>
    public static MeterProviderBuilder Metrics(ResourceBuilder resource) =>
        Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(FlGlmTelemetry.Name).AddMeter(RuntimeMeter);

    /// <summary>What describes this process to a collector.</summary>
    public static ResourceBuilder Resource(string service) =>
        ResourceBuilder.CreateDefault().AddService(service, serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3));

    public void Dispose()
    {
        _traces.Shutdown(LastExportMs);
        _metrics.Shutdown(LastExportMs);
        _traces.Dispose();
        _metrics.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "telemetry does not arrive at {Address}: {Reason}. The run goes on without it (telemetry.otlp)")]
    private static partial void LogFailed(ILogger logger, string address, string reason);
}
