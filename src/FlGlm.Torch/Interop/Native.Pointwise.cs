using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// Element by element: functions of one tensor, of two, and of a tensor and a number. See src/native/torch/pointwise.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial Tensor sh_abs(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_neg(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_exp(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_log(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_log1p(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_sqrt(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_rsqrt(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_square(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_reciprocal(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_sin(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_cos(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_tanh(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_sigmoid(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_erf(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_floor(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_ceil(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_round(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_trunc(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_sign(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_relu(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_silu(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_gelu(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_logical_not(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_bitwise_not(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_isnan(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_isinf(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_isfinite(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_abs_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_neg_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_exp_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_log_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_sqrt_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_rsqrt_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_sin_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_cos_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_tanh_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_sigmoid_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_relu_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status sh_silu_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor sh_mul(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_maximum(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_minimum(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_remainder(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_pow(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_eq(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_ne(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_lt(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_le(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_gt(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_ge(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_logical_and(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_logical_or(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_logical_xor(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_bitwise_and(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_bitwise_or(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_bitwise_xor(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Status sh_mul_(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Status sh_pow_(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_mul_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_remainder_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_pow_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_eq_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_ne_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_lt_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_le_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_gt_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_ge_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Status sh_mul_scalar_(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Status sh_pow_scalar_(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_add(Tensor self, Tensor other, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Tensor sh_add_scalar(Tensor self, Scalar other, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Status sh_add_(Tensor self, Tensor other, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Status sh_add_scalar_(Tensor self, Scalar other, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Tensor sh_sub(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_sub_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Status sh_sub_(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Status sh_sub_scalar_(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_rsub_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_div(Tensor self, Tensor other, int mode);

    [LibraryImport(Library)]
    internal static partial Tensor sh_div_scalar(Tensor self, Scalar other, int mode);

    [LibraryImport(Library)]
    internal static partial Status sh_div_(Tensor self, Tensor other, int mode);

    [LibraryImport(Library)]
    internal static partial Status sh_div_scalar_(Tensor self, Scalar other, int mode);

    [LibraryImport(Library)]
    internal static partial Tensor sh_rdiv_scalar(Tensor self, Scalar other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_addcmul(Tensor self, Tensor first, Tensor second, Scalar value);

    [LibraryImport(Library)]
    internal static partial Status sh_addcmul_(Tensor self, Tensor first, Tensor second, Scalar value);

    [LibraryImport(Library)]
    internal static partial Tensor sh_addcdiv(Tensor self, Tensor first, Tensor second, Scalar value);

    [LibraryImport(Library)]
    internal static partial Status sh_addcdiv_(Tensor self, Tensor first, Tensor second, Scalar value);

    [LibraryImport(Library)]
    internal static partial Tensor sh_lerp(Tensor self, Tensor end, Tensor weight);

    [LibraryImport(Library)]
    internal static partial Status sh_lerp_(Tensor self, Tensor end, Tensor weight);

    [LibraryImport(Library)]
    internal static partial Tensor sh_clamp(Tensor self, Scalar? min, Scalar? max);

    [LibraryImport(Library)]
    internal static partial Status sh_clamp_(Tensor self, Scalar? min, Scalar? max);

    [LibraryImport(Library)]
    internal static partial Tensor sh_where(Tensor condition, Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_masked_fill(Tensor self, Tensor mask, Scalar value);

    [LibraryImport(Library)]
    internal static partial Status sh_masked_fill_(Tensor self, Tensor mask, Scalar value);
}
