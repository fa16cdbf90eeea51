// Time as the program reads it. Every deadline is taken from a Clock that the caller was given, so that a test can
// drive it by hand.
#pragma once

#include <atomic>
#include <cstdint>

namespace zoe {

inline constexpr std::int64_t kNsPerUs = 1'000;
inline constexpr std::int64_t kNsPerMs = 1'000'000;
inline constexpr std::int64_t kNsPerS = 1'000'000'000;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Nanoseconds on a clock that never goes back; its zero is arbitrary.
  virtual std::int64_t now_ns() const = 0;

  // Nanoseconds since 1970-01-01 UTC.
  virtual std::int64_t utc_ns() const = 0;
};

// CLOCK_MONOTONIC and CLOCK_REALTIME.
class SystemClock final : public Clock {
 public:
  std::int64_t now_ns() const override;
  std::int64_t utc_ns() const override;
};

// Stands still until it is told to move.
class FakeClock final : public Clock {
 public:
  std::int64_t now_ns() const override { return now_ns_.load(std::memory_order_acquire); }
  std::int64_t utc_ns() const override { return utc_base_ns_ + now_ns(); }
  void advance_ns(std::int64_t delta_ns) { now_ns_.fetch_add(delta_ns, std::memory_order_acq_rel); }
  void set_ns(std::int64_t now_ns) { now_ns_.store(now_ns, std::memory_order_release); }

 private:
  std::atomic<std::int64_t> now_ns_{0};
  std::int64_t utc_base_ns_ = 1'700'000'000LL * kNsPerS;
};

}  // namespace zoe
