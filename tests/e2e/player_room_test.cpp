// Real players in one room of the real server: whatever is done there, they stand on the same frame. What each shows is
// read from its trace, and at the end from the picture itself.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
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

constexpr int kFrames = 900;  // half a minute
constexpr const char* kPassword = "all together now";

// Who commands, over the protocol alone: always ready for a jump.
class Conductor {
 public:
  explicit Conductor(std::uint16_t port) : client(std::make_unique<WireClient>(port)) {}

  void enter(const json& which) {
    const json joined = client->result("rooms.join", which);
    seat = joined.at("seat");
    take(joined.at("state"));
  }
  // Until all that was asked for holds or is on its way with its moment.
  void command(json params) {
    const auto revision = ask("rooms.command", std::move(params)).at("revision").get<std::uint64_t>();
    while (state.at("revision") < revision || state.contains("prepare")) take(client->event("room.state"));
  }
  void command(const char* what) { command(json{{"what", what}}); }
  void wait_for(const std::function<bool(const json&)>& is_so) {
    while (!is_so(state)) take(client->event("room.state"));
  }
  json ask(const char* method, json params = json::object()) {
    params["room"] = state.at("room");
    params["seat"] = seat;
    return client->result(method, params);
  }
  // Where the room's last timeline stands.
  std::int64_t place_us() const { return state.at("timelines").back().at("media_us"); }

  std::unique_ptr<WireClient> client;
  std::string seat;
  json state;

 private:
  void take(json next) {
    if (!state.is_null() && next.at("revision") < state.at("revision")) return;
    state = std::move(next);
    if (state.contains("prepare")) ask("rooms.report", {{"prepared", state.at("prepare").at("number")}});
  }
};

// A player that is in the room from its start until the test ends it.
class Viewer {
 public:
  Viewer(std::uint16_t port, const std::string& code, std::vector<std::string> arguments = {},
         const std::string& script = {})
      : run_(port) {
    arguments.insert(arguments.end(), {"--room", code});
    process_ = std::make_unique<Process>(run_.command(arguments, script), run_.environment());
  }

  // What was shown last.
  std::optional<TracedFrame> shown() const {
    std::ifstream file(run_.file("trace.jsonl"));
    std::string last;
    for (std::string line; std::getline(file, line) && !file.eof();) last = line;
    if (last.empty()) return {};
    const json row = json::parse(last, nullptr, false);
    if (row.is_discarded()) return {};
    TracedFrame frame;
    frame.pts_us = row.at("pts_us");
    frame.direction = row.at("direction");
    frame.hash = row.at("hash");
    return frame;
  }
  std::int64_t shown_us() const {
    const auto frame = shown();
    return frame ? frame->pts_us : -1;
  }
  // On the frame of that place, and staying there.
  bool stands_at(std::int64_t place_us) const {
    return wait_until([&] {
      const std::int64_t at = shown_us();
      return at >= 0 && at <= place_us && place_us < at + 33'334;
    });
  }
  bool moves() const {
    const std::int64_t from = shown_us();
    return wait_until([&] { return shown_us() != from; });
  }
  // Of one whose script ends with a picture: the number in it.
  std::optional<std::uint32_t> last_number() {
    const auto status = process_->wait();
    EXPECT_TRUE(status && status->ok()) << process_->err();
    return number_in(run_.file("last.png"));
  }
  std::string said() const { return process_->err(); }

 private:
  PlayerRun run_;
  std::unique_ptr<Process> process_;
};

class PlayerRoom : public testing::Test {
 protected:
  PlayerRoom() {
    const auto add = [&](const char* name, const ClipSpec& spec) {
      std::filesystem::copy_file(make_clip(spec), films_.file(name));
    };
    add("one.mp4", {.frames = kFrames, .gop = 30, .bframes = 2});
    add("two.mp4", {.frames = kFrames, .gop = 30, .picture = "color=gray"});
    start();
    conductor_ = std::make_unique<Conductor>(server_->port());
    WireClient& client = *conductor_->client;
    client.result("auth.register", {{"name", "ann"}, {"password", kPassword}, {"code", server_->admin_code()}});
    const json made =
        client.result("rooms.create", {{"name", "Film club"}, {"media", {client.media("one"), client.media("two")}}});
    code_ = made.at("code");
    conductor_->enter({{"code", code_}});
  }
  void start(const std::string& plugins = {}) {
    server_ = std::make_unique<ServerProcess>(
        ServerOptions{.folders = {films_.path()}, .data_folder = data_.file("data"), .plugins_folder = plugins});
  }
  Viewer& view(std::uint16_t port = 0, std::vector<std::string> arguments = {}, const std::string& script = {}) {
    viewers_.push_back(
        std::make_unique<Viewer>(port != 0 ? port : server_->port(), code_, std::move(arguments), script));
    return *viewers_.back();
  }
  // All stand on the room's frame, which they have to agree on in every bit.
  void expect_all_on_one_frame(const char* after) {
    std::string hash;
    for (const auto& each : viewers_) {
      ASSERT_TRUE(each->stands_at(conductor_->place_us()))
          << after << ": " << each->shown_us() << " is shown, " << conductor_->place_us() << " is the room's place\n"
          << each->said();
      const std::string its_hash = each->shown()->hash;
      EXPECT_TRUE(hash.empty() || its_hash == hash) << after;
      hash = its_hash;
    }
  }
  void expect_all_move(const char* after) {
    for (const auto& each : viewers_) ASSERT_TRUE(each->moves()) << after << "\n" << each->said();
  }
  // Plays for a while, and pauses.
  void play_and_pause(const char* after) {
    conductor_->command("play");
    expect_all_move(after);
    conductor_->command("pause");
    expect_all_on_one_frame(after);
  }

