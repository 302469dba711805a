using System.Collections.Concurrent;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Server.Events;

namespace FlGlm.Client.Tests.Training;

/// <summary>Records the events of a server.</summary>
internal sealed class RecordedServerEvents
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    public RecordedServerEvents() => _reading = Task.Run(ReadAsync);

    public RunEvents Reported { get; } = new();

    public ConcurrentQueue<string> Events { get; } = [];

    public ConcurrentQueue<ServerEvent.StepServed> Steps { get; } = [];

    public ConcurrentDictionary<string, ContentComparison> Content { get; } = [];

    /// <summary>Runs after a step.</summary>
    public Action? OnStep { get; set; }

    /// <summary>The reason of the first loss.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>No more events: waits until all are recorded.</summary>
    public Task CompleteAsync()
    {
        Reported.Complete();
        return _reading;
    }

    private async Task ReadAsync()
    {
        await foreach (var happened in Reported.ReadAllAsync())
            Record(happened);
    }

    private void Record(RunEvent happened)
    {
        switch (happened)
        {
            case ServerEvent.ContentCompared compared:
                Content[compared.Client] = compared.Comparison;
                break;
            case ServerEvent.StepServed step:
                Steps.Enqueue(step);
                OnStep?.Invoke();
                break;
            case ServerEvent.ClientLost lost:
                Events.Enqueue($"{lost.Client} lost");
                _lost.TrySetResult(lost.Defect?.ToString() ?? lost.Reason);
                break;
            default:
                Events.Enqueue(Describe(happened));
                break;
        }
    }

    private static string Describe(RunEvent happened) => happened switch
    {
        ServerEvent.ClientJoined joined => $"{joined.Client} joined",
        ServerEvent.Started started => $"started with {string.Join(", ", started.Clients)}",
        ServerEvent.GenerationStarted generating => $"{generating.Client} generates",
        ServerEvent.TurnStarted turn => $"turn of {turn.Client} in round {turn.Round}",
        ServerEvent.RoundAveraged round => $"round {round.Round} averaged over {round.Clients}",
        ServerEvent.ClientFinished finished => $"{finished.Client} finished",
        _ => happened.ToString(),
    };
}
