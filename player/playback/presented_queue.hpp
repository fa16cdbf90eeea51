// What the render thread has shown, on its way to the feeder: neither waits nor allocates.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace zoe::player {

struct Presented {
  std::uint64_t number = 0;  // FrameTag::number
  std::int64_t now_ns = 0;
};

// One writer, one reader. The feeder reads at every turn, at least every tenth of a second, and a display refreshes at
// most 360 times a second or so; what finds the queue full is not counted.
class PresentedQueue {
 public:
  bool push(const Presented& item) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_.load(std::memory_order_acquire) == kPlaces) return false;
    items_[head % kPlaces] = item;
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

  bool pop(Presented& item) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail == head_.load(std::memory_order_acquire)) return false;
    item = items_[tail % kPlaces];
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

 private:
  static constexpr std::size_t kPlaces = 256;
  static_assert(kPlaces > 360 / 10 * 4, "four tenths of a second at 360 Hz");

  std::array<Presented, kPlaces> items_{};
  std::atomic<std::size_t> head_{0};
  std::atomic<std::size_t> tail_{0};
};

}  // namespace zoe::player
