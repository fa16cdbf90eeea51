// Drawings between the picture and the window.
#include "player/layers/note_geometry.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "player/layers/drawing_hand.hpp"

namespace zoe::player {
namespace {

constexpr float kAspect = 16.0F / 9;

NoteShape shape_of(NoteKind kind, std::vector<NotePoint> points, float width = 0.01F) {
  return {.kind = kind, .color = 0, .width = width, .points = std::move(points), .text = {}};
}

TEST(NoteGeometry, APlaceIsWhereThePictureIs) {
  // Whole with bars, nearer so that its edges are outside of the window, and moved.
  for (const render::Rect picture :
       {render::Rect{0, 60, 1280, 600}, {-640, -360, 2560, 1440}, {300, -500, 640, 1360}}) {
    for (const NotePoint place : {NotePoint{0, 0}, {1, 1}, {0.25F, 0.75F}}) {
      const ScreenPoint at = on_screen(picture, place);
      const auto back = place_at(picture, at);
      ASSERT_TRUE(back);
      EXPECT_NEAR(back->x, place.x, 1e-5F);
      EXPECT_NEAR(back->y, place.y, 1e-5F);
    }
  }
  EXPECT_FALSE(place_at({0, 60, 1280, 600}, {640, 30})) << "on the bar above it";
  EXPECT_FALSE(place_at({0, 0, 0, 0}, {0, 0})) << "there is no picture";
  EXPECT_EQ(nearest_place({0, 60, 1280, 600}, {2000, 30}), (NotePoint{1, 0}));
}

TEST(NoteGeometry, APressMeansWhatIsDrawnThere) {
  const render::Rect picture{100, 50, 1000, 500};
  const auto hits = [&](const NoteShape& shape, float x, float y, float text = 0) {
    return is_hit(shape, picture, {x, y}, 4, text);
  };
  const NoteShape line = shape_of(NoteKind::kLine, {{0, 0}, {0.5F, 0}, {0.5F, 1}});
  EXPECT_TRUE(hits(line, 350, 53));
  EXPECT_TRUE(hits(line, 604, 300));
  EXPECT_FALSE(hits(line, 350, 70));
  const NoteShape ring = shape_of(NoteKind::kEllipse, {{0.2F, 0.2F}, {0.8F, 0.8F}});
  EXPECT_TRUE(hits(ring, 300, 300)) << "its left end";
  EXPECT_FALSE(hits(ring, 600, 300)) << "its middle is empty";
  const NoteShape words = shape_of(NoteKind::kText, {{0.5F, 0.5F}});
  EXPECT_TRUE(hits(words, 650, 330, 120)) << "60 pixels high, so wide as it was measured";
  EXPECT_FALSE(hits(words, 750, 330, 120));
  EXPECT_FALSE(hits(shape_of(NoteKind::kLine, {}), 100, 50));
}

TEST(NoteGeometry, AFrameHasTheNotesOfItsTime) {
  std::vector<Note> notes(5);
  for (std::size_t i = 0; i < notes.size(); ++i) notes[i].time_us = std::vector{0, 16'666, 33'333, 49'999, 66'667}[i];
  EXPECT_EQ(notes_on(notes, 0, 33'333), (std::pair<std::size_t, std::size_t>{0, 2}));
  EXPECT_EQ(notes_on(notes, 33'333, 33'333), (std::pair<std::size_t, std::size_t>{2, 4}));
  EXPECT_EQ(notes_on(notes, 100'000, 33'333), (std::pair<std::size_t, std::size_t>{5, 5}));
  EXPECT_EQ(notes_on(notes, 33'333, 0), (std::pair<std::size_t, std::size_t>{2, 3})) << "of unknown length";
}

TEST(NoteGeometry, AThinnedLineKeepsItsBends) {
  std::vector<NotePoint> straight;
  for (int i = 0; i <= 1000; ++i) straight.push_back({static_cast<float>(i) / 1000, 0.5F});
  EXPECT_EQ(thinned(straight, 256, kAspect), (std::vector<NotePoint>{{0, 0.5F}, {1, 0.5F}}));
  std::vector<NotePoint> zigzag;
  for (int i = 0; i < 2000; ++i) zigzag.push_back({static_cast<float>(i) / 2000, i % 2 == 0 ? 0.2F : 0.8F});
  const auto few = thinned(zigzag, 256, kAspect);
  EXPECT_LE(few.size(), 256U);
  EXPECT_GE(few.size(), 2U);
  EXPECT_EQ(few.front(), zigzag.front());
  EXPECT_EQ(few.back(), zigzag.back());
  EXPECT_EQ(thinned({{0, 0}, {0.5F, 0.9F}, {1, 0}}, 256, kAspect).size(), 3U);
}

TEST(NoteGeometry, AnArrowPointsAtItsSecondPoint) {
  const auto barbs = arrow_barbs({0, 0}, {100, 0}, 4);
  ASSERT_TRUE(barbs);
  EXPECT_FLOAT_EQ(barbs->first.x, 80);
  EXPECT_FLOAT_EQ(std::abs(barbs->first.y), 10);
  EXPECT_FLOAT_EQ(barbs->first.y, -barbs->second.y);
  EXPECT_GT(arrow_barbs({0, 0}, {5, 0}, 40)->first.x, 0) << "the head of a short one is shorter than it";
  EXPECT_FALSE(arrow_barbs({3, 3}, {3, 3}, 4));
}

TEST(DrawingHand, ALineDrawnByHandKeepsItsWayWithinTheBounds) {
  DrawingHand hand;
  hand.begin({.is_open = true, .tool = DrawTool::kPen, .color = 1, .width = 2}, {0.1F, 0.1F}, kAspect);
  for (int i = 0; i < 20'000; ++i) {
    const float turn = static_cast<float>(i) / 300;
    hand.move({0.5F + 0.3F * std::cos(turn), 0.5F + 0.3F * std::sin(turn)});
  }
  const auto shape = hand.end();
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->kind, NoteKind::kLine);
  EXPECT_EQ(shape->color, kDrawColors[1]);
  EXPECT_EQ(shape->width, kDrawWidths[2]);
  EXPECT_EQ(shape->points.front(), (NotePoint{0.1F, 0.1F}));
  EXPECT_GT(shape->points.size(), 20U);
  EXPECT_LE(shape->points.size(), kMostNotePoints);
  EXPECT_FALSE(hand.is_drawing());
}

TEST(DrawingHand, OfTheOthersTheEndsCount) {
  DrawingHand hand;
  for (const auto& [tool, kind] : {std::pair(DrawTool::kLine, NoteKind::kLine),
                                   {DrawTool::kArrow, NoteKind::kArrow},
                                   {DrawTool::kEllipse, NoteKind::kEllipse}}) {
    hand.begin({.tool = tool}, {0.1F, 0.1F}, kAspect);
    hand.move({0.9F, 0.4F});
    hand.move({0.2F, 0.3F});
    const auto shape = hand.end();
    ASSERT_TRUE(shape);
    EXPECT_EQ(shape->kind, kind);
    EXPECT_EQ(shape->points, (std::vector<NotePoint>{{0.1F, 0.1F}, {0.2F, 0.3F}}));
  }
  hand.begin({.tool = DrawTool::kArrow}, {0.1F, 0.1F}, kAspect);
  EXPECT_FALSE(hand.end()) << "a click is no arrow";
  hand.begin({.tool = DrawTool::kPen}, {0.1F, 0.1F}, kAspect);
  hand.move({0.9F, 0.9F});
  hand.cancel();
  EXPECT_FALSE(hand.end());
}

}  // namespace
}  // namespace zoe::player
