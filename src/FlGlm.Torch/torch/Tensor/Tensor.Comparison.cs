using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Comparison and logic, element by element; the results are booleans.
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Native.sh_eq(this, target);

        public Tensor eq(Scalar target) => Native.sh_eq_scalar(this, target);

        public Tensor ne(Tensor target) => Native.sh_ne(this, target);

        public Tensor ne(Scalar target) => Native.sh_ne_scalar(this, target);

        public Tensor lt(Tensor target) => Native.sh_lt(this, target);

        public Tensor lt(Scalar target) => Native.sh_lt_scalar(this, target);

        public Tensor le(Tensor target) => Native.sh_le(this, target);

        public Tensor le(Scalar target) => Native.sh_le_scalar(this, target);

        public Tensor gt(Tensor target) => Native.sh_gt(this, target);

        public Tensor gt(Scalar target) => Native.sh_gt_scalar(this, target);

        public Tensor ge(Tensor target) => Native.sh_ge(this, target);

        public Tensor ge(Scalar target) => Native.sh_ge_scalar(this, target);

        /// <summary>Element by element, as eq; Equals compares the whole.</summary>
        public Tensor equal(Tensor target) => eq(target);

        /// <summary>Whether the shapes are equal and every element is within atol + rtol * |target|.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Native.sh_allclose(this, target, rtol, atol, equal_nan) switch
            {
                < 0 => throw Native.Failure(),
                var answer => answer == 1,
            };

        public Tensor logical_and(Tensor other) => Native.sh_logical_and(this, other);

        public Tensor logical_or(Tensor other) => Native.sh_logical_or(this, other);

        public Tensor logical_xor(Tensor other) => Native.sh_logical_xor(this, other);

        public Tensor bitwise_and(Tensor other) => Native.sh_bitwise_and(this, other);

        public Tensor bitwise_or(Tensor other) => Native.sh_bitwise_or(this, other);

        public Tensor bitwise_xor(Tensor other) => Native.sh_bitwise_xor(this, other);

        public Tensor logical_not() => Native.sh_logical_not(this);

        public Tensor bitwise_not() => Native.sh_bitwise_not(this);

        public Tensor isnan() => Native.sh_isnan(this);

        public Tensor isinf() => Native.sh_isinf(this);

        public Tensor isfinite() => Native.sh_isfinite(this);
    }
}
