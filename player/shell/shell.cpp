#include "player/shell/shell.hpp"

#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/app/application.hpp"
#include "engine/audio/sdl_device.hpp"
#include "engine/audio/sound_output.hpp"
#include "engine/core/file.hpp"
#include "player/automation/automation_layer.hpp"
#include "player/automation/script.hpp"
#include "player/client/channel_playback.hpp"
#include "player/client/download_queue.hpp"
#include "player/client/room_playback.hpp"
#include "player/client/viewing_store.hpp"
#include "player/layers/overlay_layer.hpp"
#include "player/layers/subtitle_layer.hpp"
#include "player/layers/video_layer.hpp"
#include "player/local/link_router.hpp"
#include "player/local/local_media.hpp"
#include "player/playback/deinterlacing_sink.hpp"
#include "player/playback/frame_trace.hpp"
#include "player/playback/playback.hpp"
#include "player/shell/channel_entrance.hpp"
#include "player/shell/deferred_sink.hpp"
#include "player/shell/media_opener.hpp"
#include "player/shell/room_entrance.hpp"
#include "player/shell/signal_watcher.hpp"
#include "player/shell/waker.hpp"

namespace zoe::player {
namespace {

constexpr int kNoDisplay = 5;                          // exit code
constexpr std::int64_t kFirstFrameNs = 60 * kNsPerMs;  // that the interface waits for the first frame

std::string asset_folder() { return std::filesystem::path(program_folder()).parent_path() / "assets"; }

OpenMedia how_to_open(const PlayerOptions& options) {
  OpenMedia how;
  how.rendition = options.rendition;
  how.rate = options.rate;
  how.is_looping = options.is_looping;
  how.is_paused = options.is_paused;
  if (options.start_s) how.position_us = static_cast<std::int64_t>(*options.start_s * 1e6);
  return how;
}

// Everything, in the order in which it is made; what is made first goes last.
class Player {
 public:
  Player(const PlayerOptions& options, std::int64_t start_ns, Clock& clock, Log& log)
      : options_(options), start_ns_(start_ns), clock_(clock), log_(log) {}

  ~Player() {
    waker_.attach(nullptr);
    if (link_) link_->set_wake(nullptr);
    if (video_ != nullptr) video_->set_playback(nullptr);
  }

  // The order is the cold start's: the connection first, then all that needs no window, then the window while the
  // first frames are on their way.
  Result<int> run() {
    ZOE_CHECK(read_script());
    ZOE_TRY(files_, local_files_of(options_.files));
    ZOE_CHECK(make_link());
    ZOE_CHECK(make_playback());
    if (Status made = make_window(); !made) {
      // Of its own, so that a script can go on without a window.
      if (options_.is_headless || made.error().code != Errc::kUnavailable) return fail(std::move(made.error()));
      std::fprintf(stderr, "zoetrope: %s\n", made.error().message.c_str());
      return kNoDisplay;
    }
    ZOE_CHECK(make_interface());
    const auto signals = SignalWatcher::start([this](int) { application_->quit(0); });
    int code = application_->run();
    automation_->write_stats();
    if (!automation_->failure().empty()) std::fprintf(stderr, "zoetrope: %s\n", automation_->failure().c_str());
    return code;
  }

 private:
  Status read_script() {
    if (options_.input_script.empty()) return {};
    ZOE_TRY(const auto bytes, read_file(options_.input_script, script::kMostScriptBytes));
    ZOE_TRY(script_, script::parse(as_text(bytes), options_.input_script));
    return {};
  }

  Status make_link() {
    ServerLink::Options link_options;
    link_options.settings_path = std::filesystem::path(user_config_folder()) / "player.json";
    link_options.connect_timeout_ns = options_.connect_timeout_ms * kNsPerMs;
    if (options_.is_plain_wanted) link_options.security = net::Security::kPlain;
    link_ = ServerLink::create(std::move(link_options), clock_, log_);
    auto address = options_.server;
    // Who plays a file of their own need not see the server of last time.
    if (!address && files_.empty()) {
      if (const auto last = ServerAddress::parse(link_->remembered().address)) address = *last;
    }
    if (!address) return {};
    link_->connect(*address);
    return sign_in(*link_, options_.sign_in);
  }

