using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using OpenTelemetry.Metrics;

namespace FlGlm.Cli.Telemetry;

/// <summary>The libraries' metrics and the runtime's in the text form of Prometheus, at <c>/metrics</c> of the page's listener.</summary>
internal sealed class PrometheusMetrics : IDisposable
{
    private readonly MeterProvider _metrics;

    /// <param name="command">Is part of the service's name.</param>
    public PrometheusMetrics(string command) => _metrics = TelemetryExport.Metrics(TelemetryExport.Resource($"flglm-{command}")).AddPrometheusExporter().Build();

    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPrometheusScrapingEndpoint("/metrics", _metrics, configureBranchedPipeline: null, optionsName: null);

    public void Dispose() => _metrics.Dispose();
}
