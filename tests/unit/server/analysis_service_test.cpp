// Jobs: computed once, in turn, over restarts, and whatever happens to their videos and their analysers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using zoe::test::wait_until;

class AnalysisTest : public ApiFixture {
 protected:
  AnalysisTest() {
    media = add_clip();
    sign_in("ann");
  }

  json result(const std::string& method, const json& params = json::object()) {
    const json reply = call(method, params);
    EXPECT_TRUE(reply.contains("result")) << method << " " << reply.dump();
    return reply.value("result", json::object());
  }
  std::string start(const json& parameters = json::object()) {
    return result("analysis.start", {{"media", media}, {"analyser", "finder"}, {"parameters", parameters}})
        .at("job")
        .at("job");
  }
  json job(const std::string& id) { return result("analysis.get", {{"job", id}}).at("job"); }
  std::string state(const std::string& id) { return job(id).at("state"); }
  bool becomes(const std::string& id, const std::string& wanted) {
    return wait_until([&] { return state(id) == wanted; });
  }
  // The next jobs run until they are cancelled, or until `is_free`.
  void hold() {
    finder.set_body([this](const FakeJob& running) -> Status {
      running.point(40'000, 7);
      running.progress(0.5);
      while (!is_free && !running.is_cancelled()) std::this_thread::yield();
      if (running.is_cancelled()) return fail(Errc::kCancelled, "it was cancelled");
      running.summary(R"({"text":"all"})");
      return {};
    });
  }
  void make_analyses() {
    analyses = std::make_unique<AnalysisService>(
        AnalysisConfig{.folder = dir.file("analyses"), .at_once = 2},
        AnalysisServices{*store, library, finder.source(), clock, Log::null(), metrics});
  }
  std::size_t files() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(dir.file("analyses"))) ++count;
    return count;
  }

  std::string media;
  std::atomic<bool> is_free{false};
};

TEST_F(AnalysisTest, RunsAndTellsWhatWasFound) {
  const std::string id = start();
  ASSERT_TRUE(becomes(id, "done"));
  const json done = job(id);
  EXPECT_EQ(done.at("fraction"), 1.0);
  EXPECT_EQ(done.at("counts"), (json{{"tracks", 1}, {"events", 1}, {"series", 1}}));
  EXPECT_EQ(done.at("summary").at("text"), "vault");
  EXPECT_EQ(done.at("started_by"), "ann");
  EXPECT_EQ(done.at("parameters"), (json{{"depth", 3}, {"share", 1.0}}));
  const json tracks = result("analysis.tracks", {{"job", id}, {"from_us", 0}, {"until_us", 1000}});
  EXPECT_EQ(tracks.at("points").dump(), "[[0,1,0.50001,0.25,0.125,0.25,1.0,50.25,30.0]]");
  EXPECT_EQ(tracks.at("objects").at(0).at("class"), "player");
  EXPECT_EQ(result("analysis.events", {{"job", id}}).at("events").at(0).at("event"), 0);
  EXPECT_TRUE(result("analysis.events", {{"job", id}, {"after", 0}}).at("events").empty());
  EXPECT_EQ(result("analysis.series", {{"job", id}}).at("series").at(0).at("points").dump(), "[[0,1.0]]");
  EXPECT_EQ(result("analysis.jobs").at("total"), 1);
  EXPECT_EQ(result("analysis.analysers").at("analysers").at(0).at("analyser"), "finder");
}

TEST_F(AnalysisTest, TheSameIsComputedOnce) {
  const std::string first = start();
  ASSERT_TRUE(becomes(first, "done"));
  EXPECT_EQ(start(), first);
  EXPECT_EQ(start({{"depth", 3}, {"share", 1}}), first) << "what is left out has its default, and 1 is 1.0";
  EXPECT_NE(start({{"depth", 4}}), first);
  finder.set_version("2");
  EXPECT_NE(start(), first);
  EXPECT_TRUE(wait_until([&] { return finder.started() == 3; }));
}

TEST_F(AnalysisTest, ParametersAreChecked) {
  for (const json& wrong : {json{{"depth", 0}}, json{{"depth", 10}}, json{{"depth", 1.5}}, json{{"depth", "3"}},
                            json{{"deep", 3}}, json::array({1}), json(3)})
    EXPECT_EQ(outcome("analysis.start", {{"media", media}, {"analyser", "finder"}, {"parameters", wrong}}),
              "invalid_argument")
        << wrong;
  EXPECT_EQ(outcome("analysis.start", {{"media", media}, {"analyser", "nobody"}}), "not_found");
  EXPECT_EQ(outcome("analysis.start", {{"media", "nothing"}, {"analyser", "finder"}}), "not_found");
  finder.set_unavailable("no interpreter");
  EXPECT_EQ(outcome("analysis.start", {{"media", media}, {"analyser", "finder"}}), "unavailable");
}

