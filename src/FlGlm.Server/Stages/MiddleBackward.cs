using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Stages;

/// <summary>The backward of the middle, without the optimizer step.</summary>
internal static class MiddleBackward
{
    /// <param name="gradient">dL/dhN-2 [B, T, H]</param>
    /// <returns>dL/dh0 [B, T, H]; the caller disposes it</returns>
    /// <exception cref="NotFiniteException">The middle's gradients are not finite; they are dropped.</exception>
    public static Tensor Run(StagePass pass, Tensor gradient, StageOptimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var back = pass.Backward(gradient) ?? throw new InvalidOperationException("The middle has no input to give a gradient for.");
        optimizer.ExpectFinite();
        return back.MoveToOuterDisposeScope();
    }
}
