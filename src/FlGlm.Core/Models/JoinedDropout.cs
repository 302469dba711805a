using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Dropout in a joined pass: each client's numbers come from its own generator and in the shape of its own rows, as in a pass of its own.</summary>
/// <param name="ofRows">on tensors with a row per row, [sum of B, ..]; else with a row per real token, [1, N, ..]</param>
internal sealed class JoinedDropout(IReadOnlyList<JoinedPart> parts, bool ofRows) : IDropout
{
    /// <inheritdoc/>
    public bool Active => parts[0].Dropout.Active;

    /// <inheritdoc/>
    public Tensor Apply(Tensor x, double probability)
    {
        if (!Active || probability == 0)
            return x;
        var factors = cat([.. parts.Select(part => Factors(part, x, probability))], 0);
        return x * (ofRows ? factors : factors.unsqueeze(0));
    }

    private Tensor Factors(JoinedPart part, Tensor x, double probability)
    {
        var layout = part.Layout;
        long[] shape = ofRows ? [layout.Rows, .. x.shape[1..]] : [layout.Rows, layout.Length, .. x.shape[2..]];
        var factors = part.Dropout.Factors(shape, probability, x.dtype);
        return ofRows ? factors : part.Pack(factors);
    }
}
