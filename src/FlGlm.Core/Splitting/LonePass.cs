using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>The rows of one client alone: the ordinary pass.</summary>
internal sealed class LonePass(StagePass pass) : IJoinedPass
{
    /// <inheritdoc/>
    public Tensor OutputOf(int index) => pass.Output.detach();

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Backward(IReadOnlyList<Tensor> gradients, IReadOnlyList<double> weights)
    {
        using var scope = NewDisposeScope();
        var isWhole = weights[0] == 1;
        var back = pass.Backward(isWhole ? gradients[0] : gradients[0].Times(weights[0]))!;
        return [(isWhole ? back : back.Over(weights[0])).MoveToOuterDisposeScope()];
    }

    public void Dispose() => pass.Dispose();
}
