// Exchange of the newest value between one writer and one reader over three slots and one atomic.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace zoe {

// The writer owns one slot, the reader owns one, and the third changes hands by one atomic exchange, so neither ever
// waits for the other: a publish hands over the writer's slot and takes the middle one; an acquire takes the middle
// one if it is newer than the reader's. A value that the reader did not take in time is overwritten.
//
// `back` and `publish`: the writer's thread. `front` and `acquire`: the reader's thread. `middle_state`: any thread.
template <typename T>
class TripleSlot {
 public:
  static constexpr int kSlots = 3;

  // The slot that the writer may fill.
  T& back() { return slots_[back_]; }
  int back_index() const { return back_; }

  // Hands the filled slot over. True when it replaced a value that the reader had not taken.
  bool publish() {
    const std::uint32_t previous =
        middle_.exchange(static_cast<std::uint32_t>(back_) | kFresh, std::memory_order_acq_rel);
    back_ = static_cast<int>(previous & kIndexMask);
    return (previous & kFresh) != 0;
  }

  // The slot that the reader holds.
  T& front() { return slots_[front_]; }
  int front_index() const { return front_; }

  // True when a value waits that is newer than the reader's. Either thread.
  bool is_fresh() const { return (middle_.load(std::memory_order_acquire) & kFresh) != 0; }

  // Takes the newest value, if there is one: true when `front` changed. The old front becomes the middle slot.
  bool acquire() {
    if (!is_fresh()) return false;
    const std::uint32_t previous = middle_.exchange(static_cast<std::uint32_t>(front_), std::memory_order_acq_rel);
    front_ = static_cast<int>(previous & kIndexMask);
    return true;
  }

  // Direct access for setting the slots up before the two threads start.
  std::array<T, kSlots>& slots() { return slots_; }

 private:
  static constexpr std::uint32_t kIndexMask = 3;
  static constexpr std::uint32_t kFresh = 4;

  std::array<T, kSlots> slots_{};
  int back_ = 0;
  std::atomic<std::uint32_t> middle_{1};
  int front_ = 2;
};

}  // namespace zoe
