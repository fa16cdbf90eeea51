// Real players in one room: what one draws on the frame the other sees, in its own window; it is found on the timeline
// later, and goes when it is taken back. What is seen is read from the pictures.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;

constexpr const char* kPassword = "on the white board";

// Whether the picture, which fills the window's width, is red at this place of it.
bool is_red_at(const Pixels& pixels, double x, double y) {
  const double height = pixels.width * 9.0 / 16;
  const double top = (pixels.height - height) / 2;
  const auto column = static_cast<std::size_t>(x * pixels.width);
  const auto row = static_cast<std::size_t>(top + y * height);
  const std::size_t at = (row * static_cast<std::size_t>(pixels.width) + column) * 3;
  const auto part = [&](std::size_t i) { return static_cast<int>(static_cast<unsigned char>(pixels.rgb[at + i])); };
  return part(0) > 180 && part(1) < 130 && part(2) < 130;
}

class PlayerDrawing : public testing::Test {
 protected:
  PlayerDrawing() {
    std::filesystem::copy_file(
        make_clip({.width = 640, .height = 360, .frames = 120, .gop = 30, .picture = "color=gray"}),
        films_.file("match.mp4"));
    server_ = std::make_unique<ServerProcess>(
        ServerOptions{.folders = {films_.path()}, .data_folder = data_.file("data"), .plugins_folder = {}});
    ann_ = std::make_unique<WireClient>(server_->port());
    ann_->result("auth.register", {{"name", "ann"}, {"password", kPassword}, {"code", server_->admin_code()}});
    const std::string token = ann_->result("auth.login", {{"name", "ann"}, {"password", kPassword}}).at("token");
    token_file_ = secrets_.write("token", token);
    std::filesystem::permissions(token_file_, std::filesystem::perms::owner_read);
    media_ = ann_->media("match");
    const json made = ann_->result("rooms.create", {{"name", "Review"}, {"media", {media_}}});
    code_ = made.at("code");
    const json joined = ann_->result("rooms.join", {{"code", code_}});
    place_ = {{"room", joined.at("state").at("room")}, {"seat", joined.at("seat")}};
  }
  json ask(const char* method, json params) {
    params.update(place_);
    return ann_->result(method, params);
  }
  json notes() { return ann_->result("notes.list", {{"media", media_}}).at("notes"); }
  void say(const char* text) { ask("rooms.chat", {{"text", text}}); }

  TempDir films_;
  TempDir data_;
  TempDir secrets_;
  std::string token_file_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<WireClient> ann_;
  std::string media_;
  std::string code_;
  json place_;
};

