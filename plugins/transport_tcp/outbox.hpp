// The control messages that wait to be sent on one connection: answers, events, the farewell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/threads.hpp"

namespace zoe::transport_tcp {

// Thread-safe: the host's threads push, the connection's thread takes. Bounded in bytes; a push beyond the bound is
// dropped and marks the box as overflowed for good, since a client that misses an answer cannot be served on.
class Outbox {
 public:
  explicit Outbox(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  enum class Counts { kMessage = 1, kResponse };
  void push(Bytes message, Counts counts) {
    MutexLock lock(mutex_);
    if (is_overflowed_ || queue_.size() + message.size() > most_bytes_) {
      is_overflowed_ = true;
      return;
    }
    queue_.insert(queue_.end(), message.begin(), message.end());
    if (counts == Counts::kResponse) ++responses_;
  }

  // Replaces `out` with all that waits; how many of its messages are responses. `out`'s memory is used again.
  std::uint32_t take(std::vector<std::uint8_t>& out) {
    out.clear();
    if (out.capacity() > kMostKeptBytes) out = {};
    MutexLock lock(mutex_);
    out.swap(queue_);
    const std::uint32_t responses = responses_;
    responses_ = 0;
    return responses;
  }

  bool is_overflowed() const {
    MutexLock lock(mutex_);
    return is_overflowed_;
  }

 private:
  static constexpr std::size_t kMostKeptBytes = 256U << 10;  // a long answer's memory is not kept

  const std::size_t most_bytes_;
  mutable Mutex mutex_;
  std::vector<std::uint8_t> queue_ ZOE_GUARDED_BY(mutex_);
  std::uint32_t responses_ ZOE_GUARDED_BY(mutex_) = 0;
  bool is_overflowed_ ZOE_GUARDED_BY(mutex_) = false;
};

}  // namespace zoe::transport_tcp
