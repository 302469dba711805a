// Element by element: functions of one tensor, of two, and of a tensor and a number.
#include "shim.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/isinf.h>
#include <ATen/ops/isnan.h>
#include <ATen/ops/rsub.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/where.h>

#define UNARY(name, expression) \
    SH_API Tensor* sh_##name(const Tensor* self) { return result([&] { return expression; }); }

#define UNARY_(name) \
    SH_API int32_t sh_##name(Tensor* self) { return status([&] { self->name(); }); }

#define BINARY(name) \
    SH_API Tensor* sh_##name(const Tensor* self, const Tensor* other) { return result([&] { return self->name(*other); }); }

#define BINARY_(name) \
    SH_API int32_t sh_##name(Tensor* self, const Tensor* other) { return status([&] { self->name(*other); }); }

#define WITH_SCALAR(name) \
    SH_API Tensor* sh_##name##_scalar(const Tensor* self, sh_scalar other) { \
        return result([&] { return self->name(shim::scalar(other)); }); \
    }

#define WITH_SCALAR_(name) \
    SH_API int32_t sh_##name##_scalar_(Tensor* self, sh_scalar other) { return status([&] { self->name##_(shim::scalar(other)); }); }

UNARY(abs, self->abs())
UNARY(neg, self->neg())
UNARY(exp, self->exp())
UNARY(log, self->log())
UNARY(log1p, self->log1p())
UNARY(sqrt, self->sqrt())
UNARY(rsqrt, self->rsqrt())
UNARY(square, self->square())
UNARY(reciprocal, self->reciprocal())
UNARY(sin, self->sin())
UNARY(cos, self->cos())
UNARY(tanh, self->tanh())
UNARY(sigmoid, self->sigmoid())
UNARY(erf, self->erf())
UNARY(floor, self->floor())
UNARY(ceil, self->ceil())
UNARY(round, self->round())
UNARY(trunc, self->trunc())
UNARY(sign, self->sign())
UNARY(relu, self->relu())
UNARY(silu, at::silu(*self))
UNARY(gelu, at::gelu(*self))
UNARY(logical_not, self->logical_not())
UNARY(bitwise_not, self->bitwise_not())
UNARY(isnan, at::isnan(*self))
UNARY(isinf, at::isinf(*self))
UNARY(isfinite, at::isfinite(*self))

UNARY_(abs_)
UNARY_(neg_)
UNARY_(exp_)
UNARY_(log_)
UNARY_(sqrt_)
UNARY_(rsqrt_)
UNARY_(sin_)
UNARY_(cos_)
UNARY_(tanh_)
UNARY_(sigmoid_)
UNARY_(relu_)

SH_API int32_t sh_silu_(Tensor* self) {
    return status([&] { at::silu_(*self); });
}

BINARY(mul)
BINARY(maximum)
BINARY(minimum)
BINARY(remainder)
BINARY(pow)
BINARY(eq)
BINARY(ne)
BINARY(lt)
BINARY(le)
BINARY(gt)
BINARY(ge)
BINARY(logical_and)
BINARY(logical_or)
BINARY(logical_xor)
BINARY(bitwise_and)
BINARY(bitwise_or)
BINARY(bitwise_xor)

BINARY_(mul_)
BINARY_(pow_)

WITH_SCALAR(mul)
WITH_SCALAR(remainder)
WITH_SCALAR(pow)
WITH_SCALAR(eq)
WITH_SCALAR(ne)
WITH_SCALAR(lt)
WITH_SCALAR(le)
WITH_SCALAR(gt)
WITH_SCALAR(ge)

WITH_SCALAR_(mul)
WITH_SCALAR_(pow)

SH_API Tensor* sh_add(const Tensor* self, const Tensor* other, sh_scalar alpha) {
    return result([&] { return self->add(*other, shim::scalar(alpha)); });
}
SH_API Tensor* sh_add_scalar(const Tensor* self, sh_scalar other, sh_scalar alpha) {
    return result([&] { return self->add(shim::scalar(other), shim::scalar(alpha)); });
}
SH_API int32_t sh_add_(Tensor* self, const Tensor* other, sh_scalar alpha) {
    return status([&] { self->add_(*other, shim::scalar(alpha)); });
}
SH_API int32_t sh_add_scalar_(Tensor* self, sh_scalar other, sh_scalar alpha) {
    return status([&] { self->add_(shim::scalar(other), shim::scalar(alpha)); });
}

