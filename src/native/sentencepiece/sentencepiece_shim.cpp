// A C ABI over libsentencepiece. A call that fails returns null or -1 and leaves its reason, UTF-8, in sp_error().
#include <sentencepiece_processor.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#define SP_EXPORT extern "C" __attribute__((visibility("default")))

using sentencepiece::SentencePieceProcessor;

namespace {

thread_local std::string last_error;

// Runs body; an exception becomes the thread's error text and the result that says "failed".
template <typename Result, typename Body>
Result guarded(Result failed, Body body) noexcept {
    try {
        return body();
    } catch (const std::exception &error) {
        last_error = error.what();
    } catch (...) {
        last_error = "unknown C++ exception";
    }
    return failed;
}

void require(const sentencepiece::util::Status &status) {
    if (!status.ok()) throw std::runtime_error(status.error_message());
}

// A malloc'd copy for the caller, who gives it back to sp_release.
template <typename T>
T *copy_out(const T *data, size_t count, int64_t *length) {
    auto *copy = static_cast<T *>(std::malloc(count == 0 ? 1 : count * sizeof(T)));
    if (copy == nullptr) throw std::bad_alloc();
    if (count != 0) std::memcpy(copy, data, count * sizeof(T));
    *length = static_cast<int64_t>(count);
    return copy;
}

}  // namespace

SP_EXPORT const char *sp_error() { return last_error.c_str(); }

SP_EXPORT SentencePieceProcessor *sp_open(const char *model, int64_t length) {
    return guarded<SentencePieceProcessor *>(nullptr, [&] {
        auto processor = std::make_unique<SentencePieceProcessor>();
        require(processor->LoadFromSerializedProto({model, static_cast<size_t>(length)}));
        return processor.release();
    });
}

SP_EXPORT void sp_close(SentencePieceProcessor *processor) { delete processor; }

SP_EXPORT int32_t sp_size(const SentencePieceProcessor *processor) { return processor->GetPieceSize(); }

SP_EXPORT int32_t sp_unk_id(const SentencePieceProcessor *processor) { return processor->unk_id(); }

SP_EXPORT int32_t sp_bos_id(const SentencePieceProcessor *processor) { return processor->bos_id(); }

SP_EXPORT int32_t sp_eos_id(const SentencePieceProcessor *processor) { return processor->eos_id(); }

// The piece's text, UTF-8; it lives as long as the processor. The id must lie in 0 .. sp_size - 1.
SP_EXPORT const char *sp_piece(const SentencePieceProcessor *processor, int32_t id) {
    return guarded<const char *>(nullptr, [&] { return processor->IdToPiece(id).c_str(); });
}

SP_EXPORT int32_t *sp_encode(const SentencePieceProcessor *processor, const char *text, int64_t bytes, int64_t *count) {
    return guarded<int32_t *>(nullptr, [&] {
        std::vector<int> ids;
        require(processor->Encode({text, static_cast<size_t>(bytes)}, &ids));
        return copy_out<int32_t>(ids.data(), ids.size(), count);
    });
}

SP_EXPORT char *sp_decode(const SentencePieceProcessor *processor, const int32_t *ids, int64_t count, int64_t *bytes) {
    return guarded<char *>(nullptr, [&] {
        std::string text;
        require(processor->Decode(std::vector<int>(ids, ids + count), &text));
        return copy_out<char>(text.data(), text.size(), bytes);
    });
}

SP_EXPORT void sp_release(void *copy) { std::free(copy); }