TEST_F(PlayerDrawing, WhatOneDrawsTheOtherSeesUntilItIsTakenBack) {
  PlayerRun drawer(server_->port());
  PlayerRun viewer(server_->port());
  const std::string start = "timeout 120000\nwait-for room\nwait-for drawings 0\nwait-state paused\n";
  Process drawing(drawer.command({"--room", code_, "--token-file", token_file_, "--size", "1280x720"},
                                 start + "key t\nclick-on draw.line\npress 20% 30%\nmove 30% 30%\nmove 40% 30%\n"
                                         "release 40% 30%\nwait-for drawings 1\nscreenshot drawn.png\n"
                                         "wait-for room.message.0 seen\nkey ctrl+z\nwait-for drawings 0\n"
                                         "screenshot gone.png\nquit\n"),
                  drawer.environment());
  // In a window of another shape, where the picture has bars.
  Process viewing(viewer.command({"--room", code_, "--size", "1000x700"},
                                 start + "wait-for drawings 1\nscreenshot drawn.png\nwait-for room.message.0 seen\n"
                                         "wait-for drawings 0\nscreenshot gone.png\nquit\n"),
                  viewer.environment());
  ASSERT_TRUE(wait_until([&] { return notes().size() == 1; })) << drawing.err();
  const json note = notes().at(0);
  EXPECT_EQ(note.at("name"), "ann");
  EXPECT_EQ(note.at("shape").at("kind"), "line");
  EXPECT_LT(note.at("time_us").get<std::int64_t>(), 33'333) << "on the frame at which the room stands";
  EXPECT_NEAR(note.at("shape").at("points").at(1).at(0).get<double>(), 0.4, 0.002);
  const auto is_there = [](const PlayerRun& run) { return std::filesystem::exists(run.file("drawn.png")); };
  ASSERT_TRUE(wait_until([&] { return is_there(drawer) && is_there(viewer); })) << viewing.err();
  say("seen");
  for (Process* each : {&drawing, &viewing}) {
    const auto status = each->wait();
    EXPECT_TRUE(status && status->ok()) << each->err();
  }
  for (const PlayerRun* each : {&drawer, &viewer}) {
    const Pixels drawn = read_pixels(each->file("drawn.png"));
    const Pixels gone = read_pixels(each->file("gone.png"));
    for (const double x : {0.22, 0.3, 0.38}) {
      EXPECT_TRUE(is_red_at(drawn, x, 0.3)) << x << " of " << drawn.width << "x" << drawn.height;
      EXPECT_FALSE(is_red_at(gone, x, 0.3));
    }
    EXPECT_FALSE(is_red_at(drawn, 0.45, 0.3));
    EXPECT_FALSE(is_red_at(drawn, 0.3, 0.4));
  }
  EXPECT_TRUE(notes().empty());
}

TEST_F(PlayerDrawing, IsFoundOnTheTimelineByWhoWatchesAlone) {
  ask("rooms.draw",
      {{"time_us", 2'016'667},
       {"shape", {{"kind", "line"}, {"color", "#ff4b4b"}, {"width", 0.02}, {"points", {{0.2, 0.3}, {0.4, 0.3}}}}}});
  PlayerRun alone(server_->port());
  const PlayerOutcome outcome =
      alone.run({"--media", media_, "--size", "1280x720"},
                "timeout 120000\nwait-shown 1\npause\nwait-state paused\nmove 50% 85%\nwait-for drawings 0\n"
                "wait-for seek.note.0 Line\nscreenshot before.png\nclick-on seek.note.0\nwait-for drawings 1\n"
                "screenshot found.png\nkey period\nwait-for drawings 0\nscreenshot after.png\nquit\n");
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.err;
  EXPECT_FALSE(is_red_at(read_pixels(alone.file("before.png")), 0.3, 0.3));
  EXPECT_TRUE(is_red_at(read_pixels(alone.file("found.png")), 0.3, 0.3));
  EXPECT_FALSE(is_red_at(read_pixels(alone.file("after.png")), 0.3, 0.3)) << "the next frame has none";
  const auto shown = outcome.shown(1);
  ASSERT_GE(shown.size(), 2U);
  EXPECT_EQ(shown[shown.size() - 2].pts_us, 2'000'000);
}

TEST_F(PlayerDrawing, TheListDeletesAndExports) {
  for (const char* words : {"first", "second"})
    ask("rooms.draw",
        {{"time_us", 0},
         {"shape",
          {{"kind", "text"}, {"color", "#ff4b4b"}, {"width", 0.005}, {"points", {{0.2, 0.3}}}, {"text", words}}}});
  PlayerRun player(server_->port());
  const TempDir saved;
  Process process(
      player.command({"--room", code_, "--token-file", token_file_, "--size", "1280x720", "--downloads", saved.path()},
                     "timeout 120000\nwait-for drawings 2\nkey shift+t\nwait-for notes 2\nwait-for notes.1 second\n"
                     "point-at notes.export\nwait 400\nclick-on notes.export\nwait-for room.message.0 saved\n"
                     "click-on notes.0.delete\nwait-for notes 1\nwait-for notes.0 second\nwait-for drawings 1\nquit\n"),
      player.environment());
  const auto file = std::filesystem::path(saved.path()) / "match drawings.json";
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(file); })) << process.err();
  std::ifstream text(file);
  const json exported = json::parse(text);
  EXPECT_EQ(exported.at("media"), media_);
  EXPECT_EQ(exported.at("notes").at(1).at("shape").at("text"), "second");
  say("saved");
  const auto status = process.wait();
  EXPECT_TRUE(status && status->ok()) << process.err();
  ASSERT_EQ(notes().size(), 1U);
  EXPECT_EQ(notes().at(0).at("shape").at("text"), "second");
}

}  // namespace
}  // namespace zoe::test
