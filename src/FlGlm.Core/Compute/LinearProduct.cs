using TorchSharp;
using static TorchSharp.torch;

namespace FlGlm.Core.Compute;

/// <summary>
/// The product of every linear layer. A single row without gradient, as in generation, is a product of matrix and vector: MKL sees that
/// for itself, and OpenBLAS would take five times as long.
/// </summary>
internal static class LinearProduct
{
    /// <param name="x">[..., in]</param>
    /// <param name="weight">[out, in]</param>
    /// <param name="bias">[out]</param>
    /// <returns>[..., out]: x W^T + b</returns>
    public static Tensor Of(Tensor x, Tensor weight, Tensor? bias = null)
    {
        if (x.numel() != weight.shape[1] || is_grad_enabled() || x.device_type != DeviceType.CPU || x.dtype != float32)
            return nn.functional.linear(x, weight, bias);
        var y = mv(weight, x.flatten());
        return (bias is null ? y : y.Plus(bias)).view([.. x.shape[..^1], weight.shape[0]]);
    }
}
