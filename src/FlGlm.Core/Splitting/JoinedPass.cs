using FlGlm.Core.Compute;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>The rows of several clients as one sequence of their real tokens.</summary>
/// <param name="parts">the clients' rows, from now on owned by the pass</param>
/// <param name="output">[1, N, H] the real tokens of all, with its graph</param>
/// <param name="input">[1, N, H] the leaf that it started from</param>
internal sealed class JoinedPass(IReadOnlyList<JoinedPart> parts, Tensor output, Tensor input) : IJoinedPass
{
    /// <inheritdoc/>
    /// <returns>[B, T, H], zero where a row has no token</returns>
    public Tensor OutputOf(int index)
    {
        using var scope = NewDisposeScope();
        return parts[index].UnpackHidden(output.detach()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Backward(IReadOnlyList<Tensor> gradients, IReadOnlyList<double> weights)
    {
        using var scope = NewDisposeScope();
        output.backward(grad_tensors: [cat([.. parts.Select((part, i) => part.Pack(gradients[i]).Times(weights[i]))], 0).unsqueeze(0)]);
        var back = input.grad!;
        return [.. parts.Select((part, i) => part.UnpackHidden(back).Over(weights[i]).MoveToOuterDisposeScope())];
    }

    public void Dispose()
    {
        output.Dispose();
        input.Dispose();
        foreach (var part in parts)
            part.Dispose();
    }
}
