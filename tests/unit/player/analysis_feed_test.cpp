#include "player/client/analysis_feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/unit/player/request_link.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

json job(const char* id, const char* state, std::int64_t analysed_us = 0, int events = 0, int created = 1) {
  return {{"job", id},
          {"media", "m1"},
          {"analyser", "football"},
          {"state", state},
          {"fraction", 0.5},
          {"message", ""},
          {"analysed_us", analysed_us},
          {"created_utc_ns", created},
          {"counts", {{"tracks", analysed_us > 0 ? 100 : 0}, {"events", events}, {"series", 1}}}};
}

class AnalysisFeedTest : public testing::Test {
 protected:
  AnalysisFeedTest() {
    link.on_request = [this](const std::string& method, const json& params) -> Result<json> {
      ++asked[method];
      if (failing == method) return fail(Errc::kIo, "no " + method);
      if (method == "analysis.jobs") return json{{"jobs", jobs}, {"total", jobs.size()}};
      if (method == "analysis.analysers") return json{{"analysers", json::array()}};
      if (method == "analysis.get")
        return json{{"job", {{"summary", {{"text", "of " + params["job"].get<std::string>()}}}}}};
      if (method == "analysis.series") return json{{"series", json::array()}};
      if (method == "analysis.events") return event_page(params);
      if (method == "analysis.tracks") return track_page(params);
      if (method == "analysis.start") return json{{"job", job("new", "queued", 0, 0, 9)}};
      return json::object();
    };
  }

