using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>A forward result of the middle waiting for its gradient; the middle is in this process or at the server.</summary>
public interface IMiddlePass : IAsyncDisposable
{
    /// <summary>hN-2 [B, T, H].</summary>
    Tensor Output { get; }

    /// <summary>The seconds of the two round trips, as far as they are over.</summary>
    StepTimings Seconds { get; }

    /// <summary>
    /// Computes the middle's backward, in the order of the calls; unless more passes of the step follow, its optimizer then takes a step. A pass
    /// that is disposed before is given up, and with the last open one of a step the whole step.
    /// </summary>
    /// <param name="gradient">dL/dhN-2 [B, T, H]; it must be kept until the result has come</param>
    /// <returns>dL/dh0 [B, T, H]; the caller disposes it</returns>
    ValueTask<Tensor> BackwardAsync(Tensor gradient, StepTerms terms, CancellationToken ct);
}
