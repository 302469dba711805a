using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// Layers and losses without state. See src/native/torch/functional.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial Tensor sh_linear(Tensor input, Tensor weight, Tensor? bias);

    [LibraryImport(Library)]
    internal static partial Tensor sh_softmax(Tensor self, long dim, int dtype);

    [LibraryImport(Library)]
    internal static partial Tensor sh_log_softmax(Tensor self, long dim, int dtype);

    [LibraryImport(Library)]
    internal static partial Tensor sh_cross_entropy(
        Tensor input, Tensor target, Tensor? weight, long reduction, long ignoreIndex, double labelSmoothing);

    [LibraryImport(Library)]
    internal static partial Tensor sh_nll_loss(Tensor input, Tensor target, Tensor? weight, long reduction);

    [LibraryImport(Library)]
    internal static partial Tensor sh_mse_loss(Tensor input, Tensor target, long reduction);

    [LibraryImport(Library)]
    internal static partial Tensor sh_layer_norm(
        Tensor input, ReadOnlySpan<long> shape, int count, Tensor? weight, Tensor? bias, double eps);

    [LibraryImport(Library)]
    internal static partial Tensor sh_dropout(Tensor input, double p, Flag training);

    [LibraryImport(Library)]
    internal static partial Status sh_dropout_(Tensor input, double p, Flag training);

    [LibraryImport(Library)]
    internal static partial Tensor sh_one_hot(Tensor self, long classes);

    [LibraryImport(Library)]
    internal static partial Tensor sh_scaled_dot_product_attention(
        Tensor query, Tensor key, Tensor value, Tensor? mask, double p, Flag isCausal);
}
