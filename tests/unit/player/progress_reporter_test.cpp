#include "player/client/progress_reporter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "player/client/home_feed.hpp"
#include "tests/unit/player/request_link.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ProgressReporterTest : public testing::Test {
 protected:
  ProgressReporterTest() {
    clock_.set_ns(kNsPerS);
    member_.state = LinkState::kSignedIn;
    member_.principal.role = Role::kMember;
  }
  std::int64_t at(double seconds, WatchState state) {
    clock_.set_ns(kNsPerS + static_cast<std::int64_t>(seconds * 1e9));
    return reporter_.update(state, member_, clock_.now_ns());
  }
  static WatchState playing(std::int64_t position_s, std::string media = "m") {
    return {.media = std::move(media), .position_us = position_s * 1'000'000, .is_settled = true};
  }
  static WatchState paused(std::int64_t position_s) {
    WatchState state = playing(position_s);
    state.is_resting = true;
    return state;
  }
  // Media and second of each report.
  std::vector<std::pair<std::string, std::int64_t>> reports() {
    std::vector<std::pair<std::string, std::int64_t>> all;
    for (const auto& [method, params] : link_.asked) {
      EXPECT_EQ(method, "progress.report");
      const json object = json::parse(params);
      all.emplace_back(object.at("media"), object.at("position_us").get<std::int64_t>() / 1'000'000);
    }
    return all;
  }

  FakeClock clock_;
  test::RequestLink link_;
  LinkSnapshot member_;
  ProgressReporter reporter_{link_, clock_};
};

using Pair = std::pair<std::string, std::int64_t>;

TEST_F(ProgressReporterTest, EveryTenSecondsWhileItMoves) {
  EXPECT_EQ(at(0, playing(100)), kNsPerS + ProgressReporter::kEveryNs);
  for (int second = 1; second <= 25; ++second) at(second, playing(100 + second));
  EXPECT_THAT(reports(), ElementsAre(Pair("m", 110), Pair("m", 120)));
}

TEST_F(ProgressReporterTest, AtRestAtOnceAndOnlyOnce) {
  at(0, playing(5));
  at(1, paused(6));
  for (int second = 2; second < 60; ++second) at(second, paused(6));
  EXPECT_THAT(reports(), ElementsAre(Pair("m", 6)));
  at(61, playing(7));
  WatchState end = paused(30);
  end.is_ended = true;
  at(62, end);
  EXPECT_THAT(reports(), ElementsAre(Pair("m", 6), Pair("m", 7), Pair("m", 30)));
  EXPECT_THAT(link_.asked.back().second, HasSubstr("is_ended"));
}

TEST_F(ProgressReporterTest, WhereItIsTakenWhileItRestsIsReported) {
  WatchState seeking = paused(6);
  seeking.is_settled = false;
  at(0, playing(5));
  at(1, paused(6));
  at(1.1, seeking);
  EXPECT_EQ(at(1.2, paused(30)), kNsPerS + static_cast<std::int64_t>(2e9)) << "a second after the first";
  EXPECT_THAT(reports(), ElementsAre(Pair("m", 6)));
  at(2.1, paused(30));
  EXPECT_THAT(reports(), ElementsAre(Pair("m", 6), Pair("m", 30)));
  for (int step = 0; step < 60; ++step) at(2.2 + step / 30.0, paused(31 + step));
  EXPECT_EQ(link_.asked.size(), 4U) << "two seconds of steps";
  at(4.2, {});
  EXPECT_EQ(reports().back(), Pair("m", 90));
}

TEST_F(ProgressReporterTest, WhatIsLeftIsReportedAsItWas) {
  at(0, playing(5));
  at(3, playing(8));
  at(4, {});
  EXPECT_THAT(reports(), ElementsAre(Pair("m", 8)));
  at(5, playing(1, "n"));
  at(6, playing(2, "o"));
  EXPECT_THAT(reports(), ElementsAre(Pair("m", 8), Pair("n", 1)));
}

TEST_F(ProgressReporterTest, ASeekUnderWayIsNoPlace) {
  WatchState seeking = playing(500);
  seeking.is_settled = false;
  at(0, playing(5));
  at(11, seeking);
  EXPECT_THAT(reports(), IsEmpty());
  at(12, playing(500));
  EXPECT_THAT(reports(), ElementsAre(Pair("m", 500)));
}

