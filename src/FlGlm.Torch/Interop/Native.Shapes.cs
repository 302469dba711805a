using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// The same elements in another order or under other dimensions; parts, and wholes made of parts. See src/native/torch/shape.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial Tensor sh_view(Tensor self, ReadOnlySpan<long> sizes, int count);

    [LibraryImport(Library)]
    internal static partial Tensor sh_reshape(Tensor self, ReadOnlySpan<long> sizes, int count);

    [LibraryImport(Library)]
    internal static partial Tensor sh_flatten(Tensor self, long start, long end);

    [LibraryImport(Library)]
    internal static partial Tensor sh_transpose(Tensor self, long first, long second);

    [LibraryImport(Library)]
    internal static partial Tensor sh_t(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_permute(Tensor self, ReadOnlySpan<long> dims, int count);

    [LibraryImport(Library)]
    internal static partial Tensor sh_unsqueeze(Tensor self, long dim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_squeeze(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_squeeze_dim(Tensor self, long dim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_expand(Tensor self, ReadOnlySpan<long> sizes, int count, Flag isImplicit);

    [LibraryImport(Library)]
    internal static partial Tensor sh_repeat(Tensor self, ReadOnlySpan<long> times, int count);

    [LibraryImport(Library)]
    internal static partial Tensor sh_flip(Tensor self, ReadOnlySpan<long> dims, int count);

    [LibraryImport(Library)]
    internal static partial Tensor sh_tril(Tensor self, long diagonal);

    [LibraryImport(Library)]
    internal static partial Tensor sh_triu(Tensor self, long diagonal);

    [LibraryImport(Library)]
    internal static partial Tensor sh_repeat_interleave(Tensor self, long repeats, ReadOnlySpan<long> dim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_repeat_interleave_each(Tensor self, Tensor repeats, ReadOnlySpan<long> dim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_narrow(Tensor self, long dim, long start, long length);

    [LibraryImport(Library)]
    internal static partial Tensor sh_select(Tensor self, long dim, long index);

    [LibraryImport(Library)]
    internal static partial Tensor sh_slice(Tensor self, long dim, long start, long end, long step);

    [LibraryImport(Library)]
    internal static partial Tensor sh_index_select(Tensor self, long dim, Tensor index);

    [LibraryImport(Library)]
    internal static partial Tensor sh_gather(Tensor self, long dim, Tensor index);

    [LibraryImport(Library)]
    internal static partial Tensor sh_masked_select(Tensor self, Tensor mask);

    [LibraryImport(Library)]
    internal static partial Tensor sh_scatter(Tensor self, long dim, Tensor index, Tensor source);

    [LibraryImport(Library)]
    internal static partial Status sh_scatter_(Tensor self, long dim, Tensor index, Tensor source);

    [LibraryImport(Library)]
    internal static partial Tensor sh_scatter_add(Tensor self, long dim, Tensor index, Tensor source);

    [LibraryImport(Library)]
    internal static partial Status sh_scatter_add_(Tensor self, long dim, Tensor index, Tensor source);

    [LibraryImport(Library)]
    internal static partial Tensor sh_index_add(Tensor self, long dim, Tensor index, Tensor source, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Status sh_index_add_(Tensor self, long dim, Tensor index, Tensor source, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Status sh_index_copy_(Tensor self, long dim, Tensor index, Tensor source);

    [LibraryImport(Library)]
    internal static partial Status sh_split(Tensor self, long size, long dim, Span<nint> parts, int count);

    [LibraryImport(Library)]
    internal static partial Status sh_split_sizes(
        Tensor self, ReadOnlySpan<long> sizes, int sizeCount, long dim, Span<nint> parts, int count);

    [LibraryImport(Library)]
    internal static partial Status sh_unbind(Tensor self, long dim, Span<nint> parts, int count);

    [LibraryImport(Library)]
    internal static partial Tensor sh_cat(ReadOnlySpan<nint> parts, int count, long dim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_stack(ReadOnlySpan<nint> parts, int count, long dim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_index_get(Tensor self, ReadOnlySpan<NativeIndex> items, int count);

    [LibraryImport(Library)]
    internal static partial Status sh_index_put_(Tensor self, ReadOnlySpan<NativeIndex> items, int count, Tensor value);

    [LibraryImport(Library)]
    internal static partial Status sh_index_put_scalar_(Tensor self, ReadOnlySpan<NativeIndex> items, int count, Scalar value);
}
