using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // The largest, the smallest, and the order of elements.
    public partial class Tensor
    {
        public Tensor max() => Native.sh_max(this);

        public Tensor max(Tensor other) => maximum(other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            Native.sh_max_dim(this, dim, keepdim, out var values, out var indices);
            return (values, indices);
        }

        public Tensor min() => Native.sh_min(this);

        public Tensor min(Tensor other) => minimum(other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
        {
            Native.sh_min_dim(this, dim, keepdim, out var values, out var indices);
            return (values, indices);
        }

        public Tensor amax(params long[] dims) => amax(dims.AsSpan());

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => amax(dims.AsSpan(), keepdim, @out);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) =>
            Into(@out, Native.sh_amax(this, dims, dims.Length, keepdim));

        public Tensor amin(params long[] dims) => amin(dims.AsSpan());

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => amin(dims.AsSpan(), keepdim, @out);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) =>
            Into(@out, Native.sh_amin(this, dims, dims.Length, keepdim));

        public Tensor argmax() => Native.sh_argmax(this);

        public Tensor argmax(long dim, bool keepdim = false) => Native.sh_argmax_dim(this, dim, keepdim);

        public Tensor argmin() => Native.sh_argmin(this);

        public Tensor argmin(long dim, bool keepdim = false) => Native.sh_argmin_dim(this, dim, keepdim);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            Native.sh_topk(this, k, dim, largest, sorted, out var values, out var indices);
            return (values, indices);
        }

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false)
        {
            Native.sh_sort(this, dim, descending, stable, out var values, out var indices);
            return (values, indices);
        }

        public Tensor argsort(long dim = -1, bool descending = false) => Native.sh_argsort(this, dim, descending);

        private static Tensor Into(Tensor? target, Tensor made)
        {
            if (target is null) return made;
            using (made) return target.copy_(made);
        }
    }
}
