#include "player/client/personal_feed.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/player/request_link.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

class PersonalFeedTest : public testing::Test {
 protected:
  json playlist() const {
    json entries = json::array();
    for (int i = 1; i <= 4; ++i)
      entries.push_back({{"entry", i}, {"media", "m" + std::to_string(i)}, {"title", "t"}, {"is_available", true}});
    return {{"playlist", 3},        {"name", "Cup"},    {"owner", "ann"},      {"is_own", true},
            {"sharing", "private"}, {"may_edit", true}, {"updated_utc_ns", 5}, {"entries", std::move(entries)}};
  }
  int asked(const std::string& method) const {
    return static_cast<int>(
        std::count_if(link.asked.begin(), link.asked.end(), [&](const auto& each) { return each.first == method; }));
  }
  std::string order() const {
    std::string text;
    for (const PlaylistEntry& each : feed.snapshot().playlist.value->entries) text += std::to_string(each.entry);
    return text;
  }

  test::RequestLink link;
  FakeClock clock;
  int woken = 0;
  PersonalFeed feed{link, clock, [this] { ++woken; }};
};

TEST_F(PersonalFeedTest, AsksForWhatIsLookedAtOnceAMinute) {
  link.answer = json{{"items", json::array()}};
  for (int i = 0; i < 10; ++i) feed.update({.favourites = true}, i * kNsPerS);
  EXPECT_EQ(asked("favourites.list"), 1);
  EXPECT_EQ(asked("playlists.list"), 0);
  EXPECT_TRUE(feed.snapshot().favourites.value);
  EXPECT_GT(woken, 0);
  feed.update({.favourites = true}, 61 * kNsPerS);
  EXPECT_EQ(asked("favourites.list"), 2);
  feed.refresh();
  feed.update({.favourites = true}, 62 * kNsPerS);
  EXPECT_EQ(asked("favourites.list"), 3);
}

TEST_F(PersonalFeedTest, AnErrorKeepsWhatWasKnown) {
  link.answer = json{{"items", json::array()}};
  feed.update({.favourites = true}, 0);
  link.answer = fail(Errc::kIo, "no database");
  feed.refresh();
  feed.update({.favourites = true}, 1);
  EXPECT_TRUE(feed.snapshot().favourites.value);
  EXPECT_EQ(feed.snapshot().favourites.error, "no database");
}

TEST_F(PersonalFeedTest, AnotherPlaylistIsNotShownAsThisOne) {
  link.answer = playlist();
  feed.update({.playlist = 3}, 0);
  EXPECT_EQ(order(), "1234");
  link.answer = fail(Errc::kDenied, "not yours");
  feed.update({.playlist = 5}, 1);
  EXPECT_FALSE(feed.snapshot().playlist.value);
}

TEST_F(PersonalFeedTest, AMoveShowsAtOnceAndIsAskedAnew) {
  link.answer = playlist();
  feed.update({.playlist = 3}, 0);
  feed.run({.verb = PersonalVerb::kMoveEntry, .playlist = 3, .number = 1, .to = 2});
  EXPECT_EQ(order(), "2314");
  feed.run({.verb = PersonalVerb::kRemoveEntry, .playlist = 3, .number = 4});
  EXPECT_EQ(order(), "231");
  feed.run({.verb = PersonalVerb::kMoveEntry, .playlist = 3, .number = 77, .to = 2});
  EXPECT_EQ(order(), "231") << "an entry that is not there moves nothing";
  feed.update({.playlist = 3}, 1);
  EXPECT_EQ(order(), "1234") << "what the server says counts";
}

TEST_F(PersonalFeedTest, ANewPlaylistTakesItsFirstVideo) {
  json made = playlist();
  made["entries"] = 0;
  link.answer = made;
  feed.run({.verb = PersonalVerb::kCreatePlaylist, .name = "Cup", .media = "m7"});
  ASSERT_EQ(link.asked.size(), 2U);
  EXPECT_EQ(link.asked[0].first, "playlists.create");
  EXPECT_EQ(link.asked[1].first, "playlists.add");
  EXPECT_EQ(json::parse(link.asked[1].second), (json{{"playlist", 3}, {"media", {"m7"}}}));
  const auto outcomes = feed.take_outcomes();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_TRUE(outcomes[0].is_done);
  EXPECT_TRUE(feed.take_outcomes().empty());
}

