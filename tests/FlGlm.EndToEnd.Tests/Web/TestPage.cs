using System.Text.Json;
using FlGlm.Cli;
using FlGlm.Cli.Views;
using FlGlm.Cli.Web;
using FlGlm.Cli.Web.Access;
using FlGlm.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlGlm.EndToEnd.Tests.Web;

/// <summary>A page that listens on a port of this machine, and a browser without cookies and redirects of its own.</summary>
internal sealed class TestPage : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ResponseDrainTimeout = TimeSpan.Zero });
    private readonly JsonView _shown = new(TextWriter.Null, insecure: false);

    private TestPage(bool needsToken)
    {
        if (needsToken)
            WebToken.Make(_folder.At("web.token"), overwrite: false);
        var config = new FlGlmConfig { Web = new WebSettings { Listen = needsToken ? "0.0.0.0:0" : "127.0.0.1:0", Token = _folder.At("web.token") } };
        Page = RunPage.Of(config, "train", insecure: false, () => Stops++)!;
        View = Page.Over(_shown);
    }

    public RunPage Page { get; }

    /// <summary>What the run tells its page.</summary>
    public IRunView View { get; }

    /// <summary>How often a stop was requested.</summary>
    public int Stops { get; private set; }

    public string Token => File.ReadAllText(_folder.At("web.token")).Trim();

    public string Host => $"127.0.0.1:{Page.EndPoint!.Port}";

    public string Origin => $"http://{Host}";

    /// <param name="needsToken">Whether it listens where others reach it.</param>
    public static async Task<TestPage> StartAsync(bool needsToken = false)
    {
        var page = new TestPage(needsToken);
        await page.Page.ListenAsync(NullLogger.Instance, CancellationToken.None);
        return page;
    }

    /// <summary>A request with some headers.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers) => SendAsync(method, path, content: null, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, Origin + path) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public async Task<string> TextAsync(string path)
    {
        using var answer = await GetAsync(path);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Everything that the page shows.</summary>
    public async Task<JsonElement> StateAsync() => JsonDocument.Parse(await TextAsync("/state.json")).RootElement;

    /// <summary>Listens to the page's events.</summary>
    /// <param name="lastEvent">The id of the last one that the browser has; null = it has none.</param>
    public async Task<EventReader> EventsAsync(string? lastEvent = null)
    {
        var answer = await GetAsync("/events", lastEvent is null ? [] : [("Last-Event-ID", lastEvent)]);
        answer.EnsureSuccessStatusCode();
        return new EventReader(answer);
    }

    public async ValueTask DisposeAsync()
    {
        await Page.DisposeAsync();
        _shown.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }
}
