using FlGlm.Client.Events;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>The results of one training step; one line of <c>metrics.jsonl</c>.</summary>
public sealed record StepReport : ClientEvent
{
    /// <summary>The client's name.</summary>
    public required string Client { get; init; }

    /// <summary>Counted from 1 over all rounds of this client.</summary>
    public required int Step { get; init; }

    /// <summary>Steps this client will take in all.</summary>
    public required int Steps { get; init; }

    /// <summary>Counted from 1.</summary>
    public required int Round { get; init; }

    /// <summary>Mean cross-entropy over the targets of the step's rows, before this step's update. Never sent to the server.</summary>
    public required float Loss { get; init; }

    /// <summary>The rate of this step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Real tokens of all passes of the step, padding not counted.</summary>
    public required int Tokens { get; init; }

    /// <summary>Bytes sent in this step, headers included; 0 in one process.</summary>
    public long BytesUp { get; init; }

    /// <summary>Bytes received in this step, headers included; 0 in one process.</summary>
    public long BytesDown { get; init; }

    /// <summary>What the run's releases have cost up to and with this step; null where no epsilon can be stated.</summary>
    public double? Epsilon { get; init; }

    /// <summary>Seconds of each leg, of all passes of the step together.</summary>
    public required StepTimings Seconds { get; init; }
}
