using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>The client's interface to the middle blocks, in this process or at the server.</summary>
public interface IMiddle
{
    /// <summary>Bytes sent and received so far, headers included; 0 in one process.</summary>
    (long Up, long Down) Traffic { get; }

    /// <summary>
    /// Forwards may be requested before the results of earlier ones have come: they are computed in the order of the calls. May be called on the
    /// client's compute lane; an implementation must not block while it waits for the lane.
    /// </summary>
    /// <param name="hidden">h0 [B, T, H]</param>
    /// <param name="layout">real tokens per row</param>
    ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct);

    /// <summary>Gives up the optimizer step in the making: gradients that its passes have added are dropped. Its passes must be disposed before.</summary>
    ValueTask DropStepAsync();
}
