// Layers and losses without state.
#include "shim.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/nll_loss_nd.h>
#include <ATen/ops/one_hot.h>

SH_API Tensor* sh_linear(const Tensor* input, const Tensor* weight, const Tensor* bias) {
    return result([&] { return at::linear(*input, *weight, shim::optional_tensor(bias)); });
}
SH_API Tensor* sh_softmax(const Tensor* self, int64_t dim, int32_t dtype) {
    return result([&] { return self->softmax(dim, shim::optional_dtype(dtype)); });
}
SH_API Tensor* sh_log_softmax(const Tensor* self, int64_t dim, int32_t dtype) {
    return result([&] { return self->log_softmax(dim, shim::optional_dtype(dtype)); });
}
SH_API Tensor* sh_cross_entropy(const Tensor* input, const Tensor* target, const Tensor* weight, int64_t reduction, int64_t ignore_index,
                                double label_smoothing) {
    return result([&] {
        return at::cross_entropy_loss(*input, *target, shim::optional_tensor(weight), reduction, ignore_index, label_smoothing);
    });
}
SH_API Tensor* sh_nll_loss(const Tensor* input, const Tensor* target, const Tensor* weight, int64_t reduction) {
    return result([&] { return at::nll_loss_nd(*input, *target, shim::optional_tensor(weight), reduction); });
}
SH_API Tensor* sh_mse_loss(const Tensor* input, const Tensor* target, int64_t reduction) {
    return result([&] { return at::mse_loss(*input, *target, reduction); });
}
SH_API Tensor* sh_layer_norm(const Tensor* input, const int64_t* shape, int32_t count, const Tensor* weight, const Tensor* bias, double eps) {
    return result([&] {
        return at::layer_norm(*input, shim::ints(shape, count), shim::optional_tensor(weight), shim::optional_tensor(bias), eps);
    });
}
SH_API Tensor* sh_dropout(const Tensor* input, double p, uint8_t training) {
    return result([&] { return at::dropout(*input, p, training != 0); });
}
SH_API int32_t sh_dropout_(Tensor* input, double p, uint8_t training) {
    return status([&] { at::dropout_(*input, p, training != 0); });
}
SH_API Tensor* sh_one_hot(const Tensor* self, int64_t classes) {
    return result([&] { return at::one_hot(*self, classes); });
}
SH_API Tensor* sh_scaled_dot_product_attention(const Tensor* query, const Tensor* key, const Tensor* value, const Tensor* mask, double p,
                                               uint8_t is_causal) {
    return result([&] { return shim::attention(*query, *key, *value, shim::optional_tensor(mask), p, is_causal != 0); });
}