TEST_F(PersonalFeedTest, WhatFailsIsSaid) {
  link.answer = fail(Errc::kDenied, "the password is wrong");
  feed.run({.verb = PersonalVerb::kDeleteAccount, .secret = "x"});
  const auto outcomes = feed.take_outcomes();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_FALSE(outcomes[0].is_done);
  EXPECT_EQ(outcomes[0].message, "the password is wrong");
}

TEST_F(PersonalFeedTest, ExportsIntoAFileOfTheViewersOwn) {
  const test::TempDir folder;
  const std::string text = R"({"name": "ann"})";
  link.file = std::vector<std::uint8_t>(text.begin(), text.end());
  feed.run({.verb = PersonalVerb::kExport, .text = folder.path()});
  std::vector<PersonalOutcome> outcomes;
  ASSERT_TRUE(test::wait_until([&] {
    outcomes = feed.take_outcomes();
    return !outcomes.empty();
  }));
  EXPECT_TRUE(outcomes[0].is_done) << outcomes[0].message;
  const auto file = *std::filesystem::directory_iterator(folder.path());
  EXPECT_NE(outcomes[0].message.find(file.path().string()), std::string::npos);
  EXPECT_EQ(file.path().extension(), ".json");
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::ifstream stream(file.path());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), text);
}

TEST_F(PersonalFeedTest, AnExportThatCannotBeWrittenIsSaid) {
  link.file = std::vector<std::uint8_t>(3);
  feed.run({.verb = PersonalVerb::kExport, .text = "/proc/nowhere"});
  std::vector<PersonalOutcome> outcomes;
  ASSERT_TRUE(test::wait_until([&] {
    outcomes = feed.take_outcomes();
    return !outcomes.empty();
  }));
  EXPECT_FALSE(outcomes[0].is_done);
  EXPECT_FALSE(outcomes[0].message.empty());
}

TEST_F(PersonalFeedTest, AnotherPersonSeesNothingOfTheFirst) {
  link.answer = json{{"items", json::array()}};
  feed.update({.favourites = true}, 0);
  link.holds_files = true;
  feed.run({.verb = PersonalVerb::kExport, .text = "/tmp"});
  feed.clear();
  EXPECT_FALSE(feed.snapshot().favourites.value);
  EXPECT_FALSE(feed.snapshot().is_busy);
  Result<std::vector<std::uint8_t>> late = fail(Errc::kUnavailable, "too late");
  link.waiting[0](late);
  EXPECT_TRUE(feed.take_outcomes().empty());
}

json viewings(int first, int count, std::int64_t total) {
  json list = json::array();
  for (int i = first; i < first + count; ++i)
    list.push_back({{"viewing", i},
                    {"media", "m"},
                    {"title", "t"},
                    {"is_available", true},
                    {"client", "web"},
                    {"began_utc_ns", 1},
                    {"ended_utc_ns", 2},
                    {"from_us", 0},
                    {"to_us", 1},
                    {"duration_us", 2}});
  return {{"viewings", std::move(list)}, {"total", total}};
}

TEST_F(PersonalFeedTest, HistoryComesPageByPage) {
  link.answer = viewings(0, 100, 150);
  feed.update({.history = true}, 0);
  link.answer = viewings(100, 50, 150);
  feed.load_more_history();
  EXPECT_EQ(feed.snapshot().history.items->size(), 150U);
  EXPECT_EQ(json::parse(link.asked.back().second), (json{{"offset", 100}, {"limit", 100}}));
  const std::size_t before = link.asked.size();
  feed.load_more_history();
  EXPECT_EQ(link.asked.size(), before) << "all is there";
}

TEST_F(PersonalFeedTest, AnEmptyPageEndsAListWhateverItsTotal) {
  link.answer = viewings(0, 100, INT64_MAX);
  feed.update({.history = true}, 0);
  link.answer = viewings(0, 0, INT64_MAX);
  feed.load_more_history();
  EXPECT_EQ(feed.snapshot().history.total, 100);
  const std::size_t before = link.asked.size();
  feed.load_more_history();
  EXPECT_EQ(link.asked.size(), before);
}

}  // namespace
}  // namespace zoe::player
