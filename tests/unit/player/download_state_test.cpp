#include "player/client/download_state.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "player/client/download_types.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

PartState some_state() {
  return {.source = {.server = "ab12", .media = "m1", .root = "Films", .path = "2024/決勝.mkv", .title = "Final"},
          .version = "v1",
          .size_bytes = 20'000'000,
          .verified_bytes = 9'000'000,
          .digests = {1, UINT64_MAX, 3}};
}

bool is_refused(const json& state) {
  const auto parsed = parse_part_state(as_bytes(state.dump()));
  return !parsed && parsed.error().code == Errc::kMalformed;
}

TEST(PartState, IsReadAsItWasWritten) {
  const auto again = parse_part_state(as_bytes(to_text(some_state())));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, some_state());
}

TEST(PartState, WhatCannotBeIsRefused) {
  const json good = json::parse(to_text(some_state()));
  ASSERT_FALSE(is_refused(good));
  const auto with = [&](const char* key, const json& value) {
    json changed = good;
    changed[key] = value;
    return changed;
  };
  EXPECT_TRUE(is_refused(with("format", 2)));
  EXPECT_TRUE(is_refused(with("size_bytes", -1)));
  EXPECT_TRUE(is_refused(with("size_bytes", 1e300)));
  EXPECT_TRUE(is_refused(with("size_bytes", UINT64_MAX)));
  EXPECT_TRUE(is_refused(with("verified_bytes", 20'000'001)));
  EXPECT_TRUE(is_refused(with("verified_bytes", 4)));
  EXPECT_TRUE(is_refused(with("digests", "")));
  EXPECT_TRUE(is_refused(with("digests", std::string(3 * 16, 'g'))));
  EXPECT_TRUE(is_refused(with("digests", std::string(3 * 16 - 1, '0'))));
  EXPECT_TRUE(is_refused(with("digests", json::array({1, 2, 3}))));
  EXPECT_TRUE(is_refused(with("version", std::string(1000, 'v'))));
  EXPECT_TRUE(is_refused(with("path", nullptr)));
  EXPECT_FALSE(parse_part_state(as_bytes("")));
  EXPECT_FALSE(parse_part_state(as_bytes("[]")));
  EXPECT_EQ(parse_part_state(as_bytes(std::string(1 << 20, ' '))).error().code, Errc::kTooLarge);
}

TEST(PartState, TheLargestFilesHaveAStateOfBoundedSize) {
  PartState state = some_state();
  state.size_bytes = state.verified_bytes = 1ULL << 44;
  state.digests.assign(static_cast<std::size_t>(state.size_bytes / block_bytes_of(state.size_bytes)), 7);
  EXPECT_LE(state.digests.size(), kMostBlocks);
  const std::string text = to_text(state);
  EXPECT_LE(text.size(), kMostStateBytes);
  EXPECT_TRUE(parse_part_state(as_bytes(text)));
  EXPECT_GT(block_bytes_of(INT64_MAX), 0U);
}

TEST(PartState, AFileIsKnownByItsNumberOrItsPlace) {
  const DownloadSource one = some_state().source;
  DownloadSource other = one;
  other.media = "m2";
  EXPECT_TRUE(one.is_same_file(other)) << "the same place";
  other.path = "else.mkv";
  EXPECT_FALSE(one.is_same_file(other));
  other.media = one.media;
  EXPECT_TRUE(one.is_same_file(other)) << "the same number";
  other.server = "cd34";
  EXPECT_FALSE(one.is_same_file(other));
}

TEST(BlockDigests, DoNotDependOnHowTheBytesCame) {
  const std::string text = "some bytes that are more than a block";
  BlockDigests whole(16);
  whole.add(as_bytes(text));
  BlockDigests pieces(16);
  for (const char& c : text) pieces.add(as_bytes(std::string_view(&c, 1)));
  EXPECT_EQ(whole.all(), pieces.all());
  EXPECT_EQ(whole.all().size(), 3U);
  EXPECT_EQ(whole.size_bytes(), text.size());
  BlockDigests other(16);
  other.add(as_bytes("some bytes that ARE more than a block"));
  EXPECT_EQ(other.all()[0] == whole.all()[0], true);
  EXPECT_NE(other.all()[1], whole.all()[1]);
}

TEST(DownloadList, IsReadAsItWasWritten) {
  DownloadList list{.folder = "/home/ann/Videos", .most_at_once = 2};
  list.downloads.push_back({.source = some_state().source,
                            .address = "attic",
                            .folder = "/tmp",
                            .wanted_name = "決勝.mkv",
                            .name = "決勝 (2).mkv",
                            .size_bytes = 5,
                            .stage = DownloadStage::kPaused,
                            .note = "The disk is full."});
  const auto again = parse_download_list(as_bytes(to_text(list)));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, list);
}

TEST(DownloadList, WhatCannotBeIsRefused) {
  DownloadList list;
  list.downloads.push_back({.folder = "/tmp", .wanted_name = "a"});
  const json good = json::parse(to_text(list));
  ASSERT_TRUE(parse_download_list(as_bytes(good.dump())));
  const auto refuses = [&](const char* key, const json& value) {
    json changed = good;
    changed["downloads"][0][key] = value;
    return !parse_download_list(as_bytes(changed.dump()));
  };
  EXPECT_TRUE(refuses("name", "../a"));
  EXPECT_TRUE(refuses("name", ".."));
  EXPECT_TRUE(refuses("folder", ""));
  EXPECT_TRUE(refuses("stage", "gone"));
  EXPECT_TRUE(refuses("size_bytes", -1));
  json changed = good;
  changed["most_at_once"] = 1000;
  EXPECT_FALSE(parse_download_list(as_bytes(changed.dump())));
}

}  // namespace
}  // namespace zoe::player
