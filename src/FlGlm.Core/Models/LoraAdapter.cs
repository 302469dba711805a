using FlGlm.Core.Compute;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>(alpha / r) B A dropout(x), in float32 whatever the base's dtype (PEFT's Linear).</summary>
/// <param name="a">lora_A [r, in]</param>
/// <param name="b">lora_B [out, r]</param>
/// <param name="scale">alpha / r, or alpha / sqrt(r) with rslora</param>
/// <param name="dropout">probability on x</param>
internal sealed class LoraAdapter(Parameter a, Parameter b, double scale, double dropout)
{
    /// <param name="x">[..., in]</param>
    /// <returns>[..., out], in x's dtype</returns>
    public Tensor Forward(Tensor x, IDropout source)
    {
        var kept = source.Apply(x.to(a.dtype), dropout);
        var low = nn.functional.linear(kept, a);
        return nn.functional.linear(low, b).Times(scale).to(x.dtype);
    }
}
