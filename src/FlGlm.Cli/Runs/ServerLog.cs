using FlGlm.Cli.Views;
using FlGlm.Core.Planning;
using FlGlm.Server.Hosting;
using FlGlm.Server.Sessions;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Runs;

/// <summary>Logs the server's events and passes its steps to the view. The events hold no loss.</summary>
/// <param name="joined">called for every client that has joined</param>
internal sealed partial class ServerLog(IRunView view, ILogger logger, Action<string>? joined) : IServerObserver
{
    public void ClientJoined(string client, int number)
    {
        LogJoined(number, client);
        joined?.Invoke(client);
    }

    public void ContentCompared(string client, ContentComparison comparison) => LogContent(client, comparison);

    public void StepServed(ServedStep step) => view.Served(step);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client} generates")]
    public partial void GenerationStarted(string client);

    [LoggerMessage(Level = LogLevel.Information, Message = "round {Round}: {Client}'s turn")]
    public partial void TurnStarted(string client, int round);

    [LoggerMessage(Level = LogLevel.Information, Message = "round {Round}: averaged the adapters of {Clients} clients")]
    public partial void RoundAveraged(int round, int clients);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client} has its results and left")]
    public partial void ClientFinished(string client);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Client} is gone: {Reason}")]
    public partial void ClientLost(string client, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "weights of {Client}: {Comparison}")]
    private partial void LogContent(string client, ContentComparison comparison);

    [LoggerMessage(Level = LogLevel.Information, Message = "client {Number} joined: {Client}")]
    private partial void LogJoined(int number, string client);
}
