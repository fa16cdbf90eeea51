#include "player/client/library_messages.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace zoe::player {
namespace {

using nlohmann::json;

json details() {
  return json::parse(R"({"media": "m1", "preview": {"version": "3", "interval_us": 5000000, "tile_width": 160,
    "tile_height": 90, "columns": 4, "rows": 3, "sheets": 2, "tiles": 20}})");
}

TEST(LibraryMessages, ReadsFolders) {
  const auto folders = parse_folders(json::parse(
      R"({"folders": [{"name": "Cup", "folder": "2024/Cup", "media": 12}, {"name": "x", "folder": "x", "media": 0}]})"));
  ASSERT_TRUE(folders) << folders.error().message;
  ASSERT_EQ(folders->size(), 2U);
  EXPECT_EQ(folders->front().name, "Cup");
  EXPECT_EQ(folders->front().folder, "2024/Cup");
  EXPECT_EQ(folders->front().media, 12);
  const auto roots = parse_roots(json::parse(R"({"roots": [{"root": "films", "media": 3}]})"));
  ASSERT_TRUE(roots);
  EXPECT_EQ(roots->front().root, "films");
}

TEST(LibraryMessages, RefusesFoldersThatCannotBe) {
  for (const char* text : {R"({})", R"({"folders": {}})", R"({"folders": [5]})", R"({"folders": [{"name": "a"}]})",
                           R"({"folders": [{"name": "a", "folder": "", "media": 1}]})",
                           R"({"folders": [{"name": 5, "folder": "a", "media": 1}]})",
                           R"({"folders": [{"name": "a", "folder": "a", "media": -1}]})", R"([])"}) {
    const auto folders = parse_folders(json::parse(text));
    ASSERT_FALSE(folders) << text;
    EXPECT_EQ(folders.error().code, Errc::kMalformed);
  }
}

TEST(LibraryMessages, TakesNoMoreFoldersThanItHolds) {
  json many = {{"folders", json::array()}};
  for (std::size_t i = 0; i < kMostFolders + 10; ++i)
    many["folders"].push_back({{"name", "f"}, {"folder", "f" + std::to_string(i)}, {"media", 1}});
  EXPECT_EQ(parse_folders(many)->size(), kMostFolders);
}

TEST(LibraryMessages, ReadsAPreview) {
  const auto read = parse_details(details());
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_TRUE(read->preview);
  EXPECT_EQ(read->preview->columns, 4);
  EXPECT_FALSE(parse_details(json{{"media", "m1"}})->preview);
  EXPECT_FALSE(parse_details(json{{"media", "m1"}, {"preview", nullptr}})->preview);
}

TEST(LibraryMessages, RefusesPreviewsThatCannotBe) {
  for (const char* key :
       {"interval_us", "tile_width", "tile_height", "columns", "rows", "sheets", "tiles", "version"}) {
    for (const json& value : {json(0), json(-1), json(nullptr), json(1e300), json(INT64_MAX)}) {
      json changed = details();
      changed["preview"][key] = value;
      EXPECT_FALSE(parse_details(changed)) << key << " " << value;
    }
  }
  json changed = details();
  changed["preview"]["tiles"] = 25;  // 2 sheets of 12
  EXPECT_FALSE(parse_details(changed));
}

TEST(LibraryMessages, FindsTheTileOfATime) {
  const PreviewInfo info = *parse_details(details())->preview;
  const auto place = [&](std::int64_t time_us) {
    const auto found = info.place_of(time_us);
    return std::vector<int>{found.sheet, found.column, found.row};
  };
  EXPECT_EQ(place(0), (std::vector<int>{0, 0, 0}));
  EXPECT_EQ(place(2'400'000), (std::vector<int>{0, 0, 0})) << "the nearest";
  EXPECT_EQ(place(2'600'000), (std::vector<int>{0, 1, 0}));
  EXPECT_EQ(place(25'000'000), (std::vector<int>{0, 1, 1}));
  EXPECT_EQ(place(60'000'000), (std::vector<int>{1, 0, 0}));
  EXPECT_EQ(place(INT64_MAX / 2), (std::vector<int>{1, 3, 1})) << "the last one";
  EXPECT_EQ(place(-5), (std::vector<int>{0, 0, 0}));
}

}  // namespace
}  // namespace zoe::player
