// Random number generators. A handle is an owned at::Generator*.
#include "generator.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include <mutex>

SH_API at::Generator* sh_generator_new(int64_t seed, int32_t device_type, int32_t device_index) {
    at::Generator* made = nullptr;
    status([&] {
        const auto device = shim::device(device_type, device_index);
        auto generator = device.is_cpu() ? at::detail::createCPUGenerator() : at::globalContext().defaultGenerator(device).clone();
        generator.set_current_seed(static_cast<uint64_t>(seed));
        made = new at::Generator(generator);
    });
    return made;
}

SH_API at::Generator* sh_generator_default() {
    at::Generator* made = nullptr;
    status([&] { made = new at::Generator(at::detail::getDefaultCPUGenerator()); });
    return made;
}

SH_API void sh_generator_free(at::Generator* generator) { delete generator; }

SH_API int32_t sh_generator_manual_seed(at::Generator* generator, int64_t seed) {
    return status([&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        generator->set_current_seed(static_cast<uint64_t>(seed));
    });
}

SH_API int64_t sh_generator_seed(at::Generator* generator) {
    std::lock_guard<std::mutex> lock(generator->mutex());
    return static_cast<int64_t>(generator->seed());
}

SH_API int64_t sh_generator_initial_seed(at::Generator* generator) { return static_cast<int64_t>(generator->current_seed()); }

SH_API Tensor* sh_generator_get_state(at::Generator* generator) {
    return result([&] { return generator->get_state(); });
}

SH_API int32_t sh_generator_set_state(at::Generator* generator, const Tensor* state) {
    return status([&] { generator->set_state(*state); });
}
