using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Functions of each element; a trailing underscore works in place.
    public partial class Tensor
    {
        public Tensor abs() => Native.sh_abs(this);

        public Tensor neg() => Native.sh_neg(this);

        public Tensor exp() => Native.sh_exp(this);

        public Tensor log() => Native.sh_log(this);

        public Tensor log1p() => Native.sh_log1p(this);

        public Tensor sqrt() => Native.sh_sqrt(this);

        public Tensor rsqrt() => Native.sh_rsqrt(this);

        public Tensor square() => Native.sh_square(this);

        public Tensor reciprocal() => Native.sh_reciprocal(this);

        public Tensor sin() => Native.sh_sin(this);

        public Tensor cos() => Native.sh_cos(this);

        public Tensor tanh() => Native.sh_tanh(this);

        public Tensor sigmoid() => Native.sh_sigmoid(this);

        public Tensor erf() => Native.sh_erf(this);

        public Tensor floor() => Native.sh_floor(this);

        public Tensor ceil() => Native.sh_ceil(this);

        public Tensor trunc() => Native.sh_trunc(this);

        public Tensor sign() => Native.sh_sign(this);

        public Tensor relu() => Native.sh_relu(this);

        public Tensor silu() => Native.sh_silu(this);

        public Tensor gelu() => Native.sh_gelu(this);

        public Tensor abs_() => Native.sh_abs_(this).Then(this);

        public Tensor neg_() => Native.sh_neg_(this).Then(this);

        public Tensor exp_() => Native.sh_exp_(this).Then(this);

        public Tensor log_() => Native.sh_log_(this).Then(this);

        public Tensor sqrt_() => Native.sh_sqrt_(this).Then(this);

        public Tensor rsqrt_() => Native.sh_rsqrt_(this).Then(this);

        public Tensor sin_() => Native.sh_sin_(this).Then(this);

        public Tensor cos_() => Native.sh_cos_(this).Then(this);

        public Tensor tanh_() => Native.sh_tanh_(this).Then(this);

        public Tensor sigmoid_() => Native.sh_sigmoid_(this).Then(this);

        public Tensor relu_() => Native.sh_relu_(this).Then(this);
    }
}
