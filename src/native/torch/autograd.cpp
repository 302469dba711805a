// Gradients: who wants one, what it is, and the walk back.
#include "shim.h"

#include <torch/csrc/autograd/autograd.h>

namespace {

/// A null handle stands for "ones" (scalars only), as None does in Python.
std::vector<Tensor> gradients(Tensor* const* handles, int32_t count) {
    std::vector<Tensor> all;
    for (int32_t i = 0; i < count; ++i) all.push_back(handles[i] ? *handles[i] : Tensor());
    return all;
}

} // namespace

SH_API uint8_t sh_requires_grad(const Tensor* self) { return self->requires_grad(); }
SH_API int32_t sh_set_requires_grad(Tensor* self, uint8_t wanted) {
    return status([&] { self->requires_grad_(wanted != 0); });
}
SH_API uint8_t sh_is_leaf(const Tensor* self) { return self->is_leaf(); }
SH_API int32_t sh_retain_grad(Tensor* self) {
    return status([&] { self->retain_grad(); });
}

/// Null where there is no gradient (yet).
SH_API Tensor* sh_grad(const Tensor* self) {
    const auto& grad = self->grad();
    return grad.defined() ? new Tensor(grad) : nullptr;
}
SH_API int32_t sh_set_grad(Tensor* self, const Tensor* grad) {
    return status([&] {
        if (grad) TORCH_CHECK(grad->sizes() == self->sizes(), "a gradient of shape ", grad->sizes(), " does not fit a tensor of shape ", self->sizes());
        self->mutable_grad() = grad ? *grad : Tensor();
    });
}

SH_API Tensor* sh_detach(const Tensor* self) {
    return result([&] { return self->detach(); });
}
SH_API int32_t sh_detach_(Tensor* self) {
    return status([&] { self->detach_(); });
}

SH_API int32_t sh_backward(Tensor* const* outputs, int32_t output_count, Tensor* const* grads, int32_t grad_count, uint8_t retain_graph,
                           uint8_t create_graph, Tensor* const* inputs, int32_t input_count) {
    return status([&] {
        torch::autograd::backward(shim::tensors(outputs, output_count), gradients(grads, grad_count), retain_graph != 0, create_graph != 0,
                                  shim::tensors(inputs, input_count));
    });
}

/// Null among the results where an unused input was allowed.
SH_API int32_t sh_autograd_grad(Tensor* const* outputs, int32_t output_count, Tensor* const* inputs, int32_t input_count,
                                Tensor* const* grads, int32_t grad_count, uint8_t retain_graph, uint8_t create_graph, uint8_t allow_unused,
                                Tensor** results) {
    return status([&] {
        const auto made = torch::autograd::grad(shim::tensors(outputs, output_count), shim::tensors(inputs, input_count),
                                                gradients(grads, grad_count), retain_graph != 0, create_graph != 0, allow_unused != 0);
        for (size_t i = 0; i < made.size(); ++i) results[i] = made[i].defined() ? new Tensor(made[i]) : nullptr;
    });
}
