using FlGlm.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Hosting;

/// <summary>The file <c>let-go</c> in a server's run directory: the run goes on without the clients that it names, one per line, and the file is removed.</summary>
internal sealed partial class LetGoFile : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly PeriodicTimer _timer = new(Period);
    private readonly ILogger _logger;
    private readonly Task _watching;

    public LetGoFile(RunContext run, FlGlmServer server)
    {
        _logger = run.Loggers.CreateLogger("flglm");
        _watching = WatchAsync(Path.Combine(run.Directory.Path, "let-go"), server);
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _watching;
    }

    private async Task WatchAsync(string path, FlGlmServer server)
    {
        while (await _timer.WaitForNextTickAsync())
        {
            foreach (var client in Take(path))
                await LetGoAsync(client, path, server);
        }
    }

    private async Task LetGoAsync(string client, string path, FlGlmServer server)
    {
        try
        {
            if (await server.LetGoAsync(client))
                LogLetGo(client);
            else
                LogUnknown(client, path);
        }
#pragma warning disable CA1031 // the run goes on, and so does the watch
        catch (Exception e)
        {
            LogFailed(client, e.Message);
        }
    }

    private IReadOnlyList<string> Take(string path)
    {
        if (!File.Exists(path))
            return [];
        try
        {
            string[] clients = [.. File.ReadAllLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
            File.Delete(path);
            return clients;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(path, e.Message);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Client} is let go: the run goes on without it")]
    private partial void LogLetGo(string client);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: no client of this run is called '{Client}'")]
    private partial void LogUnknown(string client, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Client} could not be let go: {Reason}")]
    private partial void LogFailed(string client, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} cannot be read and removed: {Reason}")]
    private partial void LogUnreadable(string path, string reason);
}
