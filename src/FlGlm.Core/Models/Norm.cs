using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>A normalisation over the hidden width, with its learned weights.</summary>
internal abstract class Norm
{
    /// <param name="x">[..., H]</param>
    /// <returns>[..., H]</returns>
    public abstract Tensor Forward(Tensor x);
}
