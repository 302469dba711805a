using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Where a block's weights come from.</summary>
internal interface IWeights
{
    /// <summary>The named tensor, of exactly this shape, on the stage's device and in its dtype; freed by whoever it comes from.</summary>
    Tensor Take(string name, params long[] shape);
}
