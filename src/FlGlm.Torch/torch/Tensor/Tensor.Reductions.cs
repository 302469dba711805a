using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Sums and their kin, over all elements or along dimensions.
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Native.sh_sum(this, default, 0, false, type.Code());

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => sum(dim.AsSpan(), keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            Native.sh_sum(this, dim, dim.Length, keepdim, type.Code());

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        public Tensor mean() => Native.sh_mean(this, default, 0, false, -1);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Native.sh_mean(this, dimensions, dimensions.Length, keepdim, type.Code());

        public Tensor prod(ScalarType? type = null) => Native.sh_prod(this, type.Code());

        public Tensor std(bool unbiased = true) => Native.sh_std(this, default, 0, unbiased, false);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            std(dimensions.AsSpan(), unbiased, keepdim, type);

        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(type, Native.sh_std(this, dimensions, dimensions.Length, unbiased, keepdim));

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std([dim], unbiased, keepdim, type);

        public Tensor var(bool unbiased = true) => Native.sh_var(this, default, 0, unbiased, false);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var(dimensions.AsSpan(), unbiased, keepdim, type);

        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Cast(type, Native.sh_var(this, dimensions, dimensions.Length, unbiased, keepdim));

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim], unbiased, keepdim, type);

        public Tensor logsumexp(long dim, bool keepdim = false) => Native.sh_logsumexp(this, dim, keepdim);

        public Tensor norm(float p = 2) => Native.sh_norm(this, p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Native.sh_norm_dim(this, dim, keepdim, p);

        public Tensor cumsum(long dim, ScalarType? type = null) => Native.sh_cumsum(this, dim, type.Code());

        public Tensor all() => Native.sh_all(this);

        public Tensor all(long dim, bool keepdim = false) => Native.sh_all_dim(this, dim, keepdim);

        public Tensor any() => Native.sh_any(this);

        public Tensor any(long dim, bool keepdim = false) => Native.sh_any_dim(this, dim, keepdim);

        /// <summary>[count, dimensions]: where the elements that are not zero lie.</summary>
        public Tensor nonzero() => Native.sh_nonzero(this);

        private static Tensor Cast(ScalarType? type, Tensor tensor) => type is { } wanted ? tensor.to(wanted, disposeAfter: true) : tensor;
    }
}
