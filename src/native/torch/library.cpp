// Versions, errors, threads, modes and devices: what concerns the library as a whole.
#include "shim.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/DefaultDtype.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/cuda.h>

#include <string>

namespace {

thread_local std::string last_error;

/// Raised with every change of this ABI; the managed side names the one it was compiled for.
constexpr int32_t abi_version = 1;

} // namespace

void shim::remember_failure() noexcept {
    try {
        throw;
    } catch (const c10::Error& error) {
        last_error = error.what_without_backtrace();
    } catch (const std::exception& error) {
        last_error = error.what();
    } catch (...) {
        last_error = "an exception of an unknown type";
    }
}

SH_API int32_t sh_version() { return abi_version; }
SH_API const char* sh_torch_version() { return TORCH_VERSION; }
SH_API const char* sh_last_error() { return last_error.c_str(); }

SH_API int32_t sh_get_num_threads() { return at::get_num_threads(); }
SH_API int32_t sh_set_num_threads(int32_t count) { return status([&] { at::set_num_threads(count); }); }
SH_API int32_t sh_get_num_interop_threads() { return static_cast<int32_t>(at::get_num_interop_threads()); }
SH_API int32_t sh_set_num_interop_threads(int32_t count) { return status([&] { at::set_num_interop_threads(count); }); }

SH_API uint8_t sh_is_grad_enabled() { return c10::GradMode::is_enabled(); }
SH_API void sh_set_grad_enabled(uint8_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

SH_API uint8_t sh_is_inference_mode_enabled() { return c10::InferenceMode::is_enabled(); }
SH_API void* sh_inference_mode_enter(uint8_t enabled) { return new c10::InferenceMode(enabled != 0); }
SH_API void sh_inference_mode_leave(void* mode) { delete static_cast<c10::InferenceMode*>(mode); }

SH_API int32_t sh_get_default_dtype() { return static_cast<int32_t>(c10::get_default_dtype_as_scalartype()); }
SH_API int32_t sh_set_default_dtype(int32_t dtype) {
    return status([&] { c10::set_default_dtype(c10::scalarTypeToTypeMeta(static_cast<at::ScalarType>(dtype))); });
}

SH_API uint8_t sh_cuda_is_available() {
    try {
        return torch::cuda::is_available();
    } catch (...) {
        return 0;
    }
}
SH_API int64_t sh_cuda_device_count() {
    return number([] { return static_cast<int64_t>(torch::cuda::device_count()); });
}
SH_API int32_t sh_cuda_synchronize(int64_t index) {
    return status([&] { torch::cuda::synchronize(index); });
}

SH_API int32_t sh_manual_seed(int64_t seed) {
    return status([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}
SH_API int32_t sh_cuda_manual_seed(int64_t seed, uint8_t all) {
    return status([&] {
        if (all) torch::cuda::manual_seed_all(static_cast<uint64_t>(seed));
        else torch::cuda::manual_seed(static_cast<uint64_t>(seed));
    });
}