  // Events in pages of two.
  json event_page(const json& params) const {
    const int from = params.value("after", 0);
    json list = json::array();
    for (int i = from; i < std::min(from + 2, events); ++i)
      list.push_back({{"event", i}, {"kind", "shot"}, {"time_us", (events - i) * 1000}});
    json page{{"events", std::move(list)}};
    if (from + 2 < events) page["next"] = from + 2;
    return page;
  }
  // One object, a point every 100 ms, in pages of ten.
  json track_page(const json& params) {
    spans.push_back(params["from_us"].get<std::int64_t>());
    const std::int64_t from_us = params.value("after", params["from_us"].get<std::int64_t>());
    json points = json::array();
    std::int64_t time_us = from_us;
    for (; time_us < params["until_us"].get<std::int64_t>() && points.size() < 10; time_us += 100'000)
      if (time_us < analysed_us) points.push_back({time_us, 7, 0.1, 0.1, 0.1, 0.1, 1, nullptr, nullptr});
    json page{{"objects", {{{"id", 7}, {"class", "player"}}}}, {"points", points}, {"until_us", analysed_us}};
    if (points.size() == 10) page["next"] = time_us;
    return page;
  }

  void update(std::int64_t at_ms = 0) {
    for (int i = 0; i < 4; ++i) feed.update(needs, at_ms * 1'000'000);
  }
  bool is_there(std::int64_t time_us) {
    std::vector<VisibleTrack> visible;
    feed.tracks().visible_at(time_us, visible);
    return visible.size() == 1;
  }
  void tell(json change) {
    change["event"] = "analysis.changed";
    link.listener("analysis.changed", change);
  }

  json jobs = json::array();
  int events = 0;
  std::int64_t analysed_us = 0;
  std::string failing;
  std::map<std::string, int> asked;
  std::vector<std::int64_t> spans;
  test::RequestLink link;
  int woken = 0;
  AnalysisFeed feed{link, [this] { ++woken; }};
  AnalysisNeeds needs{.media = "m1", .duration_us = 60'000'000, .is_panel_seen = true, .are_tracks_seen = true};
};

TEST_F(AnalysisFeedTest, ShowsWhatWasFoundOfTheMediaThatPlays) {
  jobs.push_back(job("j1", "done", 60'000'000, 5));
  analysed_us = 60'000'000;
  events = 5;
  update();
  const AnalysisSnapshot& now = feed.snapshot();
  EXPECT_EQ(now.job, "j1");
  ASSERT_TRUE(now.summary && now.events && now.series);
  EXPECT_EQ(now.summary->text, "of j1");
  ASSERT_EQ(now.events->size(), 5U) << "page after page";
  EXPECT_TRUE(std::is_sorted(now.events->begin(), now.events->end(),
                             [](const auto& a, const auto& b) { return a.time_us < b.time_us; }));
  EXPECT_TRUE(is_there(2'000'000));
  EXPECT_TRUE(is_there(7'000'000)) << "and what comes next";
  EXPECT_FALSE(is_there(20'000'000)) << "which nobody looks at";
  const int before = asked["analysis.tracks"];
  update(1000);
  EXPECT_EQ(asked["analysis.tracks"], before) << "what is there is not asked for again";
}

TEST_F(AnalysisFeedTest, ASeekFetchesWhereItLands) {
  jobs.push_back(job("j1", "done", 60'000'000));
  analysed_us = 60'000'000;
  update();
  needs.position_us = 43'000'000;
  needs.rate = -1;
  spans.clear();
  update(10);
  EXPECT_TRUE(is_there(43'000'000));
  EXPECT_TRUE(is_there(39'000'000)) << "backwards";
  EXPECT_EQ(spans.front(), 39'500'000) << "the span under the playhead first";
}

TEST_F(AnalysisFeedTest, OverlaysAppearWhileTheAnalysisGoesOn) {
  jobs.push_back(job("j1", "running", 3'000'000));
  analysed_us = 3'000'000;
  update();
  EXPECT_TRUE(is_there(2'500'000));
  EXPECT_FALSE(is_there(4'000'000));
  analysed_us = 6'000'000;
  tell(job("j1", "running", 6'000'000));
  EXPECT_GT(woken, 0);
  update(2500);
  EXPECT_TRUE(is_there(4'000'000));
  EXPECT_FLOAT_EQ(feed.snapshot().shown()->fraction, 0.5F);
  analysed_us = 60'000'000;
  jobs[0] = job("j1", "done", 60'000'000, 3);
  events = 3;
  tell(jobs[0]);
  update(5000);
  update(10'000);
  EXPECT_EQ(feed.snapshot().shown()->state, JobState::kDone);
  EXPECT_EQ(feed.snapshot().events->size(), 3U);
  EXPECT_TRUE(is_there(7'000'000));
}

TEST_F(AnalysisFeedTest, AChangeOfAnotherMediaIsNothingHere) {
  update();
  const int before = asked["analysis.jobs"];
  json other = job("j9", "running");
  other["media"] = "m2";
  tell(other);
  tell(json{{"job", 5}});
  update(100);
  EXPECT_EQ(asked["analysis.jobs"], before);
  tell(job("j1", "queued"));
  jobs.push_back(job("j1", "queued"));
  update(200);
  EXPECT_EQ(feed.snapshot().job, "j1") << "one of this media is looked for at once";
}

TEST_F(AnalysisFeedTest, WhatWasDeletedElsewhereIsGone) {
  jobs.push_back(job("j1", "done", 60'000'000));
  analysed_us = 60'000'000;
  update();
  ASSERT_TRUE(is_there(2'000'000));
  json gone = job("j1", "done", 60'000'000);
  gone["is_deleted"] = true;
  jobs = json::array();
  tell(gone);
  update(100);
  EXPECT_TRUE(feed.snapshot().job.empty());
  EXPECT_FALSE(is_there(2'000'000));
}

TEST_F(AnalysisFeedTest, WhatIsStartedIsLookedAt) {
  jobs.push_back(job("j1", "done", 1'000'000));
  update();
  feed.start(R"({"media":"m1","analyser":"football"})");
  jobs.push_back(job("new", "queued", 0, 0, 9));
  update(100);
  EXPECT_EQ(feed.snapshot().job, "new");
  feed.choose("j1");
  update(200);
  EXPECT_EQ(feed.snapshot().job, "j1");
  EXPECT_EQ(feed.snapshot().summary->text, "of j1");
}

TEST_F(AnalysisFeedTest, WhatFailedIsSaidInWords) {
  failing = "analysis.start";
  update();
  feed.start("{}");
  auto outcomes = feed.take_outcomes();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_FALSE(outcomes[0].is_done);
  EXPECT_EQ(outcomes[0].message, "no analysis.start");
  feed.cancel("j1");
  outcomes = feed.take_outcomes();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_TRUE(outcomes[0].is_done);
}

TEST_F(AnalysisFeedTest, SpansThatFailAreAskedForAgainLater) {
  jobs.push_back(job("j1", "done", 60'000'000));
  analysed_us = 60'000'000;
  failing = "analysis.tracks";
  update();
  EXPECT_EQ(asked["analysis.tracks"], 2);
  update(3000);
  EXPECT_EQ(asked["analysis.tracks"], 2);
  failing.clear();
  update(5500);
  EXPECT_TRUE(is_there(2'000'000));
}

TEST_F(AnalysisFeedTest, ALateAnswerToAnotherMediaIsDropped) {
  jobs.push_back(job("j1", "done", 60'000'000));
  analysed_us = 60'000'000;
  link.holds_requests = false;
  feed.update({.media = "m1", .duration_us = 60'000'000}, 0);
  feed.update({.media = "m1", .duration_us = 60'000'000}, 0);
  link.holds_requests = true;
  update();
  ASSERT_FALSE(link.held.empty());
  jobs = json::array();
  needs.media = "m2";
  feed.update(needs, 1);
  link.holds_requests = false;
  for (const auto& answer : std::exchange(link.held, {})) answer();
  update(10);
  EXPECT_TRUE(feed.tracks().is_empty());
  EXPECT_TRUE(feed.snapshot().job.empty());
}

TEST_F(AnalysisFeedTest, AServerWithoutAnalysesIsAskedRarely) {
  link.on_request = [&](const std::string& method, const json&) -> Result<json> {
    ++asked[method];
    return fail(Errc::kNotFound, "no such method");
  };
  for (int i = 0; i < 50; ++i) update(i * 1000);
  EXPECT_EQ(asked["analysis.jobs"], 1);
  EXPECT_EQ(feed.snapshot().jobs_error, "no such method");
}

TEST_F(AnalysisFeedTest, AnswersAfterTheFeedsEndFindNobody) {
  auto own = std::make_unique<AnalysisFeed>(link, [this] { ++woken; });
  link.holds_requests = true;
  own->update(needs, 0);
  own.reset();
  woken = 0;
  for (const auto& answer : link.held) answer();
  EXPECT_EQ(woken, 0);
}

}  // namespace
}  // namespace zoe::player
