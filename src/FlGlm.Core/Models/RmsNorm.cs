using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>x / rms(x) in float32, cast back, times the weight (Llama's order of operations).</summary>
public sealed class RmsNorm(IWeights weights, string module, long hidden, double epsilon)
{
    private static readonly long[] Last = [-1];
    private readonly Tensor _weight = weights.Take(module + ".weight", hidden);

    /// <param name="x">[..., H]</param>
    /// <returns>[..., H]</returns>
    public Tensor Forward(Tensor x)
    {
        var wide = x.to(float32);
        var scale = wide.mul(wide).mean(Last, keepdim: true).add_(epsilon).rsqrt();
        return (wide * scale).to(x.dtype) * _weight;
    }
}
