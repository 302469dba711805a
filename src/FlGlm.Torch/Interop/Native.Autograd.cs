using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// Gradients: who wants one, what it is, and the walk back. See src/native/torch/autograd.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial Flag sh_requires_grad(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_set_requires_grad(Tensor self, Flag wanted);

    [LibraryImport(Library)]
    internal static partial Flag sh_is_leaf(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_retain_grad(Tensor self);

    [LibraryImport(Library)]
    internal static partial nint sh_grad(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_set_grad(Tensor self, Tensor? grad);

    [LibraryImport(Library)]
    internal static partial Tensor sh_detach(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_detach_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_backward(
        ReadOnlySpan<nint> outputs, int outputCount, ReadOnlySpan<nint> grads, int gradCount, Flag retainGraph, Flag createGraph,
        ReadOnlySpan<nint> inputs, int inputCount);

    [LibraryImport(Library)]
    internal static partial Status sh_autograd_grad(
        ReadOnlySpan<nint> outputs, int outputCount, ReadOnlySpan<nint> inputs, int inputCount, ReadOnlySpan<nint> grads, int gradCount,
        Flag retainGraph, Flag createGraph, Flag allowUnused, Span<nint> results);
}
