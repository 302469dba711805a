// A tensor's life, its facts, its bytes, and its moves between types and devices.
#include "shim.h"

#include <ATen/ops/from_blob.h>

SH_API void sh_free(Tensor* self) { delete self; }

/// Bytes of the storage where this tensor alone holds it (a fresh result), else 0 (a view).
SH_API int64_t sh_owned_bytes(const Tensor* self) {
    if (!self->has_storage()) return 0;
    const auto& storage = self->storage();
    return storage.use_count() == 1 ? static_cast<int64_t>(storage.nbytes()) : 0;
}

SH_API int64_t sh_dim(const Tensor* self) { return self->dim(); }
SH_API int64_t sh_numel(const Tensor* self) { return self->numel(); }
SH_API int64_t sh_element_size(const Tensor* self) { return static_cast<int64_t>(self->element_size()); }
SH_API int64_t sh_storage_offset(const Tensor* self) { return self->storage_offset(); }
SH_API int32_t sh_dtype(const Tensor* self) { return static_cast<int32_t>(self->scalar_type()); }
SH_API int32_t sh_device_type(const Tensor* self) { return static_cast<int32_t>(self->device().type()); }
SH_API int32_t sh_device_index(const Tensor* self) { return self->device().index(); }
SH_API uint8_t sh_is_contiguous(const Tensor* self) { return self->is_contiguous(); }
SH_API int64_t sh_size(const Tensor* self, int64_t dim) {
    return number([&] { return self->size(dim); });
}

SH_API void sh_sizes(const Tensor* self, int64_t* sizes, int32_t count) {
    const auto all = self->sizes();
    for (int32_t i = 0; i < count; ++i) sizes[i] = all[static_cast<size_t>(i)];
}

SH_API void sh_strides(const Tensor* self, int64_t* strides, int32_t count) {
    const auto all = self->strides();
    for (int32_t i = 0; i < count; ++i) strides[i] = all[static_cast<size_t>(i)];
}

SH_API void* sh_data_ptr(const Tensor* self) { return self->data_ptr(); }

SH_API int32_t sh_item(const Tensor* self, sh_scalar* value) {
    return status([&] {
        const auto item = self->item();
        if (item.isBoolean()) *value = {0, item.toBool(), 2};
        else if (item.isFloatingPoint()) *value = {item.toDouble(), 0, 1};
        else *value = {0, item.toLong(), 0};
    });
}

/// A tensor over memory that the caller keeps in place until `release(context)`, from whichever thread drops it last.
SH_API Tensor* sh_from_blob(void* data, const int64_t* sizes, int32_t count, int32_t dtype, void (*release)(void*), void* context) {
    return result([&] {
        return at::from_blob(
            data, shim::ints(sizes, count), [=](void*) { release(context); }, at::TensorOptions(static_cast<at::ScalarType>(dtype)));
    });
}

SH_API Tensor* sh_to(const Tensor* self, int32_t dtype, int32_t device_type, int32_t device_index, uint8_t copy, uint8_t non_blocking) {
    return result([&] {
        const auto dtype_wanted = dtype < 0 ? self->scalar_type() : static_cast<at::ScalarType>(dtype);
        const auto device = device_type < 0 ? self->device() : shim::device(device_type, device_index);
        return self->to(device, dtype_wanted, non_blocking != 0, copy != 0);
    });
}

SH_API Tensor* sh_contiguous(const Tensor* self) {
    return result([&] { return self->contiguous(); });
}
SH_API Tensor* sh_clone(const Tensor* self) {
    return result([&] { return self->clone(); });
}
SH_API Tensor* sh_alias(const Tensor* self) {
    return result([&] { return self->alias(); });
}
SH_API int32_t sh_copy_(Tensor* self, const Tensor* source, uint8_t non_blocking) {
    return status([&] { self->copy_(*source, non_blocking != 0); });
}
SH_API int32_t sh_set_(Tensor* self, const Tensor* source) {
    return status([&] { self->set_(*source); });
}
SH_API int32_t sh_zero_(Tensor* self) {
    return status([&] { self->zero_(); });
}
SH_API int32_t sh_fill_(Tensor* self, sh_scalar value) {
    return status([&] { self->fill_(shim::scalar(value)); });
}
