using System.Collections.Concurrent;
using System.Net;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Telemetry;

/// <summary>A collector that takes OTLP over HTTP (protobuf), and keeps the spans and the names of the metrics.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _receiving;

    public OtlpReceiver()
    {
        Address = $"http://127.0.0.1:{LoopbackPort.Free()}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _receiving = Task.Run(ReceiveAsync);
    }

    public string Address { get; }

    public ConcurrentQueue<OtlpSpan> Spans { get; } = [];

    /// <summary>Service and metric.</summary>
    public ConcurrentDictionary<(string Service, string Metric), bool> Metrics { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _receiving;
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // It is closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext exchange)
    {
        using var body = new MemoryStream();
        await exchange.Request.InputStream.CopyToAsync(body);
        Assert.Equal("application/x-protobuf", exchange.Request.ContentType);
        foreach (var ofService in new ProtobufMessage(body.ToArray()).Messages(1))
        {
            var service = Attributes(ofService.Messages(1, 1)).GetValueOrDefault("service.name", "");
            foreach (var entry in ofService.Messages(2, 2))
            {
                if (exchange.Request.Url!.AbsolutePath == "/v1/traces")
                    Spans.Enqueue(SpanOf(entry, service));
                else
                    Metrics.TryAdd((service, entry.Text(1)), true);
            }
        }

        exchange.Response.ContentType = "application/x-protobuf";
        exchange.Response.Close();
    }

    private static OtlpSpan SpanOf(ProtobufMessage span, string service) => new(
        service,
        span.Text(5),
        Convert.ToHexString(span.Bytes(1)),
        Convert.ToHexString(span.Bytes(2)),
        Convert.ToHexString(span.Bytes(4)),
        span.Integer(7),
        span.Integer(8),
        Attributes(span.Messages(9)));

    private static Dictionary<string, string> Attributes(IEnumerable<ProtobufMessage> pairs) =>
        pairs.ToDictionary(pair => pair.Text(1), pair => ValueOf(pair.Messages(2).Single()));

    private static string ValueOf(ProtobufMessage value) => value.Has(1) ? value.Text(1) : value.Integer(3).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
