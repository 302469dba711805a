using System.Collections.Concurrent;
using FlGlm.Core.Planning;
using FlGlm.Server.Hosting;
using FlGlm.Server.Sessions;

namespace FlGlm.Client.Tests.Training;

/// <summary>Records the events of a server.</summary>
internal sealed class RecordedServerEvents : IServerObserver
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Events { get; } = [];

    public ConcurrentQueue<ServedStep> Steps { get; } = [];

    public ConcurrentDictionary<string, ContentComparison> Content { get; } = [];

    /// <summary>Runs after a step, before the server continues.</summary>
    public Action? OnStep { get; set; }

    /// <summary>The reason of the first loss.</summary>
    public Task<string> Lost => _lost.Task;

    public void ContentCompared(string client, ContentComparison comparison) => Content[client] = comparison;

    public void ClientJoined(string client, int number) => Events.Enqueue($"{client} joined as {number}");

    public void GenerationStarted(string client) => Events.Enqueue($"{client} generates");

    public void TurnStarted(string client, int round) => Events.Enqueue($"turn of {client} in round {round}");

    public void StepServed(ServedStep step)
    {
        Steps.Enqueue(step);
        OnStep?.Invoke();
    }

    public void RoundAveraged(int round, int clients) => Events.Enqueue($"round {round} averaged over {clients}");

    public void ClientFinished(string client) => Events.Enqueue($"{client} finished");

    public void ClientLost(string client, string reason)
    {
        Events.Enqueue($"{client} lost");
        _lost.TrySetResult(reason);
    }
}
