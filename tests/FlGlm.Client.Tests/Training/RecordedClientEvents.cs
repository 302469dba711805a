using System.Collections.Concurrent;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;

namespace FlGlm.Client.Tests.Training;

/// <summary>Records the events of a client's session.</summary>
internal sealed class RecordedClientEvents : IClientObserver
{
    private readonly TaskCompletionSource _queued = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Events { get; } = [];

    public ContentComparison? Content { get; private set; }

    /// <summary>Completes when the client has received its place in the queue.</summary>
    public Task InQueue => _queued.Task;

    public void PlanAccepted(RunPlan plan) => Events.Enqueue("accepted");

    public void ContentCompared(ContentComparison comparison) => Content = comparison;

    public void Queued(int position, int waiting)
    {
        Events.Enqueue($"{position} of {waiting}");
        _queued.TrySetResult();
    }

    public void TurnStarted(int round) => Events.Enqueue($"turn {round}");

    public void TurnEnded(int round) => Events.Enqueue($"end {round}");

    public void Averaged(int round) => Events.Enqueue($"average {round}");
}
