// Products of matrices and vectors.
#include "shim.h"

#include <ATen/ops/einsum.h>

SH_API Tensor* sh_matmul(const Tensor* self, const Tensor* other) {
    return result([&] { return self->matmul(*other); });
}
SH_API Tensor* sh_mm(const Tensor* self, const Tensor* other) {
    return result([&] { return self->mm(*other); });
}
SH_API Tensor* sh_mv(const Tensor* self, const Tensor* other) {
    return result([&] { return self->mv(*other); });
}
SH_API Tensor* sh_bmm(const Tensor* self, const Tensor* other) {
    return result([&] { return self->bmm(*other); });
}
SH_API Tensor* sh_dot(const Tensor* self, const Tensor* other) {
    return result([&] { return self->dot(*other); });
}
SH_API Tensor* sh_outer(const Tensor* self, const Tensor* other) {
    return result([&] { return self->outer(*other); });
}
SH_API Tensor* sh_addmm(const Tensor* self, const Tensor* first, const Tensor* second, double beta, double alpha) {
    return result([&] { return self->addmm(*first, *second, beta, alpha); });
}
SH_API Tensor* sh_baddbmm(const Tensor* self, const Tensor* first, const Tensor* second, double beta, double alpha) {
    return result([&] { return self->baddbmm(*first, *second, beta, alpha); });
}
SH_API Tensor* sh_einsum(const char* equation, Tensor* const* operands, int32_t count) {
    return result([&] { return at::einsum(equation, shim::tensors(operands, count)); });
}
