#include "engine/core/programme.hpp"

#include <gtest/gtest.h>

namespace zoe {
namespace {

TEST(Programme, GoesThroughItsListAndRoundForEver) {
  const Programme programme = Programme::make({1'000'000, 200'000, 3'000'000}).value();
  EXPECT_EQ(programme.round_us(), 4'200'000);
  const auto expect = [&](std::int64_t since_us, std::int64_t number, std::size_t item, std::int64_t position_us) {
    const Programme::Place place = programme.at(since_us);
    EXPECT_EQ(place.number, number) << since_us;
    EXPECT_EQ(place.item, item) << since_us;
    EXPECT_EQ(place.position_us, position_us) << since_us;
  };
  expect(0, 0, 0, 0);
  expect(999'999, 0, 0, 999'999);
  expect(1'000'000, 1, 1, 0);
  expect(1'200'000, 2, 2, 0);
  expect(4'199'999, 2, 2, 2'999'999);
  expect(4'200'000, 3, 0, 0);
  expect(4'200'000 * 1000LL + 1'100'000, 3001, 1, 100'000);
  expect(-5, 0, 0, 0);
}

TEST(Programme, SaysWhenEachBegins) {
  const Programme programme = Programme::make({1'000'000, 200'000, 3'000'000}).value();
  for (const std::int64_t since_us :
       std::vector<std::int64_t>{0, 1'000'000, 1'199'999, 123'456'789'012, INT64_MAX / 1000}) {
    const Programme::Place place = programme.at(since_us);
    EXPECT_EQ(programme.begins_us(place.number) + place.position_us, since_us);
    EXPECT_GT(programme.ends_us(place.number), since_us);
    EXPECT_EQ(programme.item_of(place.number), place.item);
  }
}

TEST(Programme, TakesNothingThatNoChannelIs) {
  EXPECT_FALSE(Programme::make({}));
  EXPECT_FALSE(Programme::make({1'000'000, 0}));
  EXPECT_FALSE(Programme::make({-1}));
  EXPECT_FALSE(Programme::make({INT64_MAX}));
  EXPECT_FALSE(Programme::make(std::vector<std::int64_t>(Programme::kMostItems + 1, 1'000'000)));
  EXPECT_TRUE(Programme::make(std::vector<std::int64_t>(Programme::kMostItems, Programme::kMostUs)));
}

}  // namespace
}  // namespace zoe
