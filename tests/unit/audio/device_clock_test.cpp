#include "engine/audio/device_clock.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>

#include "engine/core/clock.hpp"

namespace zoe::audio {
namespace {

constexpr std::int64_t kFrames = 1024;

// Callbacks of a device that takes `ahead` buffers at once and runs at `speed`.
struct Device {
  int ahead = 3;
  double speed = 1;
  std::int64_t jitter_ns = 0;
  std::mt19937 random{11};
  DeviceClock clock{};
  std::int64_t calls = 0;

  double buffer_ns() const { return kFrames * 1e9 / 48'000 / speed; }
  std::int64_t heard_ns(std::int64_t call) const {
    return kNsPerS + static_cast<std::int64_t>(static_cast<double>(call) * buffer_ns());
  }
  // How far off the answer of the next callback is.
  std::int64_t call() {
    if (calls == 0) clock.start(48'000);
    const std::int64_t late = jitter_ns == 0 ? 0 : std::uniform_int_distribution<std::int64_t>(0, jitter_ns)(random);
    const std::int64_t now = heard_ns(std::max<std::int64_t>(0, calls - ahead + 1)) + late;
    return clock.on_callback(now, kFrames) - heard_ns(calls++);
  }
};

TEST(DeviceClock, LearnsHowManyBuffersLieAhead) {
  for (const int ahead : {1, 2, 3, 6}) {
    Device device{.ahead = ahead};
    for (int i = 0; i < 100; ++i) EXPECT_LE(std::llabs(device.call()), kNsPerMs) << ahead << " ahead, call " << i;
    EXPECT_NEAR(static_cast<double>(device.clock.latency_ns()), (ahead - 1) * device.buffer_ns(), 2e6) << ahead;
    EXPECT_EQ(device.clock.gaps(), 0U);
  }
}

TEST(DeviceClock, FollowsADeviceThatIsFastOrSlow) {
  for (const double speed : {1.007, 0.993}) {
    Device device{.speed = speed};
    for (int i = 0; i < 28'000; ++i) {  // ten minutes
      const std::int64_t off = device.call();
      if (i <= 20) continue;
      ASSERT_LE(std::llabs(off), (i > 1500 ? 3 : 8) * kNsPerMs) << speed << ", call " << i;
    }
    EXPECT_NEAR(device.clock.speed(), speed, 1e-4);
  }
}

TEST(DeviceClock, CallbacksThatComeLateShakeNothing) {
  Device device{.speed = 1.002, .jitter_ns = 12 * kNsPerMs};
  std::int64_t least = INT64_MAX;
  std::int64_t most = INT64_MIN;
  for (int i = 0; i < 5000; ++i) {
    const std::int64_t off = device.call();
    if (i < 1500) continue;
    least = std::min(least, off);
    most = std::max(most, off);
  }
  EXPECT_LE(most - least, 3 * kNsPerMs);
  EXPECT_LE(std::llabs(most), 10 * kNsPerMs) << "half the jitter: a callback never comes early";
}

TEST(DeviceClock, ADeviceThatStoodStillBeginsAnew) {
  Device device;
  for (int i = 0; i < 200; ++i) device.call();
  const std::int64_t later = device.heard_ns(device.calls) + 2 * kNsPerS;
  EXPECT_EQ(device.clock.on_callback(later, kFrames), later);
  EXPECT_EQ(device.clock.gaps(), 1U);
}

}  // namespace
}  // namespace zoe::audio
