using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// Who computes when, and from which weights: what tells the strategies of the paper apart. A session asks for a turn, has its passes
/// computed, hands in its adapters and gets their average, round by round; it may leave at any time.
/// </summary>
public interface ISplitScheduler : IDisposable
{
    /// <summary>Clients waiting for their turn.</summary>
    int Waiting { get; }

    /// <summary>True when the last round is over, false when every client has left before.</summary>
    Task<bool> Completion { get; }

    /// <exception cref="ProtocolException">There is no place for another client.</exception>
    Task<JoinedClient> JoinAsync(string name, long samples, CancellationToken ct);

    /// <summary>Waits for the seat's turn of its next round.</summary>
    /// <param name="moved">told the seat's place whenever it changes</param>
    /// <returns>the weights to start from; null = those the client has. They remain the scheduler's</returns>
    Task<ParameterSet?> WaitForTurnAsync(JoinedClient client, Action<QueuePlace> moved, CancellationToken ct);

    /// <summary>hN-2 for h0 [B, T, H].</summary>
    Task<Timed<StagePass>> ForwardAsync(JoinedClient client, Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct);

    /// <summary>dL/dh0 for dL/dhN-2 [B, T, H]; the middle's optimizer steps.</summary>
    Task<Timed<Tensor>> BackwardAsync(JoinedClient client, StagePass pass, Tensor gradient, CancellationToken ct);

    /// <summary>The seat's turn is over; waits for the end of the round.</summary>
    /// <param name="parameters">head and tail as the client leaves them, from here on the scheduler's; null where the run averages nothing</param>
    /// <returns>the round's average, which remains the scheduler's; null where the run averages nothing</returns>
    Task<ParameterSet?> EndTurnAsync(JoinedClient client, ParameterSet? parameters, CancellationToken ct);

    /// <summary>The seat's client is gone; the run goes on with the others.</summary>
    Task LeaveAsync(JoinedClient client);
}