  TempDir films_;
  TempDir data_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<Conductor> conductor_;
  std::string code_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
};

TEST_F(PlayerRoom, WhateverIsDoneTwoPlayersAreOnOneFrame) {
  // Takes its last picture when it is told to.
  const std::string script =
      "timeout 120000\nwait-for room.message.0 done\nkey tab\nwait-state paused\nscreenshot last.png\nquit\n";
  for (int i = 0; i < 2; ++i) view(0, {"--size", "640x480"}, script);
  expect_all_on_one_frame("coming in");
  play_and_pause("play and pause");
  conductor_->command({{"what", "seek"}, {"position_us", 15'000'000}});
  expect_all_on_one_frame("a seek");
  conductor_->command({{"what", "rate"}, {"rate", "2"}});
  play_and_pause("twice as fast");
  conductor_->command({{"what", "rate"}, {"rate", "-1"}});
  const std::int64_t before_us = conductor_->place_us();
  play_and_pause("backwards");
  EXPECT_LT(conductor_->place_us(), before_us);
  for (const auto& each : viewers_) EXPECT_EQ(each->shown()->direction, -1);
  for (const int count : {1, -1, -1, 3}) {
    conductor_->command({{"what", "step"}, {"count", count}});
    expect_all_on_one_frame("a step");
  }
  conductor_->command({{"what", "rate"}, {"rate", "1"}});
  const std::string hash = viewers_[0]->shown()->hash;
  conductor_->command("next");
  conductor_->command({{"what", "seek"}, {"position_us", 5'000'000}});
  expect_all_on_one_frame("the next video");
  EXPECT_NE(viewers_[0]->shown()->hash, hash);
  play_and_pause("the next video, playing");
  conductor_->command({{"what", "seek"}, {"position_us", 28'210'000}});
  expect_all_on_one_frame("the last seek");
  conductor_->ask("rooms.chat", {{"text", "done"}});
  for (const auto& each : viewers_) EXPECT_EQ(each->last_number(), 846U) << "in the picture itself";
}

TEST_F(PlayerRoom, WhoComesLateLandsOnTheRoomsFrame) {
  view();
  conductor_->command({{"what", "seek"}, {"position_us", 12'345'678}});
  expect_all_on_one_frame("a seek");
  view();
  expect_all_on_one_frame("one who came while it stood");
  conductor_->command("play");
  expect_all_move("play");
  view();
  expect_all_move("one who came while it played");
  for (const auto& each : viewers_) EXPECT_GE(each->shown_us(), 12'000'000) << "nobody begins at the beginning";
  conductor_->command("pause");
  expect_all_on_one_frame("pause");
}

// Of so much data a second that a player holds a few seconds of it, where the film as it is would be there at once.
const std::vector<std::string> kHeavy = {"--rendition", "jpeg@q100"};
const std::vector<std::string> kHeavyAndSmall = {"--rendition", "jpeg@q100",     "--ring-frames",
                                                 "16",          "--packets-mib", "8"};

// The line of one stands still: what it had runs dry.
TEST_F(PlayerRoom, TheRoomWaitsForWhoBuffers) {
  Relay line(server_->port());
  view(0, kHeavy);
  view(line.port(), kHeavyAndSmall);
  expect_all_on_one_frame("coming in");
  conductor_->command("play");
  expect_all_move("play");  // who does not hear of it does not miss anything
  line.let_down(0);
  conductor_->wait_for([](const json& state) { return !state.at("waiting_for").empty(); });
  ASSERT_TRUE(viewers_[0]->stands_at(conductor_->place_us())) << "and stands where the room does";
  line.let_down();
  conductor_->wait_for([](const json& state) { return state.at("waiting_for").empty(); });
  expect_all_move("it goes on");
  conductor_->command("pause");
  expect_all_on_one_frame("pause");
}

