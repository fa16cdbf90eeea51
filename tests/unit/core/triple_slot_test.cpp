#include "engine/core/triple_slot.hpp"

#include <array>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace zoe {
namespace {

TEST(TripleSlot, NothingIsFreshAtFirst) {
  TripleSlot<int> slot;
  EXPECT_FALSE(slot.is_fresh());
  EXPECT_FALSE(slot.acquire());
}

TEST(TripleSlot, TheReaderGetsTheNewestValueOnce) {
  TripleSlot<int> slot;
  slot.back() = 1;
  EXPECT_FALSE(slot.publish());
  slot.back() = 2;
  EXPECT_TRUE(slot.publish()) << "1 was replaced before it was read";
  ASSERT_TRUE(slot.acquire());
  EXPECT_EQ(slot.front(), 2);
  EXPECT_FALSE(slot.acquire());
  EXPECT_EQ(slot.front(), 2);
}

TEST(TripleSlot, TheThreeHoldersNeverShareASlot) {
  TripleSlot<int> slot;
  for (int i = 0; i < 12; ++i) {
    EXPECT_NE(slot.back_index(), slot.front_index());
    slot.publish();
    EXPECT_NE(slot.back_index(), slot.front_index());
    if (i % 3 == 0) slot.acquire();
  }
}

// A value is a block that one thread fills with its number; were a slot ever held by both, the reader would see a mix.
TEST(TripleSlot, TwoThreadsSeeWholeValuesInOrder) {
  constexpr std::uint32_t kValues = 20'000;
  using Block = std::array<std::uint32_t, 64>;
  TripleSlot<Block> slot;
  std::jthread writer([&slot] {
    for (std::uint32_t i = 1; i <= kValues; ++i) {
      slot.back().fill(i);
      slot.publish();
    }
  });
  std::uint32_t last = 0;
  while (last < kValues) {
    if (!slot.acquire()) {
      std::this_thread::yield();
      continue;
    }
    const Block& block = slot.front();
    for (const std::uint32_t number : block) ASSERT_EQ(number, block[0]);
    ASSERT_GT(block[0], last);
    last = block[0];
  }
}

}  // namespace
}  // namespace zoe
