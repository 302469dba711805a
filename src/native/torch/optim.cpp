// One optimizer step for one parameter, in the order of operations of torch.optim's single-tensor form.
#include "shim.h"

#include <ATen/ops/maximum.h>
#include <c10/core/GradMode.h>

#include <cmath>

/// `steps` counts this step. With `decoupled` decay (AdamW) the parameter shrinks first; else (Adam) decay joins the gradient.
/// A null `max_exp_avg_sq` leaves AMSGrad out.
SH_API int32_t sh_adam_step(Tensor* parameter, const Tensor* gradient, Tensor* exp_avg, Tensor* exp_avg_sq, Tensor* max_exp_avg_sq,
                            int64_t steps, double lr, double beta1, double beta2, double eps, double weight_decay, uint8_t decoupled,
                            uint8_t maximize) {
    return status([&] {
        c10::AutoGradMode no_grad(false);
        Tensor grad = maximize ? gradient->neg() : *gradient;
        if (weight_decay != 0) {
            if (decoupled) parameter->mul_(1 - lr * weight_decay);
            else grad = grad.add(*parameter, weight_decay);
        }
        exp_avg->mul_(beta1).add_(grad, 1 - beta1);
        exp_avg_sq->mul_(beta2).addcmul_(grad, grad, 1 - beta2);
        const double step_size = lr / (1 - std::pow(beta1, steps));
        const double root = std::sqrt(1 - std::pow(beta2, steps));
        if (max_exp_avg_sq) at::maximum_out(*max_exp_avg_sq, *max_exp_avg_sq, *exp_avg_sq);
        const Tensor denominator = (max_exp_avg_sq ? max_exp_avg_sq : exp_avg_sq)->sqrt().div_(root).add_(eps);
        parameter->addcdiv_(*exp_avg, denominator, -step_size);
    });
}

/// `momentum_buffer` is null without momentum; `first` says that it holds nothing yet.
SH_API int32_t sh_sgd_step(Tensor* parameter, const Tensor* gradient, Tensor* momentum_buffer, uint8_t first, double lr, double momentum,
                           double dampening, double weight_decay, uint8_t nesterov, uint8_t maximize) {
    return status([&] {
        c10::AutoGradMode no_grad(false);
        Tensor grad = maximize ? gradient->neg() : *gradient;
        if (weight_decay != 0) grad = grad.add(*parameter, weight_decay);
        if (momentum_buffer) {
            if (first) momentum_buffer->copy_(grad);
            else momentum_buffer->mul_(momentum).add_(grad, 1 - dampening);
            grad = nesterov ? grad.add(*momentum_buffer, momentum) : *momentum_buffer;
        }
        parameter->add_(grad, -lr);
    });
}
