using System.Globalization;
using FlGlm.Cli.Web.State;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FlGlm.Cli.Web;

/// <summary>
/// Sends the page's state to browsers as server-sent events. The first has everything; later ones have all figures again, and of the logs only new lines.
/// A browser that connects again names the last event that it has, and gets the lines since then.
/// </summary>
internal sealed class EventStream(PageState page)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(0.5);

    /// <summary>Ages of things change without an event; and a connection that is gone is noticed by writing to it.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);
    private int _open;

    /// <summary>The browsers that look now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Sends until the browser leaves.</summary>
    public async Task SendAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        Interlocked.Increment(ref _open);
        try
        {
            await SendAllAsync(http.Response, LastLineOf(http.Request.Headers["Last-Event-ID"].ToString()), http.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The browser has left.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task SendAllAsync(HttpResponse response, long afterLine, CancellationToken ct)
    {
        while (true)
        {
            var (version, line, isOver) = (page.Version, page.LastLine, page.Ended is not null);
            await response.WriteAsync($"id: {page.Id}.{line.ToString(CultureInfo.InvariantCulture)}\ndata: {PageJson.Write(page.Shown(afterLine))}\n\n", ct);
            await response.Body.FlushAsync(ct);
            if (isOver)
                await Task.Delay(Timeout.Infinite, ct);
            afterLine = line;
            await WaitAsync(version, ct);
        }
    }

    /// <summary>Waits for a change, but for the period at least unless the run is over.</summary>
    private async Task WaitAsync(long version, CancellationToken ct)
    {
        var begun = page.Time.GetTimestamp();
        do
            await Task.WhenAny(page.Over, Task.Delay(Period, ct));
        while (page.Version == version && !page.ChangesByItself && page.Time.GetElapsedTime(begun) < LongestSilence && !ct.IsCancellationRequested);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>The number of a line of this run; 0 where the browser has none, so that it gets all.</summary>
    private long LastLineOf(string id) =>
        id.StartsWith(page.Id + ".", StringComparison.Ordinal) && long.TryParse(id[(page.Id.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            && line <= page.LastLine
            ? line
            : 0;
}
