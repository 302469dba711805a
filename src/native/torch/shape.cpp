// The same elements in another order or under other dimensions; parts, and wholes made of parts.
#include "shim.h"

#include <ATen/TensorIndexing.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

SH_API Tensor* sh_view(const Tensor* self, const int64_t* sizes, int32_t count) {
    return result([&] { return self->view(shim::ints(sizes, count)); });
}
SH_API Tensor* sh_reshape(const Tensor* self, const int64_t* sizes, int32_t count) {
    return result([&] { return self->reshape(shim::ints(sizes, count)); });
}
SH_API Tensor* sh_flatten(const Tensor* self, int64_t start, int64_t end) {
    return result([&] { return self->flatten(start, end); });
}
SH_API Tensor* sh_transpose(const Tensor* self, int64_t first, int64_t second) {
    return result([&] { return self->transpose(first, second); });
}
SH_API Tensor* sh_t(const Tensor* self) {
    return result([&] { return self->t(); });
}
SH_API Tensor* sh_permute(const Tensor* self, const int64_t* dims, int32_t count) {
    return result([&] { return self->permute(shim::ints(dims, count)); });
}
SH_API Tensor* sh_unsqueeze(const Tensor* self, int64_t dim) {
    return result([&] { return self->unsqueeze(dim); });
}
SH_API Tensor* sh_squeeze(const Tensor* self) {
    return result([&] { return self->squeeze(); });
}
SH_API Tensor* sh_squeeze_dim(const Tensor* self, int64_t dim) {
    return result([&] { return self->squeeze(dim); });
}
SH_API Tensor* sh_expand(const Tensor* self, const int64_t* sizes, int32_t count, uint8_t is_implicit) {
    return result([&] { return self->expand(shim::ints(sizes, count), is_implicit != 0); });
}
SH_API Tensor* sh_repeat(const Tensor* self, const int64_t* times, int32_t count) {
    return result([&] { return self->repeat(shim::ints(times, count)); });
}
SH_API Tensor* sh_flip(const Tensor* self, const int64_t* dims, int32_t count) {
    return result([&] { return self->flip(shim::ints(dims, count)); });
}
SH_API Tensor* sh_tril(const Tensor* self, int64_t diagonal) {
    return result([&] { return self->tril(diagonal); });
}
SH_API Tensor* sh_triu(const Tensor* self, int64_t diagonal) {
    return result([&] { return self->triu(diagonal); });
}

/// A null dim flattens first.
SH_API Tensor* sh_repeat_interleave(const Tensor* self, int64_t repeats, const int64_t* dim) {
    return result([&] { return self->repeat_interleave(repeats, dim ? shim::optional<int64_t>(*dim) : shim::optional<int64_t>()); });
}
SH_API Tensor* sh_repeat_interleave_each(const Tensor* self, const Tensor* repeats, const int64_t* dim) {
    return result([&] { return self->repeat_interleave(*repeats, dim ? shim::optional<int64_t>(*dim) : shim::optional<int64_t>()); });
}

SH_API Tensor* sh_narrow(const Tensor* self, int64_t dim, int64_t start, int64_t length) {
    return result([&] { return self->narrow(dim, start, length); });
}
SH_API Tensor* sh_select(const Tensor* self, int64_t dim, int64_t index) {
    return result([&] { return self->select(dim, index); });
}
SH_API Tensor* sh_slice(const Tensor* self, int64_t dim, int64_t start, int64_t end, int64_t step) {
    return result([&] { return self->slice(dim, start, end, step); });
}
SH_API Tensor* sh_index_select(const Tensor* self, int64_t dim, const Tensor* index) {
    return result([&] { return self->index_select(dim, *index); });
}
SH_API Tensor* sh_gather(const Tensor* self, int64_t dim, const Tensor* index) {
    return result([&] { return self->gather(dim, *index); });
}
SH_API Tensor* sh_masked_select(const Tensor* self, const Tensor* mask) {
    return result([&] { return self->masked_select(*mask); });
}

