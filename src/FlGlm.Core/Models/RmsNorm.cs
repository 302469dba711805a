using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>x / rms(x) times the weight. The division is in float32; families differ in what comes first after it, seen in half precision only.</summary>
/// <param name="castLast">false: cast back, then times the weight (Llama); true: times the weight, then cast back (ChatGLM2)</param>
internal sealed class RmsNorm(IWeights weights, string module, long hidden, double epsilon, bool castLast = false) : Norm
{
    private static readonly long[] Last = [-1];
    private readonly Tensor _weight = weights.Take(module + ".weight", hidden);

    public override Tensor Forward(Tensor x)
    {
        var wide = x.to(float32);
        var scale = wide.mul(wide).mean(Last, keepdim: true).PlusInPlace(epsilon).rsqrt();
        var divided = wide * scale;
        return castLast ? (divided * _weight).to(x.dtype) : divided.to(x.dtype) * _weight;
    }
}
