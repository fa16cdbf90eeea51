// The player's interface on an off-screen window, with a made-up server and a made-up playback behind it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/app/application.hpp"
#include "engine/render/screenshot.hpp"
#include "player/layers/overlay_layer.hpp"
#include "player/layers/video_layer.hpp"
#include "tests/unit/app/test_picture.hpp"
#include "tests/unit/player/fake_playback.hpp"

namespace zoe::test {

// Shows what it is told to show and notes what it is asked for.
class FakeLink final : public player::ServerLink {
 public:
  player::LinkSnapshot shown;
  std::shared_ptr<player::LibraryListing> listing = std::make_shared<player::LibraryListing>();
  Remembered memory;
  std::vector<std::string> calls;
  std::vector<player::LibraryQuery> queries;
  std::function<void(std::string_view method, const std::string& params, net::Completion done)> on_request;

  std::uint64_t epoch_now = 1;
  std::optional<net::ClockEstimate> estimate;
  int probes = 0;

  void change() { ++revision_; }

  void connect(const player::ServerAddress& address) override { calls.push_back("connect " + address.to_string()); }
  void disconnect() override { calls.push_back("disconnect"); }
  void accept_key() override { calls.push_back("accept_key"); }
  void log_in(std::string name, std::string password, player::Remember remember) override {
    calls.push_back("log_in " + name + " " + password + (remember == player::Remember::kToken ? " remember" : ""));
  }
  void register_account(std::string name, std::string password, std::string code, player::Remember) override {
    calls.push_back("register " + name + " " + password + " " + code);
  }
  void resume(std::string token) override { calls.push_back("resume " + token); }
  void enter_as_guest() override { calls.push_back("guest"); }
  void sign_out() override { calls.push_back("sign_out"); }
  player::LinkSnapshot snapshot() const override { return shown; }
  std::uint64_t revision() const override { return revision_; }
  std::shared_ptr<const player::LibraryListing> library() const override { return listing; }
  void set_library_query(player::LibraryQuery query) override {
    calls.push_back("query " + query.search);
    queries.push_back(std::move(query));
  }
  void load_more() override { calls.push_back("more"); }
  void refresh_library() override { calls.push_back("refresh"); }
  void request(std::string_view method, std::string params, net::Completion done) override {
    calls.push_back("ask " + std::string(method) + " " + params);
    if (on_request) on_request(method, params, done);
  }
  // Answers at once with what the test put there.
  std::function<Result<std::vector<std::uint8_t>>(std::string_view method, const std::string& params)> on_file;
  void fetch_file(std::string_view method, std::string params, std::size_t, player::FileCompletion done) override {
    calls.push_back("file " + std::string(method) + " " + params);
    Result<std::vector<std::uint8_t>> file = fail(Errc::kNotFound, "no such file");
    if (on_file) file = on_file(method, params);
    done(file);
  }
  std::uint64_t receive_file(const FileWish&, std::shared_ptr<player::FileReceiver>) override { return 0; }
  void grant_file(std::uint64_t, std::uint64_t) override {}
  void drop_file(std::uint64_t) override {}
  EventListener on_analysis;
  void listen(std::string_view prefix, EventListener listener) override {
    if (prefix == "analysis.") on_analysis = std::move(listener);
  }
  Remembered remembered() const override { return memory; }
  std::string wanted_overlays;
  std::string overlays() const override { return wanted_overlays; }
  void set_overlays(std::string overlays) override { wanted_overlays = std::move(overlays); }
  void set_wake(std::function<void()>) override {}
  std::uint64_t epoch() const override { return epoch_now; }
  std::optional<net::ClockEstimate> clock() const override { return estimate; }
  void probe() override { ++probes; }

  void set_listener(player::StreamListener*) override {}
  bool is_ready() const override { return false; }
  void open_stream(const player::StreamRequest&, std::function<void(Result<player::StreamInfo>)>) override {}
  void seek_stream(const player::SeekRequest&, std::function<void(Result<player::SeekReply>)>) override {}
  void set_stream_rate(std::uint32_t, Rational, int) override {}
  void set_stream_looping(std::uint32_t, bool) override {}
  void close_stream(std::uint32_t) override {}
  void grant_credit(std::uint32_t, std::uint32_t, std::int64_t) override {}
  Traffic traffic() const override { return {}; }

 private:
  std::uint64_t revision_ = 1;
};

// Sees the finished picture before it is swapped away.
class CaptureLayer final : public app::Layer {
 public:
  render::Image image;
  int drawn = 0;
  bool is_wanted = false;

