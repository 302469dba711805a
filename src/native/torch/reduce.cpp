// Many elements to few: sums, extremes, orders, comparisons of whole tensors.
#include "shim.h"

#include <functional>
#include <tuple>

namespace {

int32_t pair(Tensor** first, Tensor** second, const std::function<std::tuple<Tensor, Tensor>()>& make) {
    return status([&] {
        auto made = make();
        *first = new Tensor(std::get<0>(made));
        *second = new Tensor(std::get<1>(made));
    });
}

/// Unbiased estimates divide by n - 1.
shim::optional<shim::correction> correction(uint8_t unbiased) { return shim::correction(unbiased ? int64_t{1} : int64_t{0}); }

} // namespace

SH_API Tensor* sh_sum(const Tensor* self, const int64_t* dims, int32_t count, uint8_t keepdim, int32_t dtype) {
    return result([&] { return self->sum(shim::optional_ints(dims, count), keepdim != 0, shim::optional_dtype(dtype)); });
}
SH_API Tensor* sh_mean(const Tensor* self, const int64_t* dims, int32_t count, uint8_t keepdim, int32_t dtype) {
    return result([&] { return self->mean(shim::optional_ints(dims, count), keepdim != 0, shim::optional_dtype(dtype)); });
}
SH_API Tensor* sh_prod(const Tensor* self, int32_t dtype) {
    return result([&] { return self->prod(shim::optional_dtype(dtype)); });
}
SH_API Tensor* sh_std(const Tensor* self, const int64_t* dims, int32_t count, uint8_t unbiased, uint8_t keepdim) {
    return result([&] { return self->std(shim::optional_ints(dims, count), correction(unbiased), keepdim != 0); });
}
SH_API Tensor* sh_var(const Tensor* self, const int64_t* dims, int32_t count, uint8_t unbiased, uint8_t keepdim) {
    return result([&] { return self->var(shim::optional_ints(dims, count), correction(unbiased), keepdim != 0); });
}
SH_API Tensor* sh_logsumexp(const Tensor* self, int64_t dim, uint8_t keepdim) {
    return result([&] { return self->logsumexp(dim, keepdim != 0); });
}
SH_API Tensor* sh_norm(const Tensor* self, double p) {
    return result([&] { return self->norm(p); });
}
SH_API Tensor* sh_norm_dim(const Tensor* self, int64_t dim, uint8_t keepdim, double p) {
    return result([&] { return self->norm(at::Scalar(p), dim, keepdim != 0); });
}
SH_API Tensor* sh_cumsum(const Tensor* self, int64_t dim, int32_t dtype) {
    return result([&] { return self->cumsum(dim, shim::optional_dtype(dtype)); });
}

SH_API Tensor* sh_max(const Tensor* self) {
    return result([&] { return self->max(); });
}
SH_API Tensor* sh_min(const Tensor* self) {
    return result([&] { return self->min(); });
}
SH_API int32_t sh_max_dim(const Tensor* self, int64_t dim, uint8_t keepdim, Tensor** values, Tensor** indices) {
    return pair(values, indices, [&] { return self->max(dim, keepdim != 0); });
}
SH_API int32_t sh_min_dim(const Tensor* self, int64_t dim, uint8_t keepdim, Tensor** values, Tensor** indices) {
    return pair(values, indices, [&] { return self->min(dim, keepdim != 0); });
}
SH_API Tensor* sh_amax(const Tensor* self, const int64_t* dims, int32_t count, uint8_t keepdim) {
    return result([&] { return self->amax(shim::ints(dims, count), keepdim != 0); });
}
SH_API Tensor* sh_amin(const Tensor* self, const int64_t* dims, int32_t count, uint8_t keepdim) {
    return result([&] { return self->amin(shim::ints(dims, count), keepdim != 0); });
}
SH_API Tensor* sh_argmax(const Tensor* self) {
    return result([&] { return self->argmax(); });
}
SH_API Tensor* sh_argmax_dim(const Tensor* self, int64_t dim, uint8_t keepdim) {
    return result([&] { return self->argmax(dim, keepdim != 0); });
}
SH_API Tensor* sh_argmin(const Tensor* self) {
    return result([&] { return self->argmin(); });
}
SH_API Tensor* sh_argmin_dim(const Tensor* self, int64_t dim, uint8_t keepdim) {
    return result([&] { return self->argmin(dim, keepdim != 0); });
}
SH_API int32_t sh_topk(const Tensor* self, int64_t k, int64_t dim, uint8_t largest, uint8_t sorted, Tensor** values, Tensor** indices) {
    return pair(values, indices, [&] { return self->topk(k, dim, largest != 0, sorted != 0); });
}
SH_API int32_t sh_sort(const Tensor* self, int64_t dim, uint8_t descending, uint8_t stable, Tensor** values, Tensor** indices) {
    return pair(values, indices, [&] { return self->sort(stable != 0, dim, descending != 0); });
}
SH_API Tensor* sh_argsort(const Tensor* self, int64_t dim, uint8_t descending) {
    return result([&] { return self->argsort(dim, descending != 0); });
}

SH_API Tensor* sh_all(const Tensor* self) {
    return result([&] { return self->all(); });
}
SH_API Tensor* sh_all_dim(const Tensor* self, int64_t dim, uint8_t keepdim) {
    return result([&] { return self->all(dim, keepdim != 0); });
}
SH_API Tensor* sh_any(const Tensor* self) {
    return result([&] { return self->any(); });
}
SH_API Tensor* sh_any_dim(const Tensor* self, int64_t dim, uint8_t keepdim) {
    return result([&] { return self->any(dim, keepdim != 0); });
}
SH_API Tensor* sh_nonzero(const Tensor* self) {
    return result([&] { return self->nonzero(); });
}

/// 1 yes, 0 no, -1 failure.
SH_API int64_t sh_equal(const Tensor* self, const Tensor* other) {
    return number([&] { return static_cast<int64_t>(self->equal(*other)); });
}
SH_API int64_t sh_allclose(const Tensor* self, const Tensor* other, double rtol, double atol, uint8_t equal_nan) {
    return number([&] { return static_cast<int64_t>(self->allclose(*other, rtol, atol, equal_nan != 0)); });
}
