// Analyses with the real server, its script plugin, and scripts in shell: by the native protocol and by HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/core/process_tree.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/plugins/http_client.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Says what it finds, leaves a process behind, and waits for the file "go" in its folder.
constexpr const char* kFinder = R"sh(
echo '{"type":"hello","protocol":1,"name":"finder","version":"1"}'
echo '{"type":"progress","fraction":0.5,"message":"half"}'
for i in 0 1 2 3 4; do
  echo '{"type":"track","time_us":'$((i * 40000))',"id":7,"class":"player","team":"a","box":[0.1,0.2,0.3,0.4]}'
done
echo '{"type":"event","kind":"shot","time_us":80000,"text":"from '"$(basename "$1")"'"}'
echo '{"type":"series","name":"possession","time_us":0,"value":-0.5}'
(setsid sleep 600 &)
while ! [ -e "$2/go" ]; do sleep 0.05; done
echo '{"type":"summary","text":"all seen"}'
)sh";

class ServerAnalysisTest : public testing::Test {
 protected:
  ServerAnalysisTest() {
    std::filesystem::create_directories(folder.file("films"));
    std::filesystem::copy_file(make_clip({.width = 64, .height = 48, .frames = 50}), folder.file("films/Match.mp4"));
    folder.write("scripts/finder/finder.sh", kFinder);
    folder.write("scripts/finder/finder.toml",
                 "id = \"finder\"\nname = \"Finder\"\nversion = \"1\"\n"
                 "command = [\"sh\", \"{folder}/finder.sh\", \"{media}\", \"{folder}\"]\n");
    options.folders = {folder.file("films")};
    options.data_folder = folder.file("data");
    options.settings =
        "[plugins.analysis_script]\nscripts = [\"" + folder.file("scripts") + "\"]\nwork = \"" + work() + "\"\n";
    std::filesystem::create_directories(work());
    restart();
  }

  std::string work() const { return folder.file("work"); }
  void restart() {
    server.reset();
    server = std::make_unique<ServerProcess>(options);
  }
  WireClient member() {
    WireClient client(server->port());
    const json who = {{"name", "ann"}, {"password", "a long enough password"}};
    if (client.outcome("auth.login", who) != "ok") client.result("auth.register", who);
    return client;
  }
  json job(WireClient& client, const std::string& id) { return client.result("analysis.get", {{"job", id}}).at("job"); }
  bool becomes(WireClient& client, const std::string& id, const std::string& state) {
    return wait_until([&] { return job(client, id).at("state") == state; });
  }
  std::string start(WireClient& client) {
    media = client.media("Match");
    return client.result("analysis.start", {{"media", media}, {"analyser", "finder"}}).at("job").at("job");
  }
  void let_go() { folder.write("scripts/finder/go", ""); }
  // No script and nothing that one has started runs below the server, and its folders are gone.
  bool is_nothing_left() {
    return wait_until([&] {
      for (const ProcessFacts& each : descendants_of(server->process().pid()))
        if (has_in_environment(each.pid, "ZOE_MEDIA_ID=" + media)) return false;
      return std::filesystem::is_empty(work());
    });
  }

  const TempDir folder;
  ServerOptions options;
  std::unique_ptr<ServerProcess> server;
  std::string media;
};

TEST_F(ServerAnalysisTest, FromStartToExport) {
  WireClient client = member();
  const auto offered = client.result("analysis.analysers").at("analysers");
  EXPECT_EQ(offered.back().at("analyser"), "finder");
  WireClient watcher(server->port());
  watcher.result("auth.guest");
  const std::string id = start(client);
  EXPECT_EQ(start(client), id);
  // What it has found is there before it is done.
  ASSERT_TRUE(wait_until([&] {
    return client.result("analysis.tracks", {{"job", id}, {"from_us", 0}, {"until_us", 1'000'000}})
               .at("points")
               .size() == 5;
  }));
  EXPECT_EQ(job(client, id).at("state"), "running");
  let_go();
  ASSERT_TRUE(becomes(client, id, "done"));
  json event;
  do {
    event = watcher.event("analysis.changed");
    EXPECT_EQ(event.at("media"), media);
  } while (event.at("state") != "done");
  EXPECT_EQ(event.at("counts").at("tracks"), 5);
  const json done = job(client, id);
  EXPECT_EQ(done.at("summary").at("text"), "all seen");
  EXPECT_EQ(client.result("analysis.events", {{"job", id}}).at("events").at(0).at("text"), "from Match.mp4");
  EXPECT_EQ(client.result("analysis.series", {{"job", id}}).at("series").at(0).at("points").dump(), "[[0,-0.5]]");
  EXPECT_TRUE(is_nothing_left());

  HttpClient web(server->web_port());
  const auto signed_in =
      web.post("/api/auth.login?cookie=1", json{{"name", "ann"}, {"password", "a long enough password"}}.dump());
  ASSERT_EQ(signed_in.status, 200) << signed_in.body;
  const std::string headers = page_headers(signed_in);
  const auto tracks = web.get("/api/analysis.tracks?job=" + id + "&from_us=0&until_us=50000", headers);
  EXPECT_EQ(json::parse(tracks.body).at("result").at("points").size(), 2U) << tracks.body;
  const auto csv = web.get("/api/analysis/" + id + "/export?format=csv", headers);
  EXPECT_EQ(csv.status, 200);
  EXPECT_THAT(csv.header("content-type"), HasSubstr("text/csv"));
  EXPECT_THAT(csv.header("content-disposition"), HasSubstr("attachment"));
  EXPECT_THAT(csv.body, HasSubstr("\"shot\""));
  const auto all = web.get("/api/analysis/" + id + "/export", headers);
  EXPECT_EQ(json::parse(all.body).at("tracks").size(), 5U);
  EXPECT_EQ(web.get("/api/analysis/" + id + "/export").status, 401);

  client.result("analysis.delete", {{"job", id}});
  EXPECT_EQ(client.outcome("analysis.get", {{"job", id}}), "not_found");
}

TEST_F(ServerAnalysisTest, ARestartBeginsItAnewAndACancelEndsEverything) {
  std::string id;
  {
    WireClient client = member();
    id = start(client);
    ASSERT_TRUE(becomes(client, id, "running"));
  }
  EXPECT_TRUE(server->process().stop().ok());
  EXPECT_TRUE(std::filesystem::is_empty(work()));
  restart();
  {
    WireClient client = member();
    ASSERT_TRUE(wait_until([&] { return client.outcome("analysis.get", {{"job", id}}) == "ok"; })) << "the scan";
    ASSERT_TRUE(wait_until([&] { return job(client, id).at("counts").at("tracks") == 5; }));
  }
  // Killed, not asked.
  server->process().signal(SIGKILL);
  server->process().wait();
  restart();
  WireClient client = member();
  ASSERT_TRUE(wait_until([&] { return client.outcome("analysis.get", {{"job", id}}) == "ok"; })) << "the scan";
  ASSERT_TRUE(wait_until([&] { return job(client, id).at("counts").at("tracks") == 5; }));
  client.result("analysis.cancel", {{"job", id}});
  ASSERT_TRUE(becomes(client, id, "partial"));
  EXPECT_TRUE(is_nothing_left());
}

}  // namespace
}  // namespace zoe::test