SH_API Tensor* sh_sub(const Tensor* self, const Tensor* other) {
    return result([&] { return self->sub(*other); });
}
SH_API Tensor* sh_sub_scalar(const Tensor* self, sh_scalar other) {
    return result([&] { return self->sub(shim::scalar(other)); });
}
SH_API int32_t sh_sub_(Tensor* self, const Tensor* other) {
    return status([&] { self->sub_(*other); });
}
SH_API int32_t sh_sub_scalar_(Tensor* self, sh_scalar other) {
    return status([&] { self->sub_(shim::scalar(other)); });
}
/// other - self
SH_API Tensor* sh_rsub_scalar(const Tensor* self, sh_scalar other) {
    return result([&] { return at::rsub(*self, shim::scalar(other)); });
}

namespace {

/// 0 true division, 1 towards zero, 2 towards minus infinity.
shim::optional<c10::string_view> rounding(int32_t mode) {
    return mode == 1 ? shim::optional<c10::string_view>("trunc") : mode == 2 ? shim::optional<c10::string_view>("floor") : shim::optional<c10::string_view>();
}

} // namespace

SH_API Tensor* sh_div(const Tensor* self, const Tensor* other, int32_t mode) {
    return result([&] { return self->div(*other, rounding(mode)); });
}
SH_API Tensor* sh_div_scalar(const Tensor* self, sh_scalar other, int32_t mode) {
    return result([&] { return self->div(shim::scalar(other), rounding(mode)); });
}
SH_API int32_t sh_div_(Tensor* self, const Tensor* other, int32_t mode) {
    return status([&] { self->div_(*other, rounding(mode)); });
}
SH_API int32_t sh_div_scalar_(Tensor* self, sh_scalar other, int32_t mode) {
    return status([&] { self->div_(shim::scalar(other), rounding(mode)); });
}

/// other / self
SH_API Tensor* sh_rdiv_scalar(const Tensor* self, sh_scalar other) {
    return result([&] { return self->reciprocal().mul(shim::scalar(other)); });
}

SH_API Tensor* sh_addcmul(const Tensor* self, const Tensor* first, const Tensor* second, sh_scalar value) {
    return result([&] { return self->addcmul(*first, *second, shim::scalar(value)); });
}
SH_API int32_t sh_addcmul_(Tensor* self, const Tensor* first, const Tensor* second, sh_scalar value) {
    return status([&] { self->addcmul_(*first, *second, shim::scalar(value)); });
}
SH_API Tensor* sh_addcdiv(const Tensor* self, const Tensor* first, const Tensor* second, sh_scalar value) {
    return result([&] { return self->addcdiv(*first, *second, shim::scalar(value)); });
}
SH_API int32_t sh_addcdiv_(Tensor* self, const Tensor* first, const Tensor* second, sh_scalar value) {
    return status([&] { self->addcdiv_(*first, *second, shim::scalar(value)); });
}
SH_API Tensor* sh_lerp(const Tensor* self, const Tensor* end, const Tensor* weight) {
    return result([&] { return self->lerp(*end, *weight); });
}
SH_API int32_t sh_lerp_(Tensor* self, const Tensor* end, const Tensor* weight) {
    return status([&] { self->lerp_(*end, *weight); });
}

SH_API Tensor* sh_clamp(const Tensor* self, sh_scalar min, sh_scalar max) {
    return result([&] { return self->clamp(shim::optional_scalar(min), shim::optional_scalar(max)); });
}
SH_API int32_t sh_clamp_(Tensor* self, sh_scalar min, sh_scalar max) {
    return status([&] { self->clamp_(shim::optional_scalar(min), shim::optional_scalar(max)); });
}

SH_API Tensor* sh_where(const Tensor* condition, const Tensor* self, const Tensor* other) {
    return result([&] { return at::where(*condition, *self, *other); });
}
SH_API Tensor* sh_masked_fill(const Tensor* self, const Tensor* mask, sh_scalar value) {
    return result([&] { return self->masked_fill(*mask, shim::scalar(value)); });
}
SH_API int32_t sh_masked_fill_(Tensor* self, const Tensor* mask, sh_scalar value) {
    return status([&] { self->masked_fill_(*mask, shim::scalar(value)); });
}
