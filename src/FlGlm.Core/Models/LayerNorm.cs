using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>(x - mean) / sqrt(biased variance + eps), times a weight, plus a bias.</summary>
internal sealed class LayerNorm(IWeights weights, string module, long hidden, double epsilon) : Norm
{
    private readonly long[] _width = [hidden];
    private readonly Tensor _weight = weights.Take(module + ".weight", hidden);
    private readonly Tensor _bias = weights.Take(module + ".bias", hidden);

    public override Tensor Forward(Tensor x) => nn.functional.layer_norm(x, _width, _weight, _bias, epsilon);
}