SH_API Tensor* sh_scatter(const Tensor* self, int64_t dim, const Tensor* index, const Tensor* source) {
    return result([&] { return self->scatter(dim, *index, *source); });
}
SH_API int32_t sh_scatter_(Tensor* self, int64_t dim, const Tensor* index, const Tensor* source) {
    return status([&] { self->scatter_(dim, *index, *source); });
}
SH_API Tensor* sh_scatter_add(const Tensor* self, int64_t dim, const Tensor* index, const Tensor* source) {
    return result([&] { return self->scatter_add(dim, *index, *source); });
}
SH_API int32_t sh_scatter_add_(Tensor* self, int64_t dim, const Tensor* index, const Tensor* source) {
    return status([&] { self->scatter_add_(dim, *index, *source); });
}
SH_API Tensor* sh_index_add(const Tensor* self, int64_t dim, const Tensor* index, const Tensor* source, sh_scalar alpha) {
    return result([&] { return self->index_add(dim, *index, *source, shim::scalar(alpha)); });
}
SH_API int32_t sh_index_add_(Tensor* self, int64_t dim, const Tensor* index, const Tensor* source, sh_scalar alpha) {
    return status([&] { self->index_add_(dim, *index, *source, shim::scalar(alpha)); });
}
SH_API int32_t sh_index_copy_(Tensor* self, int64_t dim, const Tensor* index, const Tensor* source) {
    return status([&] { self->index_copy_(dim, *index, *source); });
}

SH_API int32_t sh_split(const Tensor* self, int64_t size, int64_t dim, Tensor** parts, int32_t count) {
    return status([&] { shim::hand_out(self->split(size, dim), parts, count); });
}
SH_API int32_t sh_split_sizes(const Tensor* self, const int64_t* sizes, int32_t size_count, int64_t dim, Tensor** parts, int32_t count) {
    return status([&] { shim::hand_out(self->split_with_sizes(shim::ints(sizes, size_count), dim), parts, count); });
}
SH_API int32_t sh_unbind(const Tensor* self, int64_t dim, Tensor** parts, int32_t count) {
    return status([&] { shim::hand_out(self->unbind(dim), parts, count); });
}

SH_API Tensor* sh_cat(Tensor* const* parts, int32_t count, int64_t dim) {
    return result([&] { return at::cat(shim::tensors(parts, count), dim); });
}
SH_API Tensor* sh_stack(Tensor* const* parts, int32_t count, int64_t dim) {
    return result([&] { return at::stack(shim::tensors(parts, count), dim); });
}

/// One index of `tensor[...]`.
struct sh_index {
    int32_t kind; // 0 integer (start), 1 slice, 2 ellipsis, 3 new dimension, 4 boolean (start), 5 tensor
    int32_t given; // of a slice: bit 0 start, bit 1 stop, bit 2 step
    int64_t start;
    int64_t stop;
    int64_t step;
    const Tensor* tensor;
};

namespace {

std::vector<at::indexing::TensorIndex> indices(const sh_index* items, int32_t count) {
    using namespace at::indexing;
    std::vector<TensorIndex> all;
    all.reserve(static_cast<size_t>(count));
    for (const sh_index* item = items; item < items + count; ++item) {
        const auto part = [&](int32_t bit, int64_t value) {
            return item->given & bit ? shim::optional<shim::slice_int>(value) : shim::optional<shim::slice_int>();
        };
        switch (item->kind) {
        case 0: all.emplace_back(item->start); break;
        case 1: all.emplace_back(Slice(part(1, item->start), part(2, item->stop), part(4, item->step))); break;
        case 2: all.emplace_back(Ellipsis); break;
        case 3: all.emplace_back(None); break;
        case 4: all.emplace_back(item->start != 0); break;
        default: all.emplace_back(*item->tensor); break;
        }
    }
    return all;
}

} // namespace

SH_API Tensor* sh_index_get(const Tensor* self, const sh_index* items, int32_t count) {
    return result([&] { return self->index(indices(items, count)); });
}
SH_API int32_t sh_index_put_(Tensor* self, const sh_index* items, int32_t count, const Tensor* value) {
    return status([&] { self->index_put_(indices(items, count), *value); });
}
SH_API int32_t sh_index_put_scalar_(Tensor* self, const sh_index* items, int32_t count, sh_scalar value) {
    return status([&] { self->index_put_(indices(items, count), shim::scalar(value)); });
}
