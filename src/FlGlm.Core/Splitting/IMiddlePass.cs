using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>A forward result of the middle waiting for its gradient; the middle is in this process or at the server.</summary>
public interface IMiddlePass : IAsyncDisposable
{
    /// <summary>hN-2 [B, T, H].</summary>
    Tensor Output { get; }

    /// <summary>The seconds of the two round trips, as far as they are over.</summary>
    StepTimings Seconds { get; }

    /// <summary>Computes the middle's backward; its optimizer then takes a step. A pass that is disposed before is given up: no step is taken.</summary>
    /// <param name="gradient">dL/dhN-2 [B, T, H]</param>
    /// <returns>dL/dh0 [B, T, H]; the caller disposes it</returns>
    ValueTask<Tensor> BackwardAsync(Tensor gradient, CancellationToken ct);
}
