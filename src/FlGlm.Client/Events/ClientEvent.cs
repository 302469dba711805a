using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;

namespace FlGlm.Client.Events;

/// <summary>What a client, or a trainer in one process, reports; its steps are <see cref="Training.StepReport"/>s.</summary>
public abstract record ClientEvent : RunEvent
{
    /// <summary>The event in words.</summary>
    public sealed override string ToString() => ClientEventText.Of(this);

    internal sealed override void Measure() => ClientMeters.Record(this);

    /// <summary>A data file has been read, to train on or to validate with.</summary>
    public sealed record DataRead(DataReport Report) : ClientEvent;

    /// <summary>The training rows of all clients have been divided, and this one's are known.</summary>
    public sealed record Partitioned(Partition Partition) : ClientEvent;

    /// <summary>The server could not be reached; another attempt follows.</summary>
    public sealed record Retrying(ConnectAttempt Attempt) : ClientEvent;

    /// <summary>The connection to the server stands, handshake included.</summary>
    /// <param name="Sealed">whether it is encrypted</param>
    public sealed record Connected(Peer Server, bool Sealed) : ClientEvent;

    /// <summary>The connection to the server is lost; another one is made.</summary>
    public sealed record ConnectionLost(string Reason) : ClientEvent;

    /// <summary>Another server of the run takes this client, which connects to it, also from now on.</summary>
    /// <param name="Address">host:port</param>
    public sealed record Redirected(string Address) : ClientEvent;

    /// <summary>The run goes on where it was.</summary>
    public sealed record Resumed : ClientEvent;

    /// <summary>The client is at an earlier step again, from a checkpoint that both sides have: what came after it is void.</summary>
    /// <param name="Step">steps taken before it, over all rounds</param>
    public sealed record RolledBack(int Step) : ClientEvent;

    /// <summary>The client has agreed to the server's plan.</summary>
    public sealed record PlanAccepted(RunPlan Plan) : ClientEvent;

    /// <summary>The weights that both sides hold are equal.</summary>
    public sealed record ContentCompared(ContentComparison Comparison) : ClientEvent;

    /// <summary>Waiting for the turn.</summary>
    /// <param name="Position">1 = next</param>
    /// <param name="Waiting">clients waiting in all</param>
    public sealed record Queued(int Position, int Waiting) : ClientEvent;

    /// <summary>The client has been waiting for a while.</summary>
    /// <param name="For">what for</param>
    /// <param name="Limit">when the wait is given up; zero = never</param>
    public sealed record WaitingFor(string For, TimeSpan Waited, TimeSpan Limit) : ClientEvent;

    /// <summary>The turn begins.</summary>
    /// <param name="Round">counted from 1</param>
    public sealed record TurnStarted(int Round) : ClientEvent;

    /// <summary>Head and tail are sent; waiting for the other clients' turns.</summary>
    public sealed record TurnEnded(int Round) : ClientEvent;

    /// <summary>Head and tail now have the average of all clients.</summary>
    public sealed record Averaged(int Round) : ClientEvent;

    /// <summary>New keys are requested for the connection: a key period begins.</summary>
    /// <param name="Step">steps taken before it, over all rounds</param>
    public sealed record KeysRenewed(int Step) : ClientEvent;

    /// <summary>A validation begins.</summary>
    /// <param name="Step">steps taken before it</param>
    public sealed record Validating(int Step) : ClientEvent;

    /// <summary>A validation: the loss, and where it was asked for the task's metrics.</summary>
    /// <param name="Step">steps taken before it</param>
    public sealed record Validated(int Step, ValidationResult Loss) : ClientEvent
    {
        /// <summary>It is better than all before, of a run whose best step is kept.</summary>
        public bool IsBest { get; init; }
    }

    /// <summary>How large the trained tensors of head and tail are (<see cref="Training.TrainerOptions.NormsEvery"/>).</summary>
    /// <param name="Step">steps taken before it</param>
    /// <param name="Norms">the L2 norm of each, in their order</param>
    public sealed record AdapterNorms(int Step, IReadOnlyList<float> Norms) : ClientEvent;

    /// <summary>No validation has been better for long enough (<c>client.patience</c>): no further step is taken.</summary>
    public sealed record EndedEarly(Training.BestState Best) : ClientEvent;

    /// <summary>The session is over.</summary>
    /// <param name="Steps">steps taken</param>
    public sealed record Ended(Training.ClientOutcome Outcome, int Steps, long BytesSent, long BytesReceived) : ClientEvent;
}
