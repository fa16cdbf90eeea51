#include "engine/core/clock.hpp"

#include <gtest/gtest.h>

namespace zoe {
namespace {

TEST(SystemClock, NeverGoesBack) {
  const SystemClock clock;
  std::int64_t last = clock.now_ns();
  for (int i = 0; i < 1'000; ++i) {
    const std::int64_t now = clock.now_ns();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_GT(clock.utc_ns(), 1'600'000'000LL * kNsPerS);
}

TEST(FakeClock, MovesOnlyWhenTold) {
  FakeClock clock;
  const std::int64_t utc = clock.utc_ns();
  clock.advance_ns(5 * kNsPerMs);
  EXPECT_EQ(clock.now_ns(), 5 * kNsPerMs);
  EXPECT_EQ(clock.utc_ns() - utc, 5 * kNsPerMs);
  clock.set_ns(7);
  EXPECT_EQ(clock.now_ns(), 7);
}

}  // namespace
}  // namespace zoe
