// The host's buffers: reference-counted memory in which media crosses the plugin boundary.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/plugin/abi/host.h"

namespace zoe::plugin {

inline constexpr std::size_t kBufferAlignment = 64;
inline constexpr std::size_t kBufferPadding = 64;          // readable bytes behind the content, zeroed
inline constexpr std::size_t kMostBufferBytes = 1U << 30;  // a defect of a plugin, not a picture

// What one generation has taken of the host and not given back. Touched by any thread.
struct Usage {
  std::atomic<std::int64_t> buffers{0};
  std::atomic<std::int64_t> buffer_bytes{0};
  std::atomic<std::int64_t> jobs{0};  // waiting or running on the worker pool
  std::atomic<std::int64_t> timers{0};
};

// One reference on a buffer. Copying adds one, destroying gives one back; the last one frees the memory, on whichever
// thread that happens. A buffer's memory is the host's, so it may outlive the plugin that asked for it.
class Buffer {
 public:
  Buffer() = default;

  // Aligned, padded, content undefined. kNoMemory, kTooLarge. `usage`, where given, counts it until it is freed.
  static Result<Buffer> alloc(std::size_t size, std::shared_ptr<Usage> usage = nullptr);

  // Lends memory that lies elsewhere (a segment's packet, a decoder's picture) without a copy; `owner` is let go with
  // the last reference. Alignment and padding are those of `bytes`: FFmpeg's own are enough. Nobody writes to it.
  static Result<Buffer> wrap(Bytes bytes, std::shared_ptr<const void> owner);

  // Takes over a reference that came over the boundary, as in a received packet.
  static Buffer adopt(zoe_buffer* raw) { return Buffer(raw); }

  Buffer(const Buffer& other) : raw_(other.raw_) { add_ref(raw_); }
  Buffer(Buffer&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Buffer& operator=(Buffer other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Buffer() { release(raw_); }

  explicit operator bool() const { return raw_ != nullptr; }
  zoe_buffer* get() const { return raw_; }
  std::uint8_t* data() const { return raw_->data; }
  std::size_t size() const { return raw_->size; }
  Bytes bytes() const { return {raw_->data, raw_->size}; }
  [[nodiscard]] zoe_buffer* detach() { return std::exchange(raw_, nullptr); }

  // The ABI's own functions: null is allowed.
  static void add_ref(zoe_buffer* raw);
  static void release(zoe_buffer* raw);

 private:
  explicit Buffer(zoe_buffer* raw) : raw_(raw) {}

  zoe_buffer* raw_ = nullptr;
};

}  // namespace zoe::plugin
