// Real players on a channel of the real server. What each shows, and when, is read from its trace.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/relay.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;

// A player that watches the channel from its start until the test ends it, or its script does.
class Viewer {
 public:
  explicit Viewer(std::uint16_t port, const std::string& script = {}) : run_(port) {
    process_ = std::make_unique<Process>(run_.command({"--channel", "One"}, script), run_.environment());
  }

  // In their videos, of all that was shown.
  std::vector<std::int64_t> places_us() const {
    std::vector<std::int64_t> places;
    std::ifstream file(run_.file("trace.jsonl"));
    for (std::string line; std::getline(file, line) && !file.eof();) {
      const json row = json::parse(line, nullptr, false);
      if (!row.is_discarded()) places.push_back(row.at("pts_us"));
    }
    return places;
  }
  bool moves() const {
    const std::size_t before = places_us().size();
    return wait_until([&] { return places_us().size() > before + 1; });
  }
  bool ends_well() {
    const auto status = process_->wait();
    return status && status->ok();
  }
  std::string said() const { return process_->err(); }

 private:
  PlayerRun run_;
  std::unique_ptr<Process> process_;
};

class PlayerChannel : public testing::Test {
 protected:
  PlayerChannel() { start(); }
  void start() {
    server_ = std::make_unique<ServerProcess>(
        ServerOptions{.folders = {films_.path()}, .data_folder = data_.file("data"), .plugins_folder = {}});
  }
  void add(const std::string& name, const ClipSpec& spec) {
    std::filesystem::copy_file(make_clip(spec), films_.file(name + ".mp4"));
  }
  void make_channel(const std::vector<std::string>& titles) {
    WireClient admin(server_->port());
    admin.result("auth.register", {{"name", "ann"}, {"password", "correct horse"}, {"code", server_->admin_code()}});
    json media = json::array();
    for (const std::string& each : titles) media.push_back(admin.media(each));
    admin.result("channels.create", {{"name", "Channel One"}, {"media", media}});
  }

  TempDir films_;
  TempDir data_;
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(PlayerChannel, TwoPlayersAreAtOnePlaceAndBackThereAfterARestart) {
  add("one", {.frames = 3600, .gop = 30});
  make_channel({"one"});
  Relay line(server_->port());
  Viewer first(line.port());
  ASSERT_TRUE(first.moves()) << first.said();
  Viewer second(line.port());
  ASSERT_TRUE(second.moves()) << second.said();
  // Both have shown a frame of the same place, which lies beyond that one.
  const auto meet_beyond = [&](std::int64_t from_us) {
    return wait_until([&] {
      const auto its = second.places_us();
      const auto places = first.places_us();
      return std::any_of(its.begin(), its.end(), [&](std::int64_t each) {
        return each > from_us && std::find(places.begin(), places.end(), each) != places.end();
      });
    });
  };
  EXPECT_TRUE(meet_beyond(0)) << first.said() << second.said();
  const int connections = line.connections();
  server_->process().signal(SIGKILL);
  server_->process().wait();
  start();
  line.set_target(server_->port());
  ASSERT_TRUE(wait_until([&] { return line.connections() >= connections + 2; })) << "they come back by themselves";
  // More than was buffered when the server ended has been shown since.
  const std::int64_t before_us = first.places_us().back();
  EXPECT_TRUE(meet_beyond(before_us + 1'000'000)) << first.said() << second.said();
}

TEST_F(PlayerChannel, GoesFromOneVideoToTheNextAndRoundAgain) {
  add("red", {.frames = 60, .gop = 30, .picture = "color=red"});
  add("blue", {.frames = 60, .gop = 30, .picture = "color=blue"});
  make_channel({"red", "blue"});
  Viewer viewer(server_->port());
  // Two borders at least: places in a video fall only where the next one begins.
  ASSERT_TRUE(wait_until([&] {
    int borders = 0;
    std::int64_t last_us = -1;
    for (const std::int64_t at_us : viewer.places_us()) {
      if (at_us + 500'000 < last_us) ++borders;
      last_us = at_us;
    }
    return borders >= 2;
  })) << viewer.said();
}

TEST_F(PlayerChannel, PausesGoesBackAndReturnsToLive) {
  add("one", {.frames = 3600, .gop = 30});
  make_channel({"one"});
  Viewer viewer(server_->port(),
                "timeout 120000\nwait-state playing\nwait-for live live\nkey space\nwait-state paused\nmove 50% 90%\n"
                "wait-for live behind\nkey space\nwait-state playing\nkey g\nmove 51% 90%\nwait-for live live\nquit\n");
  EXPECT_TRUE(viewer.ends_well()) << viewer.said();
}

}  // namespace
}  // namespace zoe::test
