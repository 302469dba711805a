// Differences between libtorch 1.13 and 2.x, all in one place.
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#include <ATen/ops/scaled_dot_product_attention.h>
#else
#include <ATen/ops/_scaled_dot_product_attention.h>
#endif

#include <tuple>

namespace shim {

// c10::optional became an alias of std::optional (2.2), and may go.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
template <class T>
using optional = std::optional<T>;
#else
template <class T>
using optional = c10::optional<T>;
#endif

#if TORCH_VERSION_MAJOR >= 2

// Slices take symbolic integers; the correction of std and var is a number of any kind.
using slice_int = c10::SymInt;
using correction = at::Scalar;

inline at::Tensor attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const optional<at::Tensor>& mask,
                            double dropout, bool is_causal) {
    return at::scaled_dot_product_attention(query, key, value, mask, dropout, is_causal);
}

#else

using slice_int = int64_t;
using correction = int64_t;

inline at::Tensor attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const optional<at::Tensor>& mask,
                            double dropout, bool is_causal) {
    return std::get<0>(at::_scaled_dot_product_attention(query, key, value, mask, dropout, false, is_causal));
}

#endif

} // namespace shim