  Status make_playback() {
    if (!options_.trace_file.empty()) {
      ZOE_TRY(trace_, FrameTrace::create(options_.trace_file));
    }
    PlaybackOptions playback;
    playback.ring_frames = options_.ring_frames;
    playback.ring_bytes = options_.ring_mib << 20;
    playback.packet_bytes = options_.packets_mib << 20;
    playback.is_untimed = options_.is_untimed;
    playback.decoder_threads = options_.decoder_threads;
    playback.program_start_ns = start_ns_;
    playback.trace = trace_.get();
    playback.sound = &sound_;
    playback.wake = [this] { waker_.wake(); };
    router_.emplace(*link_);
    viewing_.emplace(std::filesystem::path(user_config_folder()) / "viewing.json");
    deinterlacing_.set_mode(deinterlacing_of(viewing_->habits().deinterlacing));
    playback_ = Playback::create(playback, *router_, deinterlacing_, clock_, log_,
                                 [this](const std::string& media) { router_->prepare(media); });
    playback_->set_clock_held(true);
    playback_->set_volume(viewing_->habits().volume);
    playback_->set_muted(viewing_->habits().is_muted);
    room_.emplace(*link_, *playback_, clock_, RoomFeed::Options{.rendition = options_.rendition},
                  [this] { waker_.wake(); });
    room_controls_.emplace(*playback_, *room_);
    channel_.emplace(*link_, *playback_, clock_, ChannelFeed::Options{.rendition = options_.rendition},
                     [this] { waker_.wake(); });
    controls_.emplace(*room_controls_, *channel_);
    opener_.emplace(*link_, *controls_);
    make_downloads();
    link_->set_wake([this] {
      opener_->notify();
      downloads_->notify();
      waker_.wake();
    });
    if (!options_.media.empty() || options_.is_autoplay) opener_->open(options_.media, how_to_open(options_));
    if (!files_.empty()) open_file();
    return {};
  }

  // At once, so that it is on its way while the window is made; the interface takes it over as its queue's first.
  void open_file() {
    OpenMedia how = how_to_open(options_);
    const LibraryItem item = local_item_of(files_.front());
    how.media = item.media;
    how.title = item.title;
    how.sound_language = viewing_->habits().sound_language;
    if (!options_.start_s) how.position_us = place_us_ = viewing_->place_of(local_path_of(item.media));
    if (how.rate.is_negative() && how.position_us == 0) how.position_us = std::numeric_limits<std::int64_t>::max() / 4;
    playback_->open(how);
  }

  void make_downloads() {
    DownloadQueue::Options downloads;
    if (!options_.downloads.empty()) downloads.folder = std::filesystem::absolute(options_.downloads);
    downloads.list_path = std::filesystem::path(user_config_folder()) / "downloads.json";
    downloads.wake = [this] { waker_.wake(); };
    downloads_ = std::make_unique<DownloadQueue>(*link_, std::move(downloads), clock_, log_);
  }

  Status make_window() {
    app::WindowConfig window;
    window.surface = options_.is_headless ? app::Surface::kOffscreen : app::Surface::kWindow;
    window.width = options_.width;
    window.height = options_.height;
    window.is_fullscreen = options_.is_fullscreen;
    ZOE_TRY(application_, app::Application::create(window, clock_, log_));
    ZOE_TRY(auto video, VideoLayer::create(*application_, asset_folder()));
    video_ = video.get();
    application_->layers().push_layer(std::move(video));
    window_ms_ = (clock_.now_ns() - start_ns_) / kNsPerMs;
    playback_->allow_sound();
    playback_->set_refresh_period_ns(static_cast<std::int64_t>(1e9 / application_->window().refresh_hz()));
    video_->set_playback(&*playback_);
    ZOE_TRY(auto words, SubtitleLayer::create(*application_, *video_, *playback_, asset_folder()));
    words_ = words.get();
    application_->layers().push_layer(std::move(words));
    sink_.bind(video_->uploader());
    waker_.attach(&*application_);
    show_first_frame();
    return {};
  }

