#include "engine/audio/pcm_ring.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace zoe::audio {
namespace {

TEST(PcmRing, TakesWhatItHasRoomFor) {
  PcmRing ring(4, 2);
  const std::vector<float> frames{1, -1, 2, -2, 3, -3, 4, -4, 5, -5};
  EXPECT_EQ(ring.write(frames.data(), 5), 4U);
  EXPECT_EQ(ring.size(), 4U);
  EXPECT_EQ(ring.write(frames.data(), 1), 0U);
  ring.release_before(3);
  EXPECT_EQ(ring.write(frames.data() + 8, 1), 1U);
  EXPECT_EQ(ring.written(), 5U);
  EXPECT_EQ(ring.at(3)[0], 4);
  EXPECT_EQ(ring.at(4)[1], -5) << "round the end";
}

TEST(PcmRing, LosesNothingBetweenTwoThreads) {
  PcmRing ring(64, 1);
  constexpr std::uint64_t kFrames = 20'000;
  std::jthread writer([&ring] {
    std::vector<float> some(37);
    for (std::uint64_t next = 0; next < kFrames;) {
      const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(some.size(), kFrames - next));
      for (std::size_t i = 0; i < count; ++i) some[i] = static_cast<float>((next + i) % 1000);
      next += ring.write(some.data(), count);
      std::this_thread::yield();
    }
  });
  for (std::uint64_t next = 0; next < kFrames;) {
    const std::uint64_t until = ring.written();
    for (; next < until; ++next) ASSERT_EQ(*ring.at(next), static_cast<float>(next % 1000)) << next;
    ring.release_before(next);
    std::this_thread::yield();
  }
}

}  // namespace
}  // namespace zoe::audio
