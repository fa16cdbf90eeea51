#include "player/client/viewing_store.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_dir.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kLengthUs = 100 * kSecondUs;

TEST(ViewingStore, WhatIsPutInIsThereTheNextTime) {
  const test::TempDir dir;
  const std::string film = dir.write("film.mkv", "a film");
  const std::string file = dir.file("config/viewing.json");
  const ViewingHabits habits{.volume = 0.25F,
                             .is_muted = true,
                             .sound_language = "ger",
                             .subtitle_language = "off",
                             .deinterlacing = "always"};
  {
    ViewingStore store(file);
    EXPECT_EQ(store.habits(), ViewingHabits{});
    store.set_habits(habits);
    store.set_place(film, 40 * kSecondUs, kLengthUs);
  }
  ViewingStore again(file);
  EXPECT_EQ(again.habits(), habits);
  EXPECT_EQ(again.place_of(film), 40 * kSecondUs);
  EXPECT_EQ(again.place_of(dir.file("other.mkv")), 0);
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::others_read,
            std::filesystem::perms::none);
}

TEST(ViewingStore, AFileThatChangedBeginsAnew) {
  const test::TempDir dir;
  const std::string film = dir.write("film.mkv", "a film");
  ViewingStore store("");
  store.set_place(film, 40 * kSecondUs, kLengthUs);
  EXPECT_EQ(store.place_of(film), 40 * kSecondUs);
  dir.write("film.mkv", "another film");
  EXPECT_EQ(store.place_of(film), 0);
  std::filesystem::remove(film);
  EXPECT_EQ(store.place_of(film), 0);
}

TEST(ViewingStore, WhatWasHardlyBegunOrSeenToItsEndIsForgotten) {
  const test::TempDir dir;
  const std::string film = dir.write("film.mkv", "a film");
  ViewingStore store("");
  for (const std::int64_t at_us : {kSecondUs, kLengthUs - kSecondUs, kLengthUs}) {
    store.set_place(film, 40 * kSecondUs, kLengthUs);
    store.set_place(film, at_us, kLengthUs);
    EXPECT_EQ(store.place_of(film), 0) << at_us;
  }
}

TEST(ViewingStore, TheNewestPlacesAreKept) {
  const test::TempDir dir;
  ViewingStore store("");
  const auto name = [&](std::size_t i) { return std::to_string(i) + ".mkv"; };
  for (std::size_t i = 0; i <= ViewingStore::kMostFiles; ++i)
    store.set_place(dir.write(name(i), "film"), 40 * kSecondUs, kLengthUs);
  EXPECT_EQ(store.place_of(dir.file(name(0))), 0);
  EXPECT_GT(store.place_of(dir.file(name(1))), 0);
  EXPECT_GT(store.place_of(dir.file(name(ViewingStore::kMostFiles))), 0);
}

TEST(ViewingStore, HostileFilesAreAsIfNothingWereKept) {
  ViewingStore store("");
  EXPECT_FALSE(store.parse(as_bytes("no JSON")));
  EXPECT_FALSE(store.parse(as_bytes("[]")));
  EXPECT_TRUE(store.parse(as_bytes(R"({"volume":"loud","is_muted":1,"sound_language":[],"files":{"path":"x"}})")));
  EXPECT_EQ(store.habits(), ViewingHabits{});
  EXPECT_TRUE(
      store.parse(as_bytes(R"({"volume":99,"files":[1,{},{"path":"/x","position_us":-5,"size_bytes":1e99}]})")));
  EXPECT_EQ(store.habits().volume, 1);
  EXPECT_EQ(store.place_of("/x"), 0);
}

}  // namespace
}  // namespace zoe::player
