using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>A linear layer y = x W^T + b under its published name, with room for a LoRA adapter.</summary>
internal sealed class Projection
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    /// <param name="weights">where the tensors come from</param>
    /// <param name="module">published module name; the tensors are <c>module.weight</c> [out, in] and <c>module.bias</c> [out]</param>
    public Projection(IWeights weights, string module, long inputs, long outputs, bool bias)
    {
        Module = module;
        Inputs = inputs;
        Outputs = outputs;
        _weight = weights.Take(module + ".weight", outputs, inputs);
        _bias = bias ? weights.Take(module + ".bias", outputs) : null;
    }

    public string Module { get; }

    public long Inputs { get; }

    public long Outputs { get; }

    public LoraAdapter? Lora { get; set; }

    /// <param name="x">[..., in]</param>
    /// <returns>[..., out]</returns>
    public Tensor Forward(Tensor x, IDropout dropout)
    {
        var y = LinearProduct.Of(x, _weight, _bias);
        return Lora is null ? y : y.Plus(Lora.Forward(x, dropout));
    }
}
