// Owner of one reference on a buffer of the host's.
#pragma once

#include <span>
#include <utility>

#include "engine/core/byte_io.hpp"
#include "engine/plugin/sdk/host.hpp"

namespace zoe::sdk {

// Copying adds a reference, destroying gives one back. Empty after a move. The memory may outlive the plugin, a
// BufferRef may not. Each object: one thread at a time; several that share a buffer may lie on different threads.
class BufferRef {
 public:
  BufferRef() = default;

  // A new buffer of `size` bytes, 64-byte aligned and followed by 64 readable bytes. kNoMemory.
  static Result<BufferRef> alloc(const Host& host, std::size_t size) {
    zoe_buffer* buffer = host.buffers()->alloc(host.raw(), size);
    if (!buffer) return fail(Errc::kNoMemory, "no memory for a buffer of " + std::to_string(size) + " bytes");
    return adopt(host, buffer);
  }

  // Takes over a reference that the caller holds.
  static BufferRef adopt(const Host& host, zoe_buffer* buffer) { return BufferRef(host.buffers(), buffer); }

  // Adds a reference of its own to one that is borrowed.
  static BufferRef share(const Host& host, zoe_buffer* buffer) {
    if (buffer) host.buffers()->add_ref(buffer);
    return adopt(host, buffer);
  }

  BufferRef(const BufferRef& other) : buffers_(other.buffers_), buffer_(other.buffer_) {
    if (buffer_) buffers_->add_ref(buffer_);
  }
  BufferRef(BufferRef&& other) noexcept : buffers_(other.buffers_), buffer_(std::exchange(other.buffer_, nullptr)) {}
  BufferRef& operator=(BufferRef other) noexcept {
    std::swap(buffers_, other.buffers_);
    std::swap(buffer_, other.buffer_);
    return *this;
  }
  ~BufferRef() {
    if (buffer_) buffers_->release(buffer_);
  }

  // False when it is empty; of the others only `get` and `release` may then be called.
  explicit operator bool() const { return buffer_ != nullptr; }
  zoe_buffer* get() const { return buffer_; }
  std::uint8_t* data() const { return buffer_->data; }
  std::size_t size() const { return buffer_->size; }
  Bytes bytes() const { return {buffer_->data, buffer_->size}; }

  // Hands the reference to the caller, for a structure of the ABI that carries one.
  [[nodiscard]] zoe_buffer* release() { return std::exchange(buffer_, nullptr); }

 private:
  BufferRef(const zoe_buffers_v1* buffers, zoe_buffer* buffer) : buffers_(buffers), buffer_(buffer) {}

  const zoe_buffers_v1* buffers_ = nullptr;
  zoe_buffer* buffer_ = nullptr;
};

}  // namespace zoe::sdk
