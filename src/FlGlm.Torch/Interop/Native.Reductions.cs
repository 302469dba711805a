using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// Many elements to few: sums, extremes, orders, comparisons of whole tensors. See src/native/torch/reduce.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial Tensor sh_sum(Tensor self, ReadOnlySpan<long> dims, int count, Flag keepdim, int dtype);

    [LibraryImport(Library)]
    internal static partial Tensor sh_mean(Tensor self, ReadOnlySpan<long> dims, int count, Flag keepdim, int dtype);

    [LibraryImport(Library)]
    internal static partial Tensor sh_prod(Tensor self, int dtype);

    [LibraryImport(Library)]
    internal static partial Tensor sh_std(Tensor self, ReadOnlySpan<long> dims, int count, Flag unbiased, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_var(Tensor self, ReadOnlySpan<long> dims, int count, Flag unbiased, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_logsumexp(Tensor self, long dim, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_norm(Tensor self, double p);

    [LibraryImport(Library)]
    internal static partial Tensor sh_norm_dim(Tensor self, long dim, Flag keepdim, double p);

    [LibraryImport(Library)]
    internal static partial Tensor sh_cumsum(Tensor self, long dim, int dtype);

    [LibraryImport(Library)]
    internal static partial Tensor sh_max(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_min(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_max_dim(Tensor self, long dim, Flag keepdim, out Tensor values, out Tensor indices);

    [LibraryImport(Library)]
    internal static partial Status sh_min_dim(Tensor self, long dim, Flag keepdim, out Tensor values, out Tensor indices);

    [LibraryImport(Library)]
    internal static partial Tensor sh_amax(Tensor self, ReadOnlySpan<long> dims, int count, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_amin(Tensor self, ReadOnlySpan<long> dims, int count, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_argmax(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_argmax_dim(Tensor self, long dim, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_argmin(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_argmin_dim(Tensor self, long dim, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Status sh_topk(Tensor self, long k, long dim, Flag largest, Flag sorted, out Tensor values, out Tensor indices);

    [LibraryImport(Library)]
    internal static partial Status sh_sort(Tensor self, long dim, Flag descending, Flag stable, out Tensor values, out Tensor indices);

    [LibraryImport(Library)]
    internal static partial Tensor sh_argsort(Tensor self, long dim, Flag descending);

    [LibraryImport(Library)]
    internal static partial Tensor sh_all(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_all_dim(Tensor self, long dim, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_any(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_any_dim(Tensor self, long dim, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor sh_nonzero(Tensor self);

    [LibraryImport(Library)]
    internal static partial long sh_equal(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial long sh_allclose(Tensor self, Tensor other, double rtol, double atol, Flag equalNan);
}
