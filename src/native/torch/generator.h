#pragma once

#include "shim.h"

#include <ATen/core/Generator.h>

namespace shim {

/// Null means the device's default generator.
inline optional<at::Generator> optional_generator(const at::Generator* generator) {
    return generator ? optional<at::Generator>(*generator) : optional<at::Generator>();
}

} // namespace shim
