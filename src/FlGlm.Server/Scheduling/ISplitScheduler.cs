using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// Decides which client computes when, and from which weights; the strategies of the paper differ only in this. Round by round, a session
/// waits for its turn, has its passes computed, gives its adapters and gets their average; it may leave at any time. The scheduler owns the
/// passes; a session has their tickets. Calls of one participant follow one another.
/// </summary>
public interface ISplitScheduler : IDisposable
{
    /// <summary>Clients waiting for their turn.</summary>
    int Waiting { get; }

    /// <summary>The participants for whom the others wait.</summary>
    IReadOnlyList<Participant> WaitedFor { get; }

    /// <summary>Whether a pass may wait for passes of other clients.</summary>
    bool PassesWait { get; }

    /// <summary>True when the last round is over, false when every client has left before.</summary>
    Task<bool> Completion { get; }

    /// <summary>The run starts, or with checkpoints goes on.</summary>
    /// <param name="participants">in the order of their seats</param>
    Task StartAsync(IReadOnlyList<Participant> participants);

    /// <summary>A participant joins after the start.</summary>
    /// <exception cref="Core.Configuration.ProtocolException">The last round is over.</exception>
    Task AddAsync(Participant late);

    /// <summary>
    /// A participant has come back, from checkpoints: chooses the newest place from which both sides can go on, and goes back to it. Others that
    /// must go back with it are told (<see cref="Participant"/>).
    /// </summary>
    /// <param name="places">the places of its checkpoints, the oldest first</param>
    /// <param name="attempt">how often it has gone back, as it says</param>
    /// <exception cref="Core.Configuration.ProtocolException">There is none.</exception>
    Task<TurnPlace> ResumeAsync(Participant participant, IReadOnlyList<TurnPlace> places, int attempt);

    /// <summary>Whether no other turn follows.</summary>
    /// <param name="round">of the turn</param>
    bool IsLast(int round);

    /// <summary>Whether the participant has trained enough, and has left with the last average: no other turn of it follows.</summary>
    bool HasLeft(Participant participant) => false;

    /// <summary>Waits for the participant's turn.</summary>
    /// <param name="moved">called with its place in the queue whenever that changes</param>
    Task<RoundTurn> WaitForTurnAsync(Participant participant, Action<QueuePlace> moved, CancellationToken ct);

    /// <summary>hN-2 for h0, as the leg writes it.</summary>
    /// <returns>the result, which the caller disposes, and in training the ticket of the pass that waits for its gradient</returns>
    Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(Participant participant, MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct);

    /// <summary>dL/dh0 for dL/dhN-2, as the leg writes it. The middle's optimizer steps behind it, unless the step has more passes.</summary>
    /// <param name="terms">whether more passes of this optimizer step follow, and its judged positions where the plan weights by them</param>
    Task<Tensor> BackwardAsync(
        Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct);

    /// <summary>Gives up a pass that waits for its gradient.</summary>
    Task DropAsync(Participant participant, PassTicket ticket);

    /// <summary>Ends the participant's turn, or finds that it has ended; waits for the end of the round.</summary>
    /// <param name="round">of the turn</param>
    /// <param name="parameters">head and tail at the end of the turn, from now on owned by the scheduler; null if the run does not average</param>
    /// <returns>the round's average, owned by the scheduler; null if the run does not average</returns>
    Task<ParameterSet?> EndTurnAsync(Participant participant, int round, ParameterSet? parameters, CancellationToken ct);

    /// <summary>The participant has left; the run continues with the others.</summary>
    Task LeaveAsync(Participant participant);
}