TEST_F(ProgressReporterTest, GuestsAreNotReported) {
  member_.principal.role = Role::kGuest;
  at(0, playing(5));
  at(20, paused(25));
  at(21, {});
  EXPECT_THAT(link_.asked, IsEmpty());
}

TEST_F(ProgressReporterTest, WhatCannotBeSentIsSentLaterTheNewestOfEach) {
  at(0, playing(5));
  member_.state = LinkState::kReconnecting;
  at(1, paused(6));
  at(2, playing(7));
  at(3, paused(9));
  at(4, playing(1, "n"));
  at(5, {});
  EXPECT_THAT(link_.asked, IsEmpty());
  member_.state = LinkState::kSignedIn;
  at(6, {});
  EXPECT_THAT(reports(), ElementsAre(Pair("m", 9), Pair("n", 1)));
  at(7, {});
  EXPECT_EQ(link_.asked.size(), 2U);
}

TEST_F(ProgressReporterTest, WhatTheConnectionLostIsSentAgainAndWhatIsRefusedIsNot) {
  link_.answer = fail(Errc::kUnavailable, "the connection ended");
  at(0, playing(5));
  at(1, paused(6));
  EXPECT_EQ(link_.asked.size(), 1U);
  link_.answer = fail(Errc::kNotFound, "there is no such media");
  at(2, paused(6));
  EXPECT_EQ(link_.asked.size(), 2U);
  at(3, paused(6));
  EXPECT_EQ(link_.asked.size(), 2U);
}

// --- What is suggested
// -------------------------------------------------------------------------------------------------

json media(const char* id) {
  return {
      {"media", id},         {"title", id},    {"path", id},      {"size_bytes", 1},       {"duration_us", 60'000'000},
      {"width", 640},        {"height", 480},  {"codec", "h264"}, {"frame_rate", {25, 1}}, {"added_utc_ns", 1},
      {"has_audio", 1 == 1}, {"is_hdr", false}};
}

TEST(HomeFeed, TakesWhatTheServerSuggests) {
  test::RequestLink link;
  json begun = media("a");
  begun["progress"] = {{"position_us", 30'000'000}, {"resume_us", 30'000'000}, {"is_watched", false}};
  begun["is_favourite"] = true;
  link.answer = json::parse(
      json{{"continue", {begun}}, {"recommended", {{{"media", media("b")}, {"reason", {{"text", "Because."}}}}}}}
          .dump());
  int wakes = 0;
  HomeFeed feed(link, [&] { ++wakes; });
  feed.update(1);
  EXPECT_EQ(wakes, 1);
  const auto home = feed.snapshot();
  ASSERT_EQ(home->begun.size(), 1U);
  EXPECT_EQ(home->begun[0].item.resume_us, 30'000'000);
  EXPECT_TRUE(home->begun[0].item.is_favourite);
  ASSERT_EQ(home->recommended.size(), 1U);
  EXPECT_EQ(home->recommended[0].reason, "Because.");
  feed.update(2);
  EXPECT_EQ(link.asked.size(), 1U) << "not again within the minute";
  feed.refresh();
  link.answer = fail(Errc::kUnsupported, "an older server knows no such method");
  feed.update(3);
  EXPECT_EQ(link.asked.size(), 2U);
  EXPECT_EQ(feed.snapshot()->begun.size(), 1U) << "what was known stays";
  feed.clear();
  EXPECT_TRUE(feed.snapshot()->begun.empty());
}

TEST(HomeFeed, WhatIsMalformedIsNotBelieved) {
  for (const char* bad :
       {"[]", "{}", R"({"continue": 1, "recommended": []})", R"({"continue": [], "recommended": [5]})",
        R"({"continue": [{"media": 5}], "recommended": []})",
        R"({"continue": [], "recommended": [{"media": {"media": "x"}}]})"})
    EXPECT_FALSE(parse_home(json::parse(bad))) << bad;
  json bad = media("a");
  bad["progress"] = {{"position_us", -5}, {"resume_us", 1}, {"is_watched", false}};
  EXPECT_FALSE(parse_home(json::parse(json{{"continue", {bad}}, {"recommended", json::array()}}.dump())));
  json many = json::array();
  for (int i = 0; i < 300; ++i) many.push_back(media("m"));
  const auto home = parse_home(json::parse(json{{"continue", many}, {"recommended", json::array()}}.dump()));
  ASSERT_TRUE(home);
  EXPECT_EQ(home->begun.size(), kMostSuggestions);
}

}  // namespace
}  // namespace zoe::player
