using System.Collections.Concurrent;
using FlGlm.Client.Events;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;

namespace FlGlm.Client.Tests.Training;

/// <summary>Records the events of a client's session.</summary>
internal sealed class RecordedClientEvents
{
    private readonly TaskCompletionSource _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ContentComparison> _compared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    public RecordedClientEvents() => _reading = Task.Run(ReadAsync);

    public RunEvents Reported { get; } = new();

    public ConcurrentQueue<string> Events { get; } = [];

    public Task<ContentComparison> Content => _compared.Task;

    /// <summary>Completes when the client has received its place in the queue.</summary>
    public Task InQueue => _queued.Task;

    /// <summary>No more events: waits until all are recorded.</summary>
    public Task CompleteAsync()
    {
        Reported.Complete();
        return _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (var happened in Reported.ReadAllAsync())
        {
            Events.Enqueue(Describe(happened));
            if (happened is ClientEvent.ContentCompared compared)
                _compared.TrySetResult(compared.Comparison);
            if (happened is ClientEvent.Queued)
                _queued.TrySetResult();
        }
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
