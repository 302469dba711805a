using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// Decides which client computes when, and from which weights; the strategies of the paper differ only in this. Round by round, a session
/// waits for its turn, has its passes computed, gives its adapters and gets their average; it may leave at any time.
/// </summary>
public interface ISplitScheduler : IDisposable
{
    /// <summary>Clients waiting for their turn.</summary>
    int Waiting { get; }

    /// <summary>True when the last round is over, false when every client has left before.</summary>
    Task<bool> Completion { get; }

    /// <exception cref="ProtocolException">The run already has all its clients.</exception>
    Task<JoinedClient> JoinAsync(string name, long samples, CancellationToken ct);

    /// <summary>Waits for the client's turn in its next round.</summary>
    /// <param name="moved">called with the client's place in the queue whenever it changes</param>
    /// <returns>the weights to start from, owned by the scheduler; null = the client keeps its own</returns>
    Task<ParameterSet?> WaitForTurnAsync(JoinedClient client, Action<QueuePlace> moved, CancellationToken ct);

    /// <summary>hN-2 for h0 [B, T, H].</summary>
    Task<Timed<StagePass>> ForwardAsync(JoinedClient client, Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct);

    /// <summary>dL/dh0 for dL/dhN-2 [B, T, H]; the middle's optimizer steps.</summary>
    Task<Timed<Tensor>> BackwardAsync(JoinedClient client, StagePass pass, Tensor gradient, CancellationToken ct);

    /// <summary>Ends the client's turn; waits for the end of the round.</summary>
    /// <param name="parameters">head and tail at the end of the turn, from now on owned by the scheduler; null if the run does not average</param>
    /// <returns>the round's average, owned by the scheduler; null if the run does not average</returns>
    Task<ParameterSet?> EndTurnAsync(JoinedClient client, ParameterSet? parameters, CancellationToken ct);

    /// <summary>The client has left; the run continues with the others.</summary>
    Task LeaveAsync(JoinedClient client);
}
