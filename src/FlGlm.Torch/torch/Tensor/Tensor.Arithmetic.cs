using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Arithmetic, element by element with broadcasting; a trailing underscore works in place.
    public partial class Tensor
    {
        private static readonly Scalar One = 1;

        public Tensor add(Tensor target) => Native.sh_add(this, target, One);

        public Tensor add(Tensor target, Scalar alpha) => Native.sh_add(this, target, alpha);

        public Tensor add(Scalar scalar) => Native.sh_add_scalar(this, scalar, One);

        public Tensor add(Scalar scalar, Scalar alpha) => Native.sh_add_scalar(this, scalar, alpha);

        public Tensor add_(Tensor target) => Native.sh_add_(this, target, One).Then(this);

        public Tensor add_(Tensor target, Scalar alpha) => Native.sh_add_(this, target, alpha).Then(this);

        public Tensor add_(Scalar scalar) => Native.sh_add_scalar_(this, scalar, One).Then(this);

        public Tensor add_(Scalar scalar, Scalar alpha) => Native.sh_add_scalar_(this, scalar, alpha).Then(this);

        public Tensor sub(Tensor target) => Native.sh_sub(this, target);

        public Tensor sub(Scalar target) => Native.sh_sub_scalar(this, target);

        public Tensor sub_(Tensor target) => Native.sh_sub_(this, target).Then(this);

        public Tensor sub_(Scalar target) => Native.sh_sub_scalar_(this, target).Then(this);

        public Tensor mul(Tensor target) => Native.sh_mul(this, target);

        public Tensor mul(Scalar target) => Native.sh_mul_scalar(this, target);

        public Tensor mul_(Tensor target) => Native.sh_mul_(this, target).Then(this);

        public Tensor mul_(Scalar target) => Native.sh_mul_scalar_(this, target).Then(this);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Native.sh_div(this, target, (int)rounding_mode);

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Native.sh_div_scalar(this, target, (int)rounding_mode);

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Native.sh_div_(this, target, (int)rounding_mode).Then(this);

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Native.sh_div_scalar_(this, target, (int)rounding_mode).Then(this);

        public Tensor pow(Tensor exponent) => Native.sh_pow(this, exponent);

        public Tensor pow(Scalar exponent) => Native.sh_pow_scalar(this, exponent);

        public Tensor pow_(Tensor exponent) => Native.sh_pow_(this, exponent).Then(this);

        public Tensor pow_(Scalar exponent) => Native.sh_pow_scalar_(this, exponent).Then(this);

        public Tensor remainder(Tensor target) => Native.sh_remainder(this, target);

        public Tensor remainder(Scalar scalar) => Native.sh_remainder_scalar(this, scalar);

        public Tensor maximum(Tensor other) => Native.sh_maximum(this, other);

        public Tensor minimum(Tensor other) => Native.sh_minimum(this, other);

        /// <summary>self + value * tensor1 * tensor2</summary>
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Native.sh_addcmul(this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Native.sh_addcmul_(this, tensor1, tensor2, value).Then(this);

        /// <summary>self + value * tensor1 / tensor2</summary>
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Native.sh_addcdiv(this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => addcdiv(tensor1, tensor2, One);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Native.sh_addcdiv_(this, tensor1, tensor2, value).Then(this);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => addcdiv_(tensor1, tensor2, One);

        /// <summary>self + weight * (end - self)</summary>
        public Tensor lerp(Tensor end, Tensor weight) => Native.sh_lerp(this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight) => Native.sh_lerp_(this, end, weight).Then(this);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Native.sh_clamp(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Native.sh_clamp_(this, min, max).Then(this);

        public Tensor clamp_min(Scalar min) => clamp(min);

        public Tensor clamp_max(Scalar max) => clamp(null, max);

        /// <summary>This where the condition holds, else y.</summary>
        public Tensor where(Tensor condition, Tensor y) => Native.sh_where(condition, this, y);

        /// <summary>A copy with the value wherever the mask holds.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => Native.sh_masked_fill(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Native.sh_masked_fill_(this, mask, value).Then(this);
    }
}
