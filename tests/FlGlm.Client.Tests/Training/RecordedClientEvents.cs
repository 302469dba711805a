using FlGlm.Client.Events;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;

namespace FlGlm.Client.Tests.Training;

/// <summary>Records the events of a client's session.</summary>
internal sealed class RecordedClientEvents : RecordedEvents
{
    private readonly TaskCompletionSource _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ContentComparison> _compared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ContentComparison> Content => _compared.Task;

    /// <summary>Completes when the client has received its place in the queue.</summary>
    public Task InQueue => _queued.Task;

    protected override void Record(RunEvent happened)
    {
        Add(Describe(happened));
        if (happened is ClientEvent.ContentCompared compared)
            _compared.TrySetResult(compared.Comparison);
        if (happened is ClientEvent.Queued)
            _queued.TrySetResult();
    }

    private static string Describe(RunEvent happened) => happened switch
    {
        ClientEvent.PlanAccepted => "accepted",
        ClientEvent.ContentCompared => "compared",
        ClientEvent.Queued queued => $"{queued.Position} of {queued.Waiting}",
        ClientEvent.WaitingFor waiting => $"waiting for {waiting.For}",
        ClientEvent.TurnStarted turn => $"turn {turn.Round}",
        ClientEvent.TurnEnded turn => $"end {turn.Round}",
        ClientEvent.Averaged averaged => $"average {averaged.Round}",
        _ => happened.ToString(),
    };
}
