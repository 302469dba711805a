using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>A forward result of the middle waiting for its gradient; the middle is in this process or at the server.</summary>
public interface IMiddlePass : IDisposable
{
    /// <summary>hN-2 [B, T, H].</summary>
    Tensor Output { get; }

    /// <summary>The seconds of each leg of this pass.</summary>
    MiddleSeconds Seconds { get; }

    /// <summary>Computes the middle's backward; its optimizer then takes a step.</summary>
    /// <param name="gradient">dL/dhN-2 [B, T, H]</param>
    /// <returns>dL/dh0 [B, T, H]; the caller disposes it</returns>
    ValueTask<Tensor> BackwardAsync(Tensor gradient, CancellationToken ct);
}
