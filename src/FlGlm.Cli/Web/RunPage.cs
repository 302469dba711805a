using System.Net;
using FlGlm.Cli.Telemetry;
using FlGlm.Cli.Views;
using FlGlm.Cli.Web.Access;
using FlGlm.Cli.Web.Plots;
using FlGlm.Cli.Web.State;
using FlGlm.Core.Configuration;
using FlGlm.Server.Cluster;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Web;

/// <summary>The live page of a run. A failure of it is one warning, and the run goes on.</summary>
internal sealed partial class RunPage : IAsyncDisposable
{
    /// <summary>How long the end of the run waits for browsers that draw its last figures.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(5);

    private readonly WebSettings _settings;
    private readonly ListenAddress _listen;
    private readonly PageAccess _access;
    private readonly PageState _state;
    private readonly SideState _main;
    private readonly EventStream _events;
    private readonly PagePlots _plots;
    private readonly PageEndpoints _endpoints;
    private readonly PrometheusMetrics _metrics;
    private IRunView? _shown;
    private PageListener? _listener;

    private RunPage(FlGlmConfig config, ListenAddress listen, PageState state, Action stop)
    {
        (_settings, _listen, _state) = (config.Web, listen, state);
        _access = PageAccess.Of(_settings, listen, PageHtml.Own.Policy);
        _events = new EventStream(state);
        _plots = new PagePlots(state);
        _endpoints = new PageEndpoints(state, _events, _plots, stop);
        _metrics = new PrometheusMetrics(state.Title);
        _main = state.Add(state.Title, RunFacts.Of(config));
    }

    /// <summary>Where it listens, with the real port; null = it does not.</summary>
    public IPEndPoint? EndPoint => _listener?.EndPoint;

    /// <summary>The page of a run, which does not listen yet; null where the configuration has none.</summary>
    /// <param name="title">The command.</param>
    /// <param name="insecure">Whether nothing is encrypted.</param>
    /// <param name="stop">Requests a stop.</param>
    /// <exception cref="ConfigurationException">It needs a token, and there is none.</exception>
    public static RunPage? Of(FlGlmConfig config, string title, bool insecure, Action stop)
    {
        if (ListenAddress.TryParse(config.Web.Listen) is not { } listen)
            return null;
        if (listen.Port > 0 && MpiProcess.FindRank() is { } rank)
            listen = listen with { Port = listen.Port + rank };
        return new RunPage(config, listen, new PageState(title, insecure, TimeProvider.System), stop);
    }

    /// <summary>A view of the run that shows it in another view too.</summary>
    public IRunView Over(IRunView shown) => new PageView(_shown = shown, _main);

    /// <summary>A view of one side of a run of several, on a tab of its own.</summary>
    /// <param name="config">The side's.</param>
    public IRunView OfSide(string name, FlGlmConfig config) => new PageView(_shown!, _state.Add(name, RunFacts.Of(config), logsEvents: true));

    /// <summary>Shows a simulation.</summary>
    /// <param name="shown">What there is to show whenever somebody looks.</param>
    public void Follow(Func<object> shown) => _main.Simulation = shown;

    /// <summary>Listens. Where that fails there is a warning, and no page.</summary>
    public async Task ListenAsync(ILogger logger, CancellationToken ct)
    {
        try
        {
            _listener = await PageListener.StartAsync(await _listen.ResolveAsync(ct), _access, MapAll, ct);
            LogPage(logger, $"http://{new ListenAddress(_listen.Host, EndPoint!.Port)}/", _listen.IsLoopback ? "" : $" (once with ?token= and the token of '{_settings.Token}')");
        }
#pragma warning disable CA1031 // whatever it is, the run goes on
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNoPage(logger, _listen, e.Message);
        }
    }

    /// <summary>The run is over: browsers get its last figures.</summary>
    /// <param name="failure">Null = it has ended well, or was stopped.</param>
    public async Task EndAsync(Exception? failure, bool isStopped)
    {
        _state.End(failure?.Message, isStopped ? "stopped" : "");
        var begun = _state.Time.GetTimestamp();
        while (_events.Open > 0 && _state.Time.GetElapsedTime(begun) < LastLook)
            await Task.Delay(20, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
            await _listener.DisposeAsync();
        _plots.Dispose();
        _metrics.Dispose();
    }

    private void MapAll(IEndpointRouteBuilder routes)
    {
        _endpoints.Map(routes);
        _metrics.Map(routes);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "page: {Address}{Token}")]
    private static partial void LogPage(ILogger logger, string address, string token);

    [LoggerMessage(Level = LogLevel.Warning, Message = "no page: it cannot listen on {Listen} ({Reason}); the run goes on without it. web.listen names another address")]
    private static partial void LogNoPage(ILogger logger, ListenAddress listen, string reason);
}
