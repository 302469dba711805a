using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>A forward result waiting for its gradient.</summary>
/// <param name="output">the stage's result, with its graph</param>
/// <param name="input">the leaf tensor that the stage started from; null if it started from token ids</param>
public sealed class StagePass(Tensor output, Tensor? input) : IDisposable
{
    /// <summary>[B, T, H]; of the tail: the loss [].</summary>
    public Tensor Output { get; } = output;

    /// <summary>Computes the backward, once; parameters accumulate their gradients.</summary>
    /// <param name="gradient">dL/dOutput, shaped like <see cref="Output"/>; null if the output is the loss itself</param>
    /// <returns>dL/dInput [B, T, H], which the caller disposes; null if the stage started from token ids</returns>
    public Tensor? Backward(Tensor? gradient = null)
    {
        // An empty stage returns its input as its output, and the gradient unchanged.
        if (ReferenceEquals(Output, input))
            return gradient?.alias();
        if (Output.requires_grad)
            Output.backward(grad_tensors: gradient is null ? null : [gradient]);
        return input?.grad;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        input?.Dispose();
    }
}