TEST_F(AnalysisTest, OthersWaitForTheirTurn) {
  hold();
  std::vector<std::string> ids;
  for (int depth = 1; depth <= 4; ++depth) ids.push_back(start({{"depth", depth}}));
  ASSERT_TRUE(becomes(ids[0], "running") && becomes(ids[1], "running"));
  EXPECT_EQ(state(ids[2]), "queued");
  result("analysis.cancel", {{"job", ids[2]}});
  EXPECT_EQ(state(ids[2]), "cancelled");
  EXPECT_EQ(finder.started(), 2);
  is_free = true;
  ASSERT_TRUE(becomes(ids[0], "done") && becomes(ids[1], "done") && becomes(ids[3], "done"));
  EXPECT_EQ(finder.started(), 3);
}

TEST_F(AnalysisTest, CanBeReadWhileItRunsAndIsKeptWhenItIsCancelled) {
  hold();
  const std::string id = start();
  ASSERT_TRUE(wait_until([&] {
    return !result("analysis.tracks", {{"job", id}, {"from_us", 0}, {"until_us", 1'000'000}}).at("points").empty();
  }));
  EXPECT_EQ(state(id), "running");
  EXPECT_EQ(job(id).at("analysed_us"), 40'000);
  result("analysis.cancel", {{"job", id}});
  ASSERT_TRUE(becomes(id, "partial"));
  EXPECT_EQ(result("analysis.tracks", {{"job", id}, {"from_us", 0}, {"until_us", 1'000'000}}).at("points").size(), 1U);
  EXPECT_NE(start(), id) << "what is not whole is computed again";
}

TEST_F(AnalysisTest, FailuresSayWhyAndAreReplaced) {
  finder.set_body([](const FakeJob&) -> Status { return fail(Errc::kInternal, "no pitch"); });
  const std::string id = start();
  ASSERT_TRUE(becomes(id, "failed"));
  EXPECT_EQ(job(id).at("error"), "no pitch");
  const std::string again = start();
  EXPECT_NE(again, id);
  EXPECT_EQ(outcome("analysis.get", {{"job", id}}), "not_found");
  ASSERT_TRUE(becomes(again, "failed"));
}

TEST_F(AnalysisTest, IsDeletedWithAllThatItFound) {
  const std::string done = start();
  ASSERT_TRUE(becomes(done, "done"));
  EXPECT_EQ(files(), 1U);
  hold();
  const std::string running = start({{"depth", 5}});
  ASSERT_TRUE(becomes(running, "running"));
  for (const std::string& id : {done, running}) {
    result("analysis.delete", {{"job", id}});
    for (const char* method : {"analysis.get", "analysis.events", "analysis.delete", "analysis.export"})
      EXPECT_EQ(outcome(method, {{"job", id}}), "not_found") << method;
  }
  EXPECT_TRUE(wait_until([&] { return files() == 0; }));
}

TEST_F(AnalysisTest, OnlyWhoStartedItAndAdministratorsEndIt) {
  const std::string id = start();
  ASSERT_TRUE(becomes(id, "done"));
  sign_in("mallory");
  EXPECT_EQ(outcome("analysis.get", {{"job", id}}), "ok");
  EXPECT_EQ(outcome("analysis.cancel", {{"job", id}}), "denied");
  EXPECT_EQ(outcome("analysis.delete", {{"job", id}}), "denied");
  ASSERT_EQ(outcome("auth.guest"), "ok");
  EXPECT_EQ(outcome("analysis.get", {{"job", id}}), "ok");
  EXPECT_EQ(outcome("analysis.delete", {{"job", id}}), "denied");
  EXPECT_EQ(outcome("analysis.start", {{"media", media}, {"analyser", "finder"}}), "denied");
  sign_in("admin");
  EXPECT_EQ(outcome("analysis.delete", {{"job", id}}), "ok");
}

TEST_F(AnalysisTest, WhatRanWhenTheServerEndedBeginsAnew) {
  hold();
  const std::string running = start();
  const std::string other = start({{"depth", 1}});
  const std::string waiting = start({{"depth", 2}});
  ASSERT_TRUE(becomes(running, "running") && becomes(other, "running"));
  const int before = finder.started();
  analyses.reset();
  EXPECT_EQ(store->analyses().find(running).value()->progress.state, AnalysisState::kRunning);
  is_free = true;
  dir.write("analyses/0123456789abcdef0123456789abcdef.results", "whose job is gone");
  make_analyses();
  ASSERT_TRUE(analyses->start({}));
  for (const std::string& id : {running, other, waiting})
    EXPECT_TRUE(wait_until([&] { return analyses->find(id)->progress.state == AnalysisState::kDone; }));
  EXPECT_EQ(finder.started(), before + 3);
  EXPECT_EQ(files(), 3U) << "what belongs to nobody is removed";
}

TEST_F(AnalysisTest, AVideoThatLeavesTakesItsAnalysesAlong) {
  hold();
  const std::string running = start();
  ASSERT_TRUE(becomes(running, "running"));
  std::filesystem::remove(root + "/clip.mp4");
  library.rescan();
  ASSERT_TRUE(wait_until([&] { return analyses->find(running)->progress.state == AnalysisState::kPartial; }));
  EXPECT_THAT(analyses->find(running)->progress.error, HasSubstr("left the library"));
  EXPECT_EQ(outcome("analysis.get", {{"job", running}}), "not_found");
  EXPECT_EQ(result("analysis.jobs").at("total"), 0);
  sign_in("admin");
  EXPECT_EQ(result("analysis.jobs").at("total"), 1) << "somebody must be able to delete it";
  EXPECT_EQ(outcome("analysis.delete", {{"job", running}}), "ok");
}

TEST_F(AnalysisTest, WaitsForAPluginThatIsNotThere) {
  hold();
  start({{"depth", 1}});
  start({{"depth", 2}});
  const std::string id = start({{"depth", 3}});
  finder.set_offered(false);
  is_free = true;
  ASSERT_TRUE(wait_until([&] { return metrics.gauge("analysis_jobs_running").value() == 0; }));
  EXPECT_EQ(state(id), "queued");
  finder.set_offered(true);
  analyses->look();
  EXPECT_TRUE(becomes(id, "done"));
}

TEST_F(AnalysisTest, ExportsAreFiles) {
  const std::string id = start();
  ASSERT_TRUE(becomes(id, "done"));
  for (const std::string format : {"json", "csv"}) {
    const json opened = result("analysis.export", {{"job", id}, {"format", format}});
    const auto file = session.file(opened.at("file").get<std::uint32_t>());
    ASSERT_TRUE(file);
    std::string text(file->size_bytes, '\0');
    ASSERT_EQ(::pread(file->fd.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    EXPECT_THAT(text, HasSubstr("vault"));
    EXPECT_TRUE(opened.at("name").get<std::string>().ends_with("." + format));
  }
  EXPECT_EQ(outcome("analysis.export", {{"job", id}, {"format", "pdf"}}), "invalid_argument");
}

TEST_F(AnalysisTest, ChangesAreToldAndNotTooOften) {
  analyses.reset();
  make_analyses();
  Mutex mutex;
  std::vector<std::pair<std::string, std::chrono::steady_clock::time_point>> heard;
  ASSERT_TRUE(analyses->start([&](const AnalysisRecord& record, AnalysisChange) {
    MutexLock lock(mutex);
    heard.emplace_back(to_string(record.progress.state), std::chrono::steady_clock::now());
  }));
  finder.set_body([](const FakeJob& running) -> Status {
    const auto until = std::chrono::steady_clock::now() + 3 * AnalysisService::kTellEvery;
    for (std::int64_t i = 0; std::chrono::steady_clock::now() < until; ++i) running.point(i, 7);
    return {};
  });
  const auto entered = analyses->enter(
      {library.find(media), "finder", json::object(), store->people().enter({"fake", 1003}, "ann", 1).value()});
  ASSERT_TRUE(entered) << entered.error().message;
  ASSERT_TRUE(wait_until([&] {
    MutexLock lock(mutex);
    return !heard.empty() && heard.back().first == "done";
  }));
  analyses.reset();
  ASSERT_GE(heard.size(), 3U) << "begun, running, done";
  for (std::size_t i = 1; i + 1 < heard.size(); ++i)
    EXPECT_GE(heard[i].second - heard[i - 1].second, AnalysisService::kTellEvery);
}

}  // namespace
}  // namespace zoe::server
