using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Server.Events;

namespace FlGlm.Client.Tests.Training;

/// <summary>Records the events of a server.</summary>
internal sealed class RecordedServerEvents : RecordedEvents
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ServerEvent.StepServed> _steps = [];
    private readonly List<ServerEvent.ContentCompared> _content = [];

    public IReadOnlyList<ServerEvent.StepServed> Steps => Recorded(_steps);

    /// <summary>What was found, by client.</summary>
    public IReadOnlyDictionary<string, ContentComparison> Content => Recorded(_content).ToDictionary(compared => compared.Client, compared => compared.Comparison);

    /// <summary>Runs after a step.</summary>
    public Action? OnStep { get; set; }

    /// <summary>The reason of the first loss.</summary>
    public Task<string> Lost => _lost.Task;

    protected override void Record(RunEvent happened)
    {
        switch (happened)
        {
            case ServerEvent.ContentCompared compared:
                lock (_content)
                    _content.Add(compared);
                break;
            case ServerEvent.StepServed step:
                lock (_steps)
                    _steps.Add(step);
                OnStep?.Invoke();
                break;
            case ServerEvent.ClientLost lost:
                Add($"{lost.Client} lost");
                _lost.TrySetResult(lost.Defect?.ToString() ?? lost.Reason);
                break;
            default:
                Add(Describe(happened));
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
