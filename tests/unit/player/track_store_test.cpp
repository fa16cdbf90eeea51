#include "player/client/track_store.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace zoe::player {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

TrackPoint point(std::int64_t time_us, std::int32_t id, float x) {
  return {.time_us = time_us, .id = id, .x = x, .y = 0.5F, .width = 0.1F, .height = 0.2F, .pitch_x = kUnknown};
}

TrackSpanPtr span(std::int64_t index, std::vector<TrackPoint> points, std::int64_t until_us = INT64_MAX,
                  bool is_final = true, std::vector<TrackObject> objects = {}) {
  return std::make_shared<const TrackSpan>(index, std::move(objects), std::move(points), until_us, is_final);
}

class TrackStoreTest : public testing::Test {
 protected:
  // Where `id` is, from its left edge; nothing where it is not there.
  std::optional<float> x_at(std::int64_t time_us, std::int32_t id = 7) {
    store.visible_at(time_us, visible);
    for (const VisibleTrack& each : visible)
      if (each.what->id == id) return each.at.x;
    return std::nullopt;
  }

  TrackStore store;
  std::vector<VisibleTrack> visible;
  std::vector<TrailPoint> trail;
};

TEST_F(TrackStoreTest, AnObjectIsBetweenItsPointsOnAStraightLine) {
  store.put(span(0, {point(40'000, 7, 0.2F), point(80'000, 7, 0.4F)}), 0);
  EXPECT_FLOAT_EQ(*x_at(40'000), 0.2F);
  EXPECT_FLOAT_EQ(*x_at(50'000), 0.25F);
  EXPECT_FLOAT_EQ(*x_at(60'000), 0.3F);
  EXPECT_FLOAT_EQ(*x_at(80'000), 0.4F);
}

// The time of the frame alone decides: not the way on which one came there.
TEST_F(TrackStoreTest, BackwardsAndPausedShowWhatForwardsShowed) {
  std::vector<TrackPoint> points;
  for (int i = 0; i < 100; ++i) points.push_back(point(i * 80'000, 7, static_cast<float>(i * i % 37) / 37));
  store.put(span(0, points), 0);
  std::vector<float> forwards;
  for (std::int64_t time_us = 0; time_us < 4'000'000; time_us += 33'333) forwards.push_back(*x_at(time_us));
  std::vector<float> backwards;
  for (auto i = static_cast<std::int64_t>(forwards.size()) - 1; i >= 0; --i) backwards.push_back(*x_at(i * 33'333));
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_EQ(forwards, backwards);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*x_at(33'333), forwards[1]);
}

TEST_F(TrackStoreTest, AGapOfHalfASecondIsBridgedAndALongerOneIsNot) {
  store.put(span(0, {point(0, 7, 0), point(500'000, 7, 1), point(1'000'001, 7, 0)}), 0);
  EXPECT_FLOAT_EQ(*x_at(250'000), 0.5F);
  EXPECT_FALSE(x_at(750'000));
  EXPECT_TRUE(x_at(500'000));
  EXPECT_TRUE(x_at(1'000'001));
}

TEST_F(TrackStoreTest, IsNotThereBeforeItsFirstAndAfterItsLastPointButForRounding) {
  store.put(span(0, {point(1'000'000, 7, 0.1F), point(1'040'000, 7, 0.2F)}), 0);
  EXPECT_FALSE(x_at(990'000));
  EXPECT_TRUE(x_at(999'999));
  EXPECT_TRUE(x_at(1'040'400)) << "a container that counts in milliseconds";
  EXPECT_FALSE(x_at(1'050'000));
  EXPECT_FALSE(x_at(6'000'000)) << "a span that is not there";
}

TEST_F(TrackStoreTest, ASeamBetweenSpansDoesNotShow) {
  const std::vector<TrackPoint> around{point(4'900'000, 7, 0.2F), point(5'100'000, 7, 0.4F)};
  store.put(span(0, around), 0);
  store.put(span(1, around), 0);
  EXPECT_NEAR(*x_at(4'999'999), 0.3F, 1e-5);
  EXPECT_FLOAT_EQ(*x_at(5'000'000), 0.3F);
  store.trail_of(7, 5'050'000, trail);
  ASSERT_EQ(trail.size(), 2U) << "the points at the seam are in both spans, and count once";
}

TEST_F(TrackStoreTest, ATrailIsWhatLiesTwoSecondsBehindTheTimeWhateverTheDirection) {
  std::vector<TrackPoint> points;
  for (int i = 0; i <= 120; ++i) points.push_back(point(i * 40'000, 7, static_cast<float>(i) / 120));
  store.put(span(0, points), 0);
  store.trail_of(7, 3'000'000, trail);
  ASSERT_GT(trail.size(), 2U);
  EXPECT_NEAR(trail.front().age, 1, 0.02);
  EXPECT_FLOAT_EQ(trail.back().age, 0);
  EXPECT_FLOAT_EQ(trail.back().x, 0.625F + 0.05F) << "the middle of the box's foot";
  EXPECT_FLOAT_EQ(trail.back().y, 0.7F);
  for (std::size_t i = 1; i < trail.size(); ++i) EXPECT_LT(trail[i].age, trail[i - 1].age);
  EXPECT_TRUE(trail.front().is_new_piece);
  EXPECT_FALSE(trail.back().is_new_piece);
}

TEST_F(TrackStoreTest, ATrailBreaksWhereTheObjectWasNotThere) {
  store.put(span(0, {point(0, 7, 0), point(100'000, 7, 0), point(1'000'000, 7, 1), point(1'100'000, 7, 1)}), 0);
  store.trail_of(7, 1'100'000, trail);
  ASSERT_EQ(trail.size(), 4U);
  EXPECT_FALSE(trail[1].is_new_piece);
  EXPECT_TRUE(trail[2].is_new_piece);
  store.trail_of(9, 1'100'000, trail);
  EXPECT_TRUE(trail.empty()) << "nobody of that name";
}

TEST_F(TrackStoreTest, PlacesOnThePitchAreInterpolatedWhereBothAreKnown) {
  TrackPoint from = point(0, 7, 0);
  TrackPoint to = point(100'000, 7, 0);
  from.pitch_x = 10;
  to.pitch_x = 20;
  from.pitch_y = to.pitch_y = 30;
  store.put(span(0, {from, to}), 0);
  store.visible_at(50'000, visible);
  EXPECT_FLOAT_EQ(visible.at(0).at.pitch_x, 15);
  to.pitch_x = kUnknown;
  store.put(span(0, {from, to}), 0);
  store.visible_at(20'000, visible);
  EXPECT_FLOAT_EQ(visible.at(0).at.pitch_x, 10);
  store.visible_at(80'000, visible);
  EXPECT_TRUE(std::isnan(visible.at(0).at.pitch_x));
}

TEST_F(TrackStoreTest, PointsInAnyOrderAndTwiceTheSameTimeAreSorted) {
  store.put(span(0, {point(80'000, 7, 0.4F), point(40'000, 9, 0.9F), point(40'000, 7, 0.2F), point(80'000, 7, 0.6F)},
                 INT64_MAX, true, {{.id = 9, .kind = TrackClass::kBall}, {.id = 7, .team = Team::kB}, {.id = 3}}),
            0);
  ASSERT_EQ(store.span(0)->objects().size(), 2U) << "one without points is nowhere";
  EXPECT_EQ(store.span(0)->find(7)->what.team, Team::kB);
  EXPECT_EQ(store.span(0)->find(9)->what.kind, TrackClass::kBall);
  EXPECT_FLOAT_EQ(*x_at(60'000), 0.3F);
}

TEST_F(TrackStoreTest, TheBudgetKeepsWhatIsNearest) {
  const auto full = [](std::int64_t index) {
    std::vector<TrackPoint> points;
    for (int i = 0; i < 1000; ++i) points.push_back(point(index * kTrackSpanUs + i, 7, 0));
    return span(index, std::move(points));
  };
  TrackStore small(3 * full(0)->size_bytes());
  for (std::int64_t index = 0; index < 10; ++index) small.put(full(index), index * kTrackSpanUs);
  EXPECT_LE(small.size_bytes(), 3 * full(0)->size_bytes());
  EXPECT_EQ(small.span(0), nullptr);
  EXPECT_NE(small.span(9), nullptr);
  small.put(full(0), 0);
  EXPECT_NE(small.span(0), nullptr);
  EXPECT_EQ(small.span(9), nullptr) << "the farthest from the playhead";
  TrackStore tiny(1);
  tiny.put(full(5), 5 * kTrackSpanUs);
  EXPECT_NE(tiny.span(5), nullptr) << "what is shown stays";
}

TEST_F(TrackStoreTest, LookingAllocatesNothingOnceTheVectorHasGrown) {
  std::vector<TrackPoint> points;
  for (int id = 1; id <= 300; ++id)
    for (int i = 0; i < 20; ++i) points.push_back(point(i * 40'000, id, 0));
  store.put(span(0, std::move(points)), 0);
  store.visible_at(100'000, visible);
  ASSERT_EQ(visible.size(), 300U);
  const auto* const place = visible.data();
  for (int i = 0; i < 700; ++i) store.visible_at(i * 1000, visible);
  EXPECT_EQ(visible.data(), place);
}

// --- What to ask for

class SpanNeedsTest : public TrackStoreTest {
 protected:
  std::vector<std::int64_t> asked(SpanNeeds needs) {
    std::vector<std::int64_t> order;
    while (const auto index = next_span_to_ask(store, needs, [&](std::int64_t each) {
             return std::find(order.begin(), order.end(), each) == order.end();
           }))
      order.push_back(*index);
    return order;
  }
  using Order = std::vector<std::int64_t>;
};

TEST_F(SpanNeedsTest, GoesAheadInTheDirectionOfPlay) {
  const SpanNeeds forwards{.playhead_us = 32'500'000, .duration_us = 600'000'000, .is_final = true};
  EXPECT_EQ(asked(forwards), (Order{6, 7}));
  SpanNeeds backwards = forwards;
  backwards.rate = -1;
  EXPECT_EQ(asked(backwards), (Order{6, 5}));
  SpanNeeds fast = forwards;
  fast.rate = 4;
  EXPECT_EQ(asked(fast), (Order{6, 7, 8, 9, 10}));
}

TEST_F(SpanNeedsTest, FetchesWhatTheTrailsBeginIn) {
  EXPECT_EQ(asked({.playhead_us = 31'000'000, .duration_us = 600'000'000, .is_final = true}), (Order{6, 7, 5}));
}

TEST_F(SpanNeedsTest, StaysInsideTheMedia) {
  EXPECT_EQ(asked({.playhead_us = 0, .duration_us = 4'000'000, .is_final = true}), (Order{0}));
  EXPECT_EQ(asked({.playhead_us = 1, .duration_us = 60'000'000, .rate = -2, .is_final = true}), (Order{0}));
}

TEST_F(SpanNeedsTest, AsksForWhatHasBeenAnalysedAndAgainWhenThereIsMore) {
  SpanNeeds needs{.playhead_us = 6'000'000, .duration_us = 60'000'000, .analysed_us = 7'000'000};
  EXPECT_EQ(asked(needs), (Order{1, 0})) << "of the third there is nothing yet";
  store.put(span(1, {}, 7'000'000, false), 0);
  store.put(span(0, {}, 7'000'000, false), 0);
  EXPECT_EQ(asked(needs), Order{});
  needs.analysed_us = 8'000'000;
  EXPECT_EQ(asked(needs), Order{1}) << "the first one was whole";
  store.put(span(1, {}, 8'000'000, false), 0);
  needs.is_final = true;
  EXPECT_EQ(asked(needs), (Order{1, 2, 0})) << "it has ended: points may have come late";
  store.put(span(1, {}, 8'000'000, true), 0);
  store.put(span(0, {}, 8'000'000, true), 0);
  EXPECT_EQ(asked(needs), Order{2});
}

}  // namespace
}  // namespace zoe::player
