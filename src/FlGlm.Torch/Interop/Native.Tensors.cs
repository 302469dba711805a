using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// A tensor's life, its facts, its bytes, and its moves between types and devices. See src/native/torch/tensor.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial void sh_free(nint handle);

    [LibraryImport(Library)]
    internal static partial long sh_owned_bytes(Tensor self);

    [LibraryImport(Library)]
    internal static partial long sh_dim(Tensor self);

    [LibraryImport(Library)]
    internal static partial long sh_numel(Tensor self);

    [LibraryImport(Library)]
    internal static partial long sh_element_size(Tensor self);

    [LibraryImport(Library)]
    internal static partial long sh_storage_offset(Tensor self);

    [LibraryImport(Library)]
    internal static partial int sh_dtype(Tensor self);

    [LibraryImport(Library)]
    internal static partial int sh_device_type(Tensor self);

    [LibraryImport(Library)]
    internal static partial int sh_device_index(Tensor self);

    [LibraryImport(Library)]
    internal static partial Flag sh_is_contiguous(Tensor self);

    [LibraryImport(Library)]
    internal static partial long sh_size(Tensor self, long dim);

    [LibraryImport(Library)]
    internal static partial void sh_sizes(Tensor self, Span<long> sizes, int count);

    [LibraryImport(Library)]
    internal static partial void sh_strides(Tensor self, Span<long> strides, int count);

    [LibraryImport(Library)]
    internal static partial nint sh_data_ptr(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_item(Tensor self, out NativeScalar value);

    [LibraryImport(Library)]
    internal static partial Tensor sh_from_blob(nint data, ReadOnlySpan<long> sizes, int count, int dtype, nint release, nint context);

    [LibraryImport(Library)]
    internal static partial Tensor sh_to(Tensor self, int dtype, int deviceType, int deviceIndex, Flag copy, Flag nonBlocking);

    [LibraryImport(Library)]
    internal static partial Tensor sh_contiguous(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_clone(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_alias(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_copy_(Tensor self, Tensor source, Flag nonBlocking);

    [LibraryImport(Library)]
    internal static partial Status sh_set_(Tensor self, Tensor source);

    [LibraryImport(Library)]
    internal static partial Status sh_zero_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_fill_(Tensor self, Scalar value);
}
