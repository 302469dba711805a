using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>A forward result of the middle waiting for its gradient, wherever the middle is.</summary>
public interface IMiddlePass : IDisposable
{
    /// <summary>hN-2 [B, T, H].</summary>
    Tensor Output { get; }

    /// <summary>Where the time of this pass went.</summary>
    MiddleSeconds Seconds { get; }

    /// <summary>Sends the gradient through the middle, whose optimizer then steps.</summary>
    /// <param name="gradient">dL/dhN-2 [B, T, H]</param>
    /// <returns>dL/dh0 [B, T, H], the caller's</returns>
    ValueTask<Tensor> BackwardAsync(Tensor gradient, CancellationToken ct);
}