TEST_F(PlayerRoom, OrLeavesThemBehindToCatchUp) {
  conductor_->ask("rooms.change", {{"patience", "leave_behind"}});
  Relay line(server_->port());
  view(0, kHeavy);
  Viewer& slow = view(line.port(), kHeavyAndSmall);
  expect_all_on_one_frame("coming in");
  conductor_->command({{"what", "rate"}, {"rate", "2"}});
  conductor_->command("play");
  expect_all_move("play");
  line.let_down(0);
  ASSERT_TRUE(wait_until([&] { return viewers_[0]->shown_us() > slow.shown_us() + 3'000'000; }))
      << viewers_[0]->shown_us() << " and " << slow.shown_us();
  EXPECT_TRUE(conductor_->state.at("waiting_for").empty());
  conductor_->command({{"what", "rate"}, {"rate", "1/4"}});
  line.let_down();
  ASSERT_TRUE(wait_until([&] { return slow.shown_us() > viewers_[0]->shown_us() - 1'000'000; }));
  conductor_->command("pause");
  expect_all_on_one_frame("it has caught up");
}

TEST_F(PlayerRoom, GoesOnWithoutItsOwnerAndOverASwapOfTheTransport) {
  view();
  view();
  conductor_->command("play");
  expect_all_move("play");
  conductor_->client->result("admin.plugin_swap", {{"id", "transport_tcp"}});
  conductor_ = std::make_unique<Conductor>(server_->port());
  conductor_->client->result("auth.guest");
  conductor_->enter({{"code", code_}});
  EXPECT_EQ(conductor_->state.at("is_paused"), false);
  expect_all_move("the swap, and the owner away");
  conductor_->command("pause");
  expect_all_on_one_frame("pause");
}

TEST_F(PlayerRoom, OfAVideoThatIsNotForThemMembersSeeNothing) {
  conductor_->ask("rooms.change", {{"is_private", true}});
  WireClient& client = *conductor_->client;
  const std::string token = client.result("auth.login", {{"name", "ann"}, {"password", kPassword}}).at("token");
  conductor_->enter({{"code", code_}});
  const std::string root = client.result("library.roots").at("roots").at(0).at("root");
  client.result("admin.set_root", {{"root", root}, {"policy", "groups"}});
  const TempDir secrets;
  const std::string token_file = secrets.write("token", token);
  std::filesystem::permissions(token_file, std::filesystem::perms::owner_read);
  Viewer& allowed = view(0, {"--token-file", token_file});
  ASSERT_TRUE(allowed.stands_at(conductor_->place_us())) << allowed.said();
  Viewer guest(server_->port(), code_);
  ASSERT_TRUE(wait_until([&] { return conductor_->ask("rooms.get").at("members").size() == 3; }))
      << "it sits in the room";
  conductor_->command({{"what", "seek"}, {"position_us", 9'000'000}});
  ASSERT_TRUE(allowed.stands_at(conductor_->place_us())) << "nobody waits for who may not see it";
  play_and_pause("play and pause");
  EXPECT_EQ(guest.shown_us(), -1);
}

TEST_F(PlayerRoom, IsThereAgainAfterTheServerWasKilled) {
  Relay line(server_->port());
  view(line.port());
  view(line.port());
  conductor_->command({{"what", "seek"}, {"position_us", 3'000'000}});
  conductor_->command("play");
  expect_all_move("play");
  const int connections = line.connections();
  server_->process().signal(SIGKILL);
  server_->process().wait();
  conductor_.reset();
  start();
  line.set_target(server_->port());
  ASSERT_TRUE(wait_until([&] { return line.connections() >= connections + 2; })) << "they come back by themselves";
  conductor_ = std::make_unique<Conductor>(server_->port());
  conductor_->client->result("auth.guest");
  conductor_->enter({{"code", code_}});
  EXPECT_EQ(conductor_->state.at("is_paused"), false) << "and the room has run on";
  EXPECT_EQ(conductor_->state.at("name"), "Film club");
  ASSERT_TRUE(wait_until([&] {
    const json members = conductor_->ask("rooms.get").at("members");
    return members.size() == 3;
  })) << "everybody sits again";
  expect_all_move("they are back");
  conductor_->command("pause");
  expect_all_on_one_frame("pause");
}

}  // namespace
}  // namespace zoe::test
