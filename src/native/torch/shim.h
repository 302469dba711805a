// The C ABI over libtorch: what every part shares.
//
// A handle is an owned at::Tensor*. A function that makes a tensor returns null on failure, one that does not returns
// a status (0 is success); the reason stays with the thread until its next failure (sh_last_error). No exception
// crosses the border. Integers have fixed sizes; a bool is one byte.
#pragma once

#include "compat.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

#define SH_API extern "C" __attribute__((visibility("default")))

using Tensor = at::Tensor;

/// A number: kind 0 integer, 1 floating point, 2 boolean, -1 none.
struct sh_scalar {
    double real;
    int64_t integer;
    int32_t kind;
};

/// Where and as what a tensor is made: -1 takes the default (dtype) or the processor (device).
struct sh_options {
    int32_t dtype;
    int32_t device_type;
    int32_t device_index;
    int32_t requires_grad;
};

namespace shim {

/// Keeps the message of the exception being handled for this thread.
void remember_failure() noexcept;

template <class Make>
Tensor* result(Make make) noexcept {
    try {
        return new Tensor(make());
    } catch (...) {
        remember_failure();
        return nullptr;
    }
}

template <class Work>
int32_t status(Work work) noexcept {
    try {
        work();
        return 0;
    } catch (...) {
        remember_failure();
        return 1;
    }
}

/// Runs work that answers a number, or -1 on failure.
template <class Work>
int64_t number(Work work) noexcept {
    try {
        return work();
    } catch (...) {
        remember_failure();
        return -1;
    }
}

inline at::Scalar scalar(sh_scalar value) {
    return value.kind == 1 ? at::Scalar(value.real) : value.kind == 2 ? at::Scalar(value.integer != 0) : at::Scalar(value.integer);
}

inline optional<at::Scalar> optional_scalar(sh_scalar value) {
    return value.kind < 0 ? optional<at::Scalar>() : optional<at::Scalar>(scalar(value));
}

inline optional<Tensor> optional_tensor(const Tensor* tensor) {
    return tensor ? optional<Tensor>(*tensor) : optional<Tensor>();
}

inline optional<at::ScalarType> optional_dtype(int32_t dtype) {
    return dtype < 0 ? optional<at::ScalarType>() : optional<at::ScalarType>(static_cast<at::ScalarType>(dtype));
}

inline at::Device device(int32_t type, int32_t index) {
    return at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index));
}

inline at::TensorOptions options(sh_options wanted) {
    return at::TensorOptions()
        .dtype(optional_dtype(wanted.dtype))
        .device(wanted.device_type < 0 ? at::Device(at::kCPU) : device(wanted.device_type, wanted.device_index));
}

inline at::IntArrayRef ints(const int64_t* values, int32_t count) {
    return at::IntArrayRef(values, static_cast<size_t>(count));
}

/// Null means "all dimensions".
inline optional<at::IntArrayRef> optional_ints(const int64_t* values, int32_t count) {
    return values ? optional<at::IntArrayRef>(ints(values, count)) : optional<at::IntArrayRef>();
}

inline std::vector<Tensor> tensors(Tensor* const* handles, int32_t count) {
    std::vector<Tensor> all;
    all.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; ++i) all.push_back(*handles[i]);
    return all;
}

/// Hands the parts out as owned handles; the caller has computed how many there are.
inline void hand_out(const std::vector<Tensor>& parts, Tensor** handles, int32_t count) {
    TORCH_CHECK(parts.size() == static_cast<size_t>(count), "expected ", count, " parts, got ", parts.size());
    for (int32_t i = 0; i < count; ++i) handles[i] = new Tensor(parts[static_cast<size_t>(i)]);
}

} // namespace shim

using shim::number;
using shim::result;
using shim::status;
