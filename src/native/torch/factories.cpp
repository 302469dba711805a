// Tensors out of nothing: constants, ranges, random numbers.
#include "generator.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/zeros.h>

namespace {

template <class Make>
Tensor* made(sh_options wanted, Make make) {
    return result([&] {
        Tensor tensor = make(shim::options(wanted));
        return wanted.requires_grad ? tensor.requires_grad_(true) : tensor;
    });
}

} // namespace

SH_API Tensor* sh_empty(const int64_t* sizes, int32_t count, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) { return at::empty(shim::ints(sizes, count), options); });
}
SH_API Tensor* sh_zeros(const int64_t* sizes, int32_t count, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) { return at::zeros(shim::ints(sizes, count), options); });
}
SH_API Tensor* sh_ones(const int64_t* sizes, int32_t count, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) { return at::ones(shim::ints(sizes, count), options); });
}
SH_API Tensor* sh_full(const int64_t* sizes, int32_t count, sh_scalar value, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) { return at::full(shim::ints(sizes, count), shim::scalar(value), options); });
}
SH_API Tensor* sh_eye(int64_t rows, int64_t columns, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) { return at::eye(rows, columns, options); });
}
SH_API Tensor* sh_arange(sh_scalar start, sh_scalar stop, sh_scalar step, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) {
        return at::arange(shim::scalar(start), shim::scalar(stop), shim::scalar(step), options);
    });
}
SH_API Tensor* sh_linspace(double start, double end, int64_t steps, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) { return at::linspace(start, end, steps, options); });
}

SH_API Tensor* sh_rand(const int64_t* sizes, int32_t count, const at::Generator* generator, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) {
        return at::rand(shim::ints(sizes, count), shim::optional_generator(generator), options);
    });
}
SH_API Tensor* sh_randn(const int64_t* sizes, int32_t count, const at::Generator* generator, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) {
        return at::randn(shim::ints(sizes, count), shim::optional_generator(generator), options);
    });
}
SH_API Tensor* sh_randint(int64_t low, int64_t high, const int64_t* sizes, int32_t count, const at::Generator* generator,
                          sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) {
        return at::randint(low, high, shim::ints(sizes, count), shim::optional_generator(generator), options);
    });
}
SH_API Tensor* sh_randperm(int64_t n, const at::Generator* generator, sh_options wanted) {
    return made(wanted, [&](const at::TensorOptions& options) { return at::randperm(n, shim::optional_generator(generator), options); });
}

SH_API int32_t sh_uniform_(Tensor* self, double from, double to, const at::Generator* generator) {
    return status([&] { self->uniform_(from, to, shim::optional_generator(generator)); });
}
SH_API int32_t sh_normal_(Tensor* self, double mean, double std, const at::Generator* generator) {
    return status([&] { self->normal_(mean, std, shim::optional_generator(generator)); });
}
SH_API int32_t sh_bernoulli_(Tensor* self, double p, const at::Generator* generator) {
    return status([&] { self->bernoulli_(p, shim::optional_generator(generator)); });
}
SH_API Tensor* sh_bernoulli(const Tensor* self, const at::Generator* generator) {
    return result([&] { return self->bernoulli(shim::optional_generator(generator)); });
}
SH_API Tensor* sh_multinomial(const Tensor* self, int64_t samples, uint8_t replacement, const at::Generator* generator) {
    return result([&] { return self->multinomial(samples, replacement != 0, shim::optional_generator(generator)); });
}
