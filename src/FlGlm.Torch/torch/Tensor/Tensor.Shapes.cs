using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // The same elements under other dimensions; a view wherever that can be.
    public partial class Tensor
    {
        public Tensor view(params long[] shape) => Native.sh_view(this, shape, shape.Length);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor reshape(params long[] shape) => Native.sh_reshape(this, shape, shape.Length);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Native.sh_flatten(this, start_dim, end_dim);

        public Tensor transpose(long dim0, long dim1) => Native.sh_transpose(this, dim0, dim1);

        public Tensor t() => Native.sh_t(this);

        /// <summary>The last two dimensions exchanged.</summary>
        public Tensor mT => transpose(-2, -1);

        public Tensor permute(params long[] permutation) => Native.sh_permute(this, permutation, permutation.Length);

        public Tensor unsqueeze(long dim) => Native.sh_unsqueeze(this, dim);

        public Tensor squeeze(long? dim = null) => dim is { } one ? Native.sh_squeeze_dim(this, one) : Native.sh_squeeze(this);

        public Tensor expand(params long[] sizes) => expand(sizes.AsSpan());

        public Tensor expand(long[] sizes, bool isImplicit = false) => expand(sizes.AsSpan(), isImplicit);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => Native.sh_expand(this, sizes, sizes.Length, isImplicit);

        public Tensor expand_as(Tensor other) => expand(other.shape.AsSpan());

        public Tensor broadcast_to(params long[] shape) => expand(shape.AsSpan());

        public Tensor repeat(params long[] sizes) => Native.sh_repeat(this, sizes, sizes.Length);

        /// <summary>Each element repeated in place, along a dimension or of the flattened tensor.</summary>
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Native.sh_repeat_interleave(this, repeats, dim is { } one ? [one] : default);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) =>
            Native.sh_repeat_interleave_each(this, repeats, dim is { } one ? [one] : default);

        public Tensor flip(params long[] dims) => Native.sh_flip(this, dims, dims.Length);

        public Tensor tril(long diagonal = 0) => Native.sh_tril(this, diagonal);

        public Tensor triu(long diagonal = 0) => Native.sh_triu(this, diagonal);
    }
}
