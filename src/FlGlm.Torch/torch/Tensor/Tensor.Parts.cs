using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Parts of a tensor: by position, by index, by mask; and writing to them.
    public partial class Tensor
    {
        public Tensor narrow(long dim, long start, long length) => Native.sh_narrow(this, dim, start, length);

        public Tensor select(long dim, long index) => Native.sh_select(this, dim, index);

        public Tensor slice(long dim, long start, long finish, long step) => Native.sh_slice(this, dim, start, finish, step);

        public Tensor index_select(long dim, Tensor index) => Native.sh_index_select(this, dim, index);

        public Tensor gather(long dim, Tensor index) => Native.sh_gather(this, dim, index);

        public Tensor masked_select(Tensor mask) => Native.sh_masked_select(this, mask);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Native.sh_scatter(this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Native.sh_scatter_(this, dim, index, src).Then(this);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Native.sh_scatter_add(this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Native.sh_scatter_add_(this, dim, index, src).Then(this);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Native.sh_index_add(this, dim, index, source, alpha);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Native.sh_index_add_(this, dim, index, source, alpha).Then(this);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Native.sh_index_copy_(this, dim, index, source).Then(this);

        /// <summary>Pieces of this size along the dimension; the last may be smaller.</summary>
        public Tensor[] split(long size, int dim = 0)
        {
            var parts = new nint[Math.Max(1, Pieces(this.size(dim), size))];
            Native.sh_split(this, size, dim, parts, parts.Length);
            return Handles.Wrap(parts);
        }

        public Tensor[] split(params long[] sizes) => split(sizes.AsSpan());

        public Tensor[] split(long[] sizes, long dim = 0) => split(sizes.AsSpan(), dim);

        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0)
        {
            var parts = new nint[sizes.Length];
            Native.sh_split_sizes(this, sizes, sizes.Length, dim, parts, parts.Length);
            return Handles.Wrap(parts);
        }

        /// <summary>At most so many pieces of equal size; the last may be smaller.</summary>
        public Tensor[] chunk(long chunks, long dim = 0) => split(Math.Max(1, Pieces(size((int)dim), chunks)), (int)dim);

        /// <summary>The slices along a dimension, without it.</summary>
        public Tensor[] unbind(long dimension = 0)
        {
            var parts = new nint[size((int)dimension)];
            Native.sh_unbind(this, dimension, parts, parts.Length);
            return Handles.Wrap(parts);
        }

        private static long Pieces(long length, long size) => size > 0 ? (length + size - 1) / size : 1;
    }
}