  // The interface costs as much time as the window: where the first frame is there already, it is shown before.
  void show_first_frame() {
    const std::int64_t until_ns = clock_.now_ns() + kFirstFrameNs;
    const bool is_expected = !files_.empty() || opener_->state() != MediaOpener::State::kIdle;
    while (is_expected && video_->frame() == nullptr && clock_.now_ns() < until_ns) {
      application_->run_once(until_ns - clock_.now_ns());
    }
  }

  Status make_interface() {
    ZOE_TRY(auto overlay, OverlayLayer::create(*application_, *link_, *controls_, *room_, *channel_, *video_, *words_,
                                               {.asset_folder = asset_folder(),
                                                .is_buffers_open = options_.opens_panels,
                                                .is_playlist_open = options_.opens_panels,
                                                .rendition = options_.rendition,
                                                .is_looping = options_.is_looping,
                                                .downloads = &*downloads_,
                                                .viewing = &*viewing_,
                                                .deinterlacing = &deinterlacing_,
                                                .lan = options_.lan,
                                                .is_control_panel = options_.is_control_panel,
                                                .expects_media = !options_.media.empty() || options_.is_autoplay}));
    OverlayLayer* const panels = overlay.get();
    if (!options_.room.empty())
      application_->layers().push_layer(std::make_unique<RoomEntrance>(*link_, *room_, options_.room));
    if (!options_.channel.empty())
      application_->layers().push_layer(std::make_unique<ChannelEntrance>(*link_, *channel_, options_.channel));
    if (!files_.empty()) panels->queue_files(files_);
    panels->tell_place(place_us_);
    application_->layers().push_overlay(std::move(overlay));
    AutomationLayer::Options automation;
    automation.landmarks = [panels]() -> const std::vector<ui::Landmark>& { return panels->landmarks(); };
    automation.analyse = [panels](const std::string& analyser) { panels->analyse(analyser); };
    automation.overlay_costs = &panels->glass_costs();
    automation.overlay = &panels->drawn_analysis();
    automation.steps = std::move(script_);
    automation.script_name = options_.input_script;
    automation.stats_file = options_.stats_file;
    automation.screenshot_file = options_.screenshot_file;
    automation.seconds = options_.seconds;
    automation.exits_at_end = options_.exits_at_end;
    automation.is_alone = options_.is_headless || options_.exits_at_end;
    automation.how = how_to_open(options_);
    automation.program_start_ns = start_ns_;
    automation.window_ms = window_ms_;
    auto layer = std::make_unique<AutomationLayer>(*application_, *link_, *controls_, video_->uploader(), *opener_,
                                                   log_, std::move(automation));
    automation_ = layer.get();
    application_->layers().push_overlay(std::move(layer));
    // The first picture with all panels costs more than any after it: time begins to run behind it.
    application_->request_redraw();
    application_->run_once(0);
    playback_->set_clock_held(false);
    return {};
  }

  const PlayerOptions& options_;
  const std::int64_t start_ns_;
  Clock& clock_;
  Log& log_;

  Waker waker_;
  std::vector<script::Step> script_;
  std::vector<std::string> files_;
  std::unique_ptr<ServerLink> link_;
  std::optional<LinkRouter> router_;
  std::unique_ptr<DownloadQueue> downloads_;
  std::unique_ptr<FrameTrace> trace_;
  std::optional<ViewingStore> viewing_;
  std::unique_ptr<app::Application> application_;  // owns the layers, and with them the uploader behind sink_
  DeferredSink sink_;
  DeinterlacingSink deinterlacing_{sink_};
  audio::SoundOutput sound_{audio::make_sdl_devices(), clock_, log_};
  std::unique_ptr<Playback> playback_;
  std::optional<RoomFeed> room_;
  std::optional<RoomPlayback> room_controls_;
  std::optional<ChannelFeed> channel_;
  std::optional<ChannelPlayback> controls_;  // what all but the room and the channel themselves play by
  std::optional<MediaOpener> opener_;
  VideoLayer* video_ = nullptr;
  SubtitleLayer* words_ = nullptr;
  AutomationLayer* automation_ = nullptr;
  std::int64_t window_ms_ = -1;
  std::int64_t place_us_ = 0;  // where the file goes on
};

}  // namespace

Result<int> run_player(const PlayerOptions& options, std::int64_t start_ns, Clock& clock, Log& log) {
  return Player(options, start_ns, clock, log).run();
}

}  // namespace zoe::player
