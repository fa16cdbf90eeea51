#include "player/layers/overlay_layer.hpp"

#include <algorithm>
#include <utility>

namespace zoe::player {
namespace {

constexpr std::int64_t kAnimationStepNs = kNsPerS / 60;
constexpr std::int64_t kPanelStepNs = 100 * kNsPerMs;  // how often figures change under the eye
constexpr std::int64_t kStartNs = 500 * kNsPerMs;      // a start that takes longer shows where it is

bool is_signed_in(const LinkSnapshot& link) {
  return link.state == LinkState::kSignedIn || link.state == LinkState::kReconnecting;
}

bool is_waiting(const PlaybackSnapshot& playback) {
  return playback.state == PlayState::kOpening || playback.state == PlayState::kBuffering;
}

}  // namespace

Result<std::unique_ptr<OverlayLayer>> OverlayLayer::create(app::Application& application, ServerLink& link,
                                                           Playback& playback, RoomFeed& room, ChannelFeed& channel,
                                                           VideoLayer& video, SubtitleLayer& words, Options options) {
  ZOE_TRY(auto host, ui::ImGuiHost::create(
                         application.window(),
                         {.asset_folder = options.asset_folder, .scheme = options.scheme, .motion = options.motion}));
  return std::unique_ptr<OverlayLayer>(
      new OverlayLayer(application, std::move(host), link, playback, room, channel, video, words, std::move(options)));
}

OverlayLayer::OverlayLayer(app::Application& application, std::unique_ptr<ui::ImGuiHost> host, ServerLink& link,
                           Playback& playback, RoomFeed& room, ChannelFeed& channel, VideoLayer& video,
                           SubtitleLayer& words, Options options)
    : application_(application),
      link_(link),
      playback_(playback),
      room_(room),
      channel_(channel),
      video_(video),
      words_(words),
      options_(std::move(options)),
      host_(std::move(host)),
      login_(link.remembered()),
      telestration_(link, room, application.clock(), [&application] { application.wake(); }),
      feed_(link, application.clock(), [&application] { application.wake(); }),
      home_(link, [&application] { application.wake(); }),
      lan_(options_.lan),
      folders_(link, [&application] { application.wake(); }),
      personal_(link, application.clock(), [&application] { application.wake(); }),
      local_([&application] { application.wake(); }),
      subtitle_feed_(link, [&application] { application.wake(); }),
      subtitles_(subtitle_feed_, words.painter()),
      analysis_(link, [&application] { application.wake(); }),
      artwork_(link, [&application] { application.wake(); }),
      progress_(link, application.clock()),
      link_snapshot_(link.snapshot()),
      overlays_(OverlayChoice::parse(link.overlays())),
      library_(link.library()),
      link_revision_(link.revision()),
      is_playlist_open_(options_.is_playlist_open),
      is_buffers_open_(options_.is_buffers_open),
      started_ns_(application.clock().now_ns()),
      moved_ns_(started_ns_) {
  if (!library_) library_ = std::make_shared<const LibraryListing>();
  // A picture that is on its way comes first, without controls over it.
  if (options_.expects_media) moved_ns_ -= host_->theme().duration_ms.rest * kNsPerMs;
}

void OverlayLayer::on_attach(app::Application&) {
  video_.set_on_shown([this](const render::FrameTag& tag, std::int64_t now_ns) {
    const bool is_late =
        tag.deadline_ns != 0 && now_ns - tag.deadline_ns > playback_.snapshot().frame_us * kNsPerUs / 2;
    history_.add_shown(now_ns, is_late);
  });
}

void OverlayLayer::on_detach() {
  video_.set_on_shown(nullptr);
  keep_place(application_.clock().now_ns());
  progress_.update({}, link_snapshot_, application_.clock().now_ns());  // whoever quits has left the video
}

OverlayLayer::Page OverlayLayer::page_of(const PlaybackSnapshot& playback) const {
  if (is_server_open()) return Page::kServer;
  if (playback.state != PlayState::kIdle) return Page::kVideo;
  if (is_starting_) return Page::kNothing;
  return is_signed_in(link_snapshot_) ? Page::kLibrary : Page::kLogin;
}

OverlayLayer::Boxes OverlayLayer::boxes() const {
  return {.login = login_.box(),
          .playlist = browser_.library().box(),
          .transport = transport_.box(),
          .buffers = buffers_.box(),
          .analysis = analysis_panel_.box()};
}

// What changed between the program and the server since the last look.
void OverlayLayer::follow_link() {
  const std::uint64_t revision = link_.revision();
  if (revision == link_revision_) return;
  link_revision_ = revision;
  const LinkState before = link_snapshot_.state;
  link_snapshot_ = link_.snapshot();
  if (auto library = link_.library()) {
    // Something of the library or of the person changed: what is suggested may have too.
    if (library != library_ && !library->is_loading) {
      home_.refresh();
      folders_.refresh();
      personal_.refresh();
    }
    library_ = std::move(library);
  }
  frames_wanted_ = std::max(frames_wanted_, 1);
  if (link_snapshot_.is_away() && !std::exchange(is_away_told_, true))
    toasts_.add(ui::ToastKind::kWarning, "The connection was lost. Trying again.");
  if (link_snapshot_.state == LinkState::kSignedIn && std::exchange(is_away_told_, false))
    toasts_.add(ui::ToastKind::kGood, "Connected again.");
  if (before == link_snapshot_.state) return;
  if (!is_signed_in(link_snapshot_)) {
    is_server_open_ = false;
    server_.close_dialog();
    feed_.clear();
    home_.clear();
    folders_.clear();
    personal_.clear();
    room_.clear();
    channel_.clear();
    analysis_.clear();
    telestration_.clear();
    queue_.clear();
    dialogs_.close();
    picker_.close();
    browser_ = {};
    artwork_.clear();
    subtitle_feed_.clear();
  }
  if (link_snapshot_.state == LinkState::kSignedIn) {
    artwork_.try_again();
    analysis_.refresh();
  }
  const PlaybackSnapshot& playback = playback_.snapshot();
  if (is_signed_in(link_snapshot_) || playback.state == PlayState::kIdle || is_local_media(playback.media)) return;
  // Signed out, here or by the server: nothing may go on playing.
  if (link_snapshot_.state == LinkState::kSignInNeeded || link_snapshot_.state == LinkState::kIdle) playback_.close();
}

// What went wrong and stopped nothing is said in passing; what stopped it has a card of its own.
void OverlayLayer::follow_playback(const PlaybackSnapshot& playback) {
  if (playback.error == playback_note_) return;
  playback_note_ = playback.error;
  if (playback_note_.empty() || playback.state == PlayState::kFailed) return;
  toasts_.add(ui::ToastKind::kWarning, playback_note_);
  frames_wanted_ = kFramesAfterEvent;
}

// A start that finds its server and its media at once shows neither the login card nor the library in passing.
void OverlayLayer::follow_start(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  if (!is_starting_) return;
  const bool is_busy = link_snapshot_.state == LinkState::kConnecting || link_snapshot_.state == LinkState::kSigningIn;
  const bool is_opening = options_.expects_media && is_signed_in(link_snapshot_);
  const bool is_on_its_way = (is_busy || is_opening) && playback.state == PlayState::kIdle;
  if (is_on_its_way && now_ns - started_ns_ < kStartNs) return;
  is_starting_ = false;
  frames_wanted_ = kFramesAfterEvent;
}

void OverlayLayer::update_visibility(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  const auto rest_ns = static_cast<std::int64_t>(host_->theme().duration_ms.rest) * kNsPerMs;
  const bool is_over_panel = pointer_x_ >= 0 && host_->is_pointer_taken(pointer_x_, pointer_y_);
  const bool has_rested = now_ns - moved_ns_ >= rest_ns;
  wants_controls_ = !is_hidden_ && (!has_rested || is_over_panel || transport_.is_in_use());
  const bool is_bare = page_of(playback) == Page::kVideo && !wants_controls_ && !is_right_open() &&
                       !is_playlist_open_ && !is_room_shown() && !telestration_.needs_panels();
  application_.window().set_cursor_visible(!is_bare && !(is_hidden_ && page_of(playback) == Page::kVideo));
}

// Without any: the picture alone, and what an analysis draws on it.
bool OverlayLayer::needs_panels() const {
  const PlaybackSnapshot& playback = playback_.snapshot();
  const Page page = page_of(playback);
  if (page == Page::kNothing) return false;
  if (page != Page::kVideo || is_modal_open() || are_keys_shown_) return true;
  const bool has_panels =
      !is_hidden_ && (is_right_open() || is_playlist_open_ || is_room_shown() || telestration_.needs_panels());
  return has_panels || wants_controls_ || is_moving_ || controls_alpha_ > 0 || !toasts_.is_empty() ||
         waiting_ns_ != 0 || playback.state == PlayState::kFailed;
}

app::Wish OverlayLayer::on_update(const app::UpdateContext& context) {
  const std::int64_t now_ns = context.now_ns;
  follow_link();
  follow_server();
  const PlaybackSnapshot& playback = playback_.snapshot();
  follow_playback(playback);
  follow_queue(playback);
  follow_personal();
  follow_downloads(playback);
  follow_start(playback, now_ns);
  if (is_waiting(playback) && waiting_ns_ == 0) waiting_ns_ = now_ns;
  if (!is_waiting(playback)) waiting_ns_ = 0;
  const std::int64_t progress_at_ns =
      std::min({follow_progress(playback, now_ns), follow_browser(playback, now_ns), follow_room(playback, now_ns),
                follow_channel(playback, now_ns), follow_analysis(playback, now_ns), follow_drawings(playback, now_ns),
                follow_habits(playback, now_ns), follow_lan(playback, now_ns)});
  follow_subtitles(playback);
  follow_section(playback);
  follow_framing(playback);
  application_.window().set_screen_saver_allowed(playback.state != PlayState::kPlaying);
  const bool has_sample = history_.update(playback, video_.uploader().slots(), now_ns);
  const bool wanted_controls = wants_controls_;
  update_visibility(playback, now_ns);

  app::Wish wish;
  if (is_starting_) return {.wake_at_ns = std::min(started_ns_ + kStartNs, progress_at_ns)};
  const bool is_video = page_of(playback) == Page::kVideo;
  const bool is_panel_time = now_ns - drawn_ns_ >= kPanelStepNs;
  const bool are_figures_shown = is_video && !is_hidden_ && (wants_controls_ || is_right_open() || is_room_shown());
  if (playback.revision != playback_revision_ && is_panel_time) {
    playback_revision_ = playback.revision;
    wish.is_dirty = are_figures_shown || waiting_ns_ != 0;
  }
  if (std::exchange(playback_state_, playback.state) != playback.state) wish.is_dirty = true;
  wish.is_dirty = wish.is_dirty || frames_wanted_ > 0 || host_->needs_another_frame() || now_ns >= wake_at_ns_ ||
                  wanted_controls != wants_controls_ || (has_sample && is_buffers_open_ && !is_hidden_) ||
                  (is_moving_ && now_ns - drawn_ns_ >= kAnimationStepNs);
  // When to look again.
  wish.wake_at_ns = is_server_open() ? std::min(wake_at_ns_, feed_at_ns_) : wake_at_ns_;
  wish.wake_at_ns = std::min(wish.wake_at_ns, progress_at_ns);
  const auto wake = [&](std::int64_t at_ns) { wish.wake_at_ns = std::min(wish.wake_at_ns, at_ns); };
  if (is_moving_ || frames_wanted_ > 0) wake(drawn_ns_ + kAnimationStepNs);
  if (is_video && wants_controls_) wake(moved_ns_ + host_->theme().duration_ms.rest * kNsPerMs);
  if (are_figures_shown && playback.revision != playback_revision_) wake(drawn_ns_ + kPanelStepNs);
  if (waiting_ns_ != 0) wake(std::max(waiting_ns_ + kWaitShownNs, drawn_ns_ + kAnimationStepNs));
  if (is_video && is_buffers_open_ && !playback.is_paused) wake(history_.next_ns());
  wish.wake_at_ns = std::max(wish.wake_at_ns, now_ns + kNsPerMs);
  return wish;
}

void OverlayLayer::on_render(const app::RenderContext& context) {
  frames_wanted_ = std::max(frames_wanted_ - 1, 0);
  drawn_ns_ = context.now_ns;
  wake_at_ns_ = app::kNever;
  take_shot(context);
  const bool has_panels = needs_panels();
  const bool has_glass = needs_glass();
  if (!has_glass) glass_.leave_out();
  if (!has_panels && !has_glass) return;
  ui::Ui& ui = host_->begin(context);
  if (has_glass) draw_glass(ui);
  if (page_of(playback_.snapshot()) == Page::kVideo) telestration_.mark(ui);
  if (has_panels) draw(ui);
  host_->end();
  is_moving_ = ui.is_moving();
  wake_at_ns_ = ui.wake_at_ns();
}

void OverlayLayer::carry_out(const PanelRequests& requests) {
  if (requests.toggle_fullscreen) toggle_fullscreen();
  if (requests.toggle_server) toggle_server();
  if (requests.toggle_favourite) toggle_favourite(*requests.toggle_favourite);
  if (requests.toggle_playlist) toggle_playlist();
  if (requests.toggle_buffers) toggle_buffers();
  if (requests.save_trace) save_trace();
  if (requests.toggle_room) toggle_room();
  if (requests.toggle_analysis) toggle_analysis();
  carry_out_analysis(requests.analysis);
  carry_out_drawings(requests.drawing);
  if (requests.leave_media) {
    playback_.close();
    application_.window().set_title("Zoetrope");
  }
  if (requests.look_for_servers) look_for_servers(*requests.look_for_servers);
  carry_out_personal(requests);
  carry_out_downloads(requests);
  if (requests.tune_in != 0) return tune_in(requests.tune_in);
  if (requests.play) return play(*requests.play);
  if (requests.play_step != 0) return go_in_queue(requests.play_step);
  if (!requests.open) return;
  queue_.clear();
  open(*requests.open);
}

}  // namespace zoe::player
