using FlGlm.Core.Events;
using FlGlm.Server.Events;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FlGlm.Server.Hosting;

/// <summary>An <see cref="FlGlmServer"/> in a host; when its run is over, the host stops.</summary>
internal sealed partial class ServerService(ServerOptions options, IHostApplicationLifetime host, ILogger<FlGlmServer> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var server = new FlGlmServer(options);
        using var stop = stoppingToken.Register(server.Stop);
        await foreach (var happened in server.RunAsync(CancellationToken.None).ConfigureAwait(false))
            Log(happened);
        host.StopApplication();
    }

    private void Log(RunEvent happened)
    {
        var text = happened.ToString();
        if (happened is RunEvent.Message { IsWarning: true } or ServerEvent.ClientLost)
            LogWarning(text);
        else
            LogEvent(text);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Event}")]
    private partial void LogEvent(string @event);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Event}")]
    private partial void LogWarning(string @event);
}