  void on_render(const app::RenderContext& context) override {
    ++drawn;
    if (is_wanted) image = render::read_framebuffer(context.width, context.height);
  }
};

struct StageSize {
  int width = 1280;
  int height = 720;
  float scale = 1;
};

class PlayerStage {
 public:
  explicit PlayerStage(const StageSize& size, player::OverlayLayer::Options options = {}) {
    clock.set_ns(kNsPerS);
    auto made = app::Application::create(
        {.surface = app::Surface::kOffscreen, .width = size.width, .height = size.height, .scale = size.scale}, clock,
        Log::null());
    if (!made) throw std::runtime_error(made.error().message);
    application = std::move(*made);
    link.memory.address = "studio.lan";
    link.memory.name = "Ada";
    options.asset_folder = asset_folder();
    options_ = options;
  }

  // After `link` and `playback` have been given what the first frame shows.
  void build() {
    auto made_video = player::VideoLayer::create(*application, asset_folder());
    if (!made_video) throw std::runtime_error(made_video.error().message);
    video = made_video->get();
    video->set_playback(&playback);
    application->layers().push_layer(std::move(*made_video));
    auto made_words = player::SubtitleLayer::create(*application, *video, playback, asset_folder());
    if (!made_words) throw std::runtime_error(made_words.error().message);
    player::SubtitleLayer& words = **made_words;
    application->layers().push_layer(std::move(*made_words));
    room = std::make_unique<player::RoomFeed>(link, playback, clock, player::RoomFeed::Options{}, [] {});
    channel = std::make_unique<player::ChannelFeed>(link, playback, clock, player::ChannelFeed::Options{}, [] {});
    auto made_overlay =
        player::OverlayLayer::create(*application, link, playback, *room, *channel, *video, words, options_);
    if (!made_overlay) throw std::runtime_error(made_overlay.error().message);
    overlay = made_overlay->get();
    application->layers().push_overlay(std::move(*made_overlay));
    auto made_capture = std::make_unique<CaptureLayer>();
    capture = made_capture.get();
    application->layers().push_overlay(std::move(made_capture));
  }

  // Puts a picture on the screen as the feeder would.
  void show(const media::Frame& frame, std::uint64_t number = 1) {
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto state = video->uploader().write(frame, {}, {.pts_us = playback.shown.position_us, .number = number},
                                                 render::WritePolicy::kReplaceUnread);
      if (!state) throw std::runtime_error(state.error().message);
      if (*state != render::WriteState::kWait) return;
      application->run_once(0);
    }
  }

  // One round, so many milliseconds later.
  void round(std::int64_t ms = 16) {
    clock.advance_ns(ms * kNsPerMs);
    application->request_redraw();
    application->run_once(0);
  }

  // Rounds until every animation has ended.
  void settle() {
    for (int i = 0; i < 6; ++i) round(120);
  }

  void move(float x, float y) {
    application->post(app::PointerMove{x, y});
    round();
  }
  void click(float x, float y) {
    move(x, y);
    application->post(app::PointerPress{.x = x, .y = y});
    round();
    application->post(app::PointerRelease{.x = x, .y = y});
    round();
    round();
  }
  // The named control of the last frame; an empty box where it is not there.
  ui::Landmark landmark(std::string_view name) const {
    for (const ui::Landmark& each : overlay->landmarks())
      if (each.name == name) return each;
    return {};
  }
  // False where it is not there.
  bool click_on(std::string_view name) {
    const ui::Landmark mark = landmark(name);
    if (mark.name.empty()) return false;
    click(mark.box.center().x, mark.box.center().y);
    return true;
  }
  bool move_to(std::string_view name) {
    const ui::Landmark mark = landmark(name);
    if (mark.name.empty()) return false;
    move(mark.box.center().x, mark.box.center().y);
    return true;
  }
  void press(app::Key key, std::uint8_t mods = 0) {
    application->post(app::KeyEvent{.key = key, .action = app::KeyAction::kDown, .mods = mods});
    application->post(app::KeyEvent{.key = key, .action = app::KeyAction::kUp, .mods = mods});
    round();
  }
  void type(const std::string& text) {
    application->post(app::TextEvent{text});
    round();
    round();
  }

  render::Image picture() {
    capture->is_wanted = true;
    round();
    capture->is_wanted = false;
    return capture->image;
  }

  FakeClock clock;
  FakeLink link;
  FakePlayback playback;
  std::unique_ptr<player::RoomFeed> room;
  std::unique_ptr<player::ChannelFeed> channel;
  std::unique_ptr<app::Application> application;
  player::VideoLayer* video = nullptr;
  player::OverlayLayer* overlay = nullptr;
  CaptureLayer* capture = nullptr;

 private:
  player::OverlayLayer::Options options_;
};

}  // namespace zoe::test
