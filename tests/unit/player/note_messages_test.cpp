// What the server says of drawings: nothing of it is believed before it is within bounds.
#include "player/client/note_messages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace zoe::player {
namespace {

using nlohmann::json;

json shape(const char* kind, json points) {
  return {{"kind", kind}, {"color", "#ff4b4b"}, {"width", 0.01}, {"points", std::move(points)}};
}
json note(json its_shape) {
  return {{"note", 3},     {"media", "m1"},        {"time_us", 1'000'000},
          {"name", "ann"}, {"created_utc_ns", 12}, {"shape", std::move(its_shape)}};
}

TEST(NoteMessages, AShapeComesThroughAsItWasTold) {
  const NoteShape drawn{
      .kind = NoteKind::kArrow, .color = 0x3DDC84, .width = 0.007F, .points = {{0.25F, 0.5F}, {1, 0}}, .text = {}};
  EXPECT_EQ(parse_shape(shape_json(drawn)).value(), drawn);
  const NoteShape words{
      .kind = NoteKind::kText, .color = 0x00000F, .width = 0.004F, .points = {{0, 1}}, .text = "press here"};
  EXPECT_EQ(parse_shape(shape_json(words)).value(), words);
}

TEST(NoteMessages, WhatCannotBeDrawnIsRefused) {
  json many = json::array();
  for (int i = 0; i < 257; ++i) many.push_back({0.5, 0.5});
  json words = shape("text", {{0.5, 0.5}});
  words["text"] = std::string(201, 'x');
  json colour = shape("line", {{0, 0}, {1, 1}});
  colour["color"] = "#ff4b4g";
  json wide = shape("line", {{0, 0}, {1, 1}});
  wide["width"] = 1e30;
  json thin = wide;
  thin["width"] = -0.01;
  const std::vector<json> bad{shape("spiral", {{0, 0}, {1, 1}}),
                              shape("line", {{0, 0}}),
                              shape("line", many),
                              shape("arrow", {{0, 0}, {1, 1}, {0, 1}}),
                              shape("ellipse", {{0, 0}, {1, 1.5}}),
                              shape("ellipse", {{0, 0}, {-1e300, 1}}),
                              shape("line", {{0, 0}, {"a", 1}}),
                              shape("line", {{0, 0}, {1}}),
                              shape("line", "points"),
                              shape("text", {{0.5, 0.5}}),
                              words,
                              colour,
                              wide,
                              thin,
                              json::array(),
                              json("line")};
  for (const json& each : bad) EXPECT_FALSE(parse_shape(each)) << each.dump().substr(0, 100);
}

TEST(NoteMessages, APageLeavesOutWhatItDoesNotUnderstand) {
  json from_later = note(shape("spiral", {{0, 0}, {1, 1}}));
  json own = note(shape("line", {{0, 0}, {1, 1}}));
  own["may_delete"] = true;
  const auto page = parse_notes({{"notes", {own, from_later, 7}}, {"total", 3}});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->notes.size(), 1U);
  EXPECT_EQ(page->notes[0].note, 3U);
  EXPECT_EQ(page->notes[0].time_us, 1'000'000);
  EXPECT_EQ(page->notes[0].name, "ann");
  EXPECT_TRUE(page->notes[0].may_delete);
  EXPECT_FALSE(page->is_last);
  EXPECT_TRUE(parse_notes({{"notes", json::array()}, {"total", 900}})->is_last);
  EXPECT_FALSE(parse_notes({{"notes", {{"note", 1}}}, {"total", -1}}));
  EXPECT_FALSE(parse_notes({{"total", 1}}));
}

TEST(NoteMessages, ANoteHasItsBounds) {
  const json good = note(shape("line", {{0, 0}, {1, 1}}));
  EXPECT_EQ(parse_note(good)->media, "m1");
  for (const auto& [key, value] : std::vector<std::pair<std::string, json>>{{"note", 0},
                                                                            {"note", -4},
                                                                            {"time_us", -1},
                                                                            {"time_us", INT64_MAX},
                                                                            {"name", std::string(300, 'a')},
                                                                            {"media", 7},
                                                                            {"shape", nullptr}}) {
    json bad = good;
    bad[key] = value;
    EXPECT_FALSE(parse_note(bad)) << key << " " << value;
  }
}

}  // namespace
}  // namespace zoe::player
