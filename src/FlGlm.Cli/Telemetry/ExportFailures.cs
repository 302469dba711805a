namespace FlGlm.Cli.Telemetry;

/// <summary>Notices when the collector cannot be reached or refuses what is sent; the exporter itself is silent about it.</summary>
/// <param name="report">Called with the reason of the first failure.</param>
internal sealed class ExportFailures(Action<string> report) : DelegatingHandler(new SocketsHttpHandler())
{
    private bool _isReported;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Look(base.Send(request, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Report(e.Message);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Look(await base.SendAsync(request, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            Report(e.Message);
            throw;
        }
    }

    private HttpResponseMessage Look(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
            Report($"it answered {(int)answer.StatusCode} {answer.ReasonPhrase}");
        return answer;
    }

    private void Report(string reason)
    {
        if (!Interlocked.Exchange(ref _isReported, true))
            report(reason);
    }
}
