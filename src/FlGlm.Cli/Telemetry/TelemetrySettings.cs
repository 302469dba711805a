using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Telemetry;

/// <summary>Traces and metrics for OpenTelemetry.</summary>
public sealed record TelemetrySettings : IValidated
{
    /// <summary>
    /// Where an OpenTelemetry collector takes traces and metrics, by OTLP over HTTP (protobuf), e.g. <c>http://127.0.0.1:4318</c>; empty = nowhere. What
    /// it asks for in headers comes from the environment variable OTEL_EXPORTER_OTLP_HEADERS.
    /// </summary>
    public string Otlp { get; init; } = "";

    /// <summary>Seconds between two exports of the metrics.</summary>
    public double IntervalS { get; init; } = 10;

    public IEnumerable<Problem> Validate()
    {
        if (Otlp.Length > 0 && !(Uri.TryCreate(Otlp, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)))
            yield return new Problem("otlp", $"'{Otlp}' is no address; e.g. http://127.0.0.1:4318.");
        if (IntervalS is not (>= 1 and <= 3600))
            yield return new Problem("interval_s", $"{IntervalS} is out of range; 1 to 3600 seconds.");
    }
}
