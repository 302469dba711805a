using System.Globalization;
using FlGlm.Client.Training;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Runs;

/// <summary>Logs the events of a client's run.</summary>
internal sealed partial class ClientLog(ILogger logger) : IClientObserver
{
    /// <summary>The id of the run; empty before the server has sent its plan.</summary>
    public string RunId { get; private set; } = "";

    public void PlanAccepted(RunPlan plan)
    {
        RunId = plan.RunId;
        var training = plan.Training;
        var length = training.Epochs > 0 ? string.Create(CultureInfo.InvariantCulture, $"{training.Epochs} epochs") : $"{training.Steps} steps";
        LogPlan(plan.RunId, training.Rounds, length, plan.Clients.Expected);
        foreach (var notice in PlanNotices.Lines(plan))
            LogNotice(notice);
    }

    public void ContentCompared(ContentComparison comparison) => LogContent(comparison);

    /// <summary>Logs a failed attempt to connect that will be repeated.</summary>
    public void Retrying(ConnectAttempt attempt) => LogRetry(attempt.Address, attempt.Reason, attempt.Delay.TotalSeconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "waiting for the turn: place {Position} of {Waiting}")]
    public partial void Queued(int position, int waiting);

    [LoggerMessage(Level = LogLevel.Information, Message = "round {Round}: our turn")]
    public partial void TurnStarted(int round);

    [LoggerMessage(Level = LogLevel.Information, Message = "round {Round}: head and tail sent, waiting for the other clients")]
    public partial void TurnEnded(int round);

    [LoggerMessage(Level = LogLevel.Information, Message = "round {Round}: head and tail are now the average of all clients")]
    public partial void Averaged(int round);

    [LoggerMessage(Level = LogLevel.Information, Message = "run {RunId}: the server's plan fits: {Rounds} rounds of {Length}, {Clients} clients")]
    private partial void LogPlan(string runId, int rounds, string length, int clients);

    [LoggerMessage(Level = LogLevel.Information, Message = "weights: {Comparison}")]
    private partial void LogContent(ContentComparison comparison);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
    private partial void LogNotice(string notice);

    [LoggerMessage(Level = LogLevel.Information, Message = "no server at {Address} yet ({Reason}); trying again in {Seconds:F1} s")]
    private partial void LogRetry(string address, string reason, double seconds);
}
