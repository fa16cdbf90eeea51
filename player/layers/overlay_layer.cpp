#include "player/layers/overlay_layer.hpp"

#include <imgui_internal.h>

#include <algorithm>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/format.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kAnimationStepNs = kNsPerS / 60;
constexpr std::int64_t kPanelStepNs = 100 * kNsPerMs;  // how often figures change under the eye
constexpr std::int64_t kWaitShownNs = 300 * kNsPerMs;  // a wait shorter than this shows no spinner
constexpr std::int64_t kStartNs = 500 * kNsPerMs;      // a start that takes longer shows where it is

bool is_signed_in(const LinkSnapshot& link) {
  return link.state == LinkState::kSignedIn || link.state == LinkState::kReconnecting;
}

bool is_waiting(const PlaybackSnapshot& playback) {
  return playback.state == PlayState::kOpening || playback.state == PlayState::kBuffering;
}

}  // namespace

Result<std::unique_ptr<OverlayLayer>> OverlayLayer::create(app::Application& application, ServerLink& link,
                                                           Playback& playback, RoomFeed& room, VideoLayer& video,
                                                           SubtitleLayer& words, Options options) {
  ZOE_TRY(auto host, ui::ImGuiHost::create(
                         application.window(),
                         {.asset_folder = options.asset_folder, .scheme = options.scheme, .motion = options.motion}));
  return std::unique_ptr<OverlayLayer>(
      new OverlayLayer(application, std::move(host), link, playback, room, video, words, std::move(options)));
}

OverlayLayer::OverlayLayer(app::Application& application, std::unique_ptr<ui::ImGuiHost> host, ServerLink& link,
                           Playback& playback, RoomFeed& room, VideoLayer& video, SubtitleLayer& words, Options options)
    : application_(application),
      link_(link),
      playback_(playback),
      room_(room),
      video_(video),
      words_(words),
      options_(std::move(options)),
      host_(std::move(host)),
      login_(link.remembered()),
      feed_(link, application.clock(), [&application] { application.wake(); }),
      home_(link, [&application] { application.wake(); }),
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
    analysis_.clear();
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
  const bool is_bare = page_of(playback) == Page::kVideo && !wants_controls_ && !is_buffers_open_ &&
                       !is_playlist_open_ && !is_analysis_open_ && !is_room_shown();
  application_.window().set_cursor_visible(!is_bare && !(is_hidden_ && page_of(playback) == Page::kVideo));
}

// Without any: the picture alone, and what an analysis draws on it.
bool OverlayLayer::needs_panels() const {
  const PlaybackSnapshot& playback = playback_.snapshot();
  const Page page = page_of(playback);
  if (page == Page::kNothing) return false;
  if (page != Page::kVideo || is_modal_open() || are_keys_shown_) return true;
  const bool has_panels =
      !is_hidden_ && (is_buffers_open_ || is_playlist_open_ || is_analysis_open_ || is_room_shown());
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
  const std::int64_t progress_at_ns = std::min({follow_progress(playback, now_ns), follow_browser(playback, now_ns),
                                                follow_room(playback, now_ns), follow_analysis(playback, now_ns)});
  follow_subtitles(playback);
  follow_section(playback);
  application_.window().set_screen_saver_allowed(playback.state != PlayState::kPlaying);
  const bool has_sample = history_.update(playback, video_.uploader().slots(), now_ns);
  const bool wanted_controls = wants_controls_;
  update_visibility(playback, now_ns);

  app::Wish wish;
  if (is_starting_) return {.wake_at_ns = std::min(started_ns_ + kStartNs, progress_at_ns)};
  const bool is_video = page_of(playback) == Page::kVideo;
  const bool is_panel_time = now_ns - drawn_ns_ >= kPanelStepNs;
  const bool are_figures_shown =
      is_video && !is_hidden_ && (wants_controls_ || is_buffers_open_ || is_analysis_open_ || is_room_shown());
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
  if (!has_panels && !has_glass) return;
  ui::Ui& ui = host_->begin(context);
  if (has_glass) draw_glass(ui);
  if (has_panels) draw(ui);
  host_->end();
  is_moving_ = ui.is_moving();
  wake_at_ns_ = ui.wake_at_ns();
}

void OverlayLayer::draw(ui::Ui& ui) {
  artwork_.begin_frame();
  const PlaybackSnapshot& playback = playback_.snapshot();
  const auto slots = video_.uploader().slots();
  const auto home = home_.snapshot();
  const LibrarySnapshot folders = folders_.snapshot();
  const PersonalSnapshot personal = personal_.snapshot();
  room_snapshot_ = room_.snapshot(ui.now_ns());
  const std::shared_ptr<const MediaDetails> details = details_of(playback);
  const SubtitlePicturePtr words = words_.shown();
  const Scene scene{
      .link = link_snapshot_,
      .library = *library_,
      .home = *home,
      .folders = folders,
      .personal = personal,
      .queue = queue_,
      .analysis = analysis_.snapshot(),
      .overlays = overlays_,
      .playback = playback,
      .room = room_snapshot_,
      .slots = slots,
      .history = history_,
      .utc_ns = application_.clock().utc_ns(),
      .is_fullscreen = application_.window().is_fullscreen(),
      .is_playlist_open = is_playlist_open_,
      .is_buffers_open = is_buffers_open_,
      .is_room_open = is_room_open_,
      .is_analysis_open = is_analysis_open_,
      .chapters = details ? std::span<const media::Chapter>(details->chapters) : std::span<const media::Chapter>(),
      .section = section_,
      .are_words_shown = words && !words->regions.empty(),
      .downloads = downloads_scene()};
  PanelRequests requests;
  const PanelContext context{.ui = ui,
                             .scene = scene,
                             .artwork = artwork_,
                             .dialogs = dialogs_,
                             .link = link_,
                             .playback = playback_,
                             .room = room_,
                             .toasts = toasts_,
                             .requests = requests,
                             .keys = labels_,
                             .subtitles = subtitles_};
  const Page page = page_of(playback);
  const int slow = ui.theme().duration_ms.slow;
  const float login = ui.follow(ImHashStr("login-alpha"), page == Page::kLogin ? 1.0F : 0.0F, slow, 0);
  const float library = ui.follow(ImHashStr("library-alpha"), page == Page::kLibrary ? 1.0F : 0.0F, slow, 0);
  if (page != Page::kVideo) backdrop_.draw(ui, 1);
  const float server = ui.follow(ImHashStr("server-alpha"), page == Page::kServer ? 1.0F : 0.0F, slow, 0);
  if (page == Page::kLibrary || library > 0) browser_.draw(context, library);
  if (page == Page::kLibrary)
    draw_room(context, ui.screen().right(), ui.screen().y + ui.px(80),
              ui.screen().bottom() - ui.px(ui.theme().space.m));
  if (page == Page::kVideo) draw_video_page(context);
  if (page == Page::kLogin) login_.draw(context, login);
  if (page == Page::kServer) draw_server(ui, server);
  picker_.draw(context);
  dialogs_.draw(ui, requests);
  const float keys = ui.follow(ImHashStr("keys-alpha"), are_keys_shown_ ? 1.0F : 0.0F, slow, 0);
  if (keys > 0 && draw_key_sheet(ui, key_helps_, keys)) are_keys_shown_ = false;
  toasts_.draw(ui, ui.px(page == Page::kVideo ? 72 : 80));
  artwork_.end_frame(ui.now_ns());
  if (artwork_.has_more()) ui.keep_moving();
  carry_out(requests);
}

void OverlayLayer::draw_video_page(const PanelContext& context) {
  ui::Ui& ui = context.ui;
  const int slow = ui.theme().duration_ms.slow;
  controls_alpha_ = ui.follow(ImHashStr("controls"), wants_controls_ ? 1.0F : 0.0F, slow, 0);
  const float drawer_width = LibraryPanel::wanted_width(ui);
  const float right_width = is_analysis_open_ ? AnalysisPanel::wanted_width(ui) : BuffersPanel::wanted_width(ui);
  const bool is_right_open = is_buffers_open_ || is_analysis_open_;
  const bool is_room_for_both = drawer_width + right_width + ui.px(ui.theme().space.m) <= ui.screen().w;
  const bool is_drawer_shown =
      is_playlist_open_ && !is_hidden_ && (is_room_for_both || !is_right_open || !is_right_newer_);
  const bool is_right_shown = is_right_open && !is_hidden_ && (is_room_for_both || !is_drawer_shown);
  const float drawer = ui.follow(ImHashStr("drawer-open"), is_drawer_shown ? 1.0F : 0.0F, slow, 0);
  const float buffers = ui.follow(ImHashStr("buffers-open"), is_right_shown && is_buffers_open_ ? 1.0F : 0.0F, slow, 0);
  const float analysis =
      ui.follow(ImHashStr("analysis-open"), is_right_shown && is_analysis_open_ ? 1.0F : 0.0F, slow, 0);
  const float margin = ui.px(ui.theme().space.m);
  const float foot = ui.screen().bottom() - TransportBar::strip_height(ui);
  if (context.scene.playback.state == PlayState::kFailed)
    draw_failure(context);
  else
    draw_waiting(context);
  browser_.library().draw_drawer(context, ui.screen().y + margin + TransportBar::title_height(ui), foot, drawer);
  // Beside the title, or below it where there is no room beside it.
  const bool is_beside_title = ui.screen().w - right_width >= ui.px(280);
  const float right_top = ui.screen().y + margin + (is_beside_title ? 0 : TransportBar::title_height(ui));
  buffers_.draw(context, right_top, foot, buffers);
  analysis_panel_.draw(context, right_top, foot, analysis);
  float right_end = ui.screen().right();
  if (is_beside_title && buffers > 0) right_end = std::min(right_end, buffers_.box().x);
  if (is_beside_title && analysis > 0) right_end = std::min(right_end, analysis_panel_.box().x);
  const float right_panel = buffers > 0    ? buffers_.box().x
                            : analysis > 0 ? analysis_panel_.box().x
                                           : ui.screen().right();
  draw_room(context, right_panel,
            ui.screen().y + margin + (ui.screen().w < ui.px(700) ? TransportBar::title_height(ui) : 0), foot);
  if (is_room_shown() && !is_hidden_) right_end = std::min(right_end, room_panel_.box().x);
  transport_.draw_title(context, controls_alpha_, right_end - ui.screen().x);
  transport_.draw(context, controls_alpha_);
}

void OverlayLayer::draw_waiting(const PanelContext& context) {
  ui::Ui& ui = context.ui;
  const bool is_shown =
      waiting_ns_ != 0 && ui.now_ns() - waiting_ns_ >= kWaitShownNs && !context.scene.playback.is_paused;
  const float alpha = ui.follow(ImHashStr("waiting"), is_shown ? 1.0F : 0.0F, ui.theme().duration_ms.slow, 0);
  const float side = ui.px(72);
  const ui::Panel panel(ui, "waiting", ui.screen().centered(side, side), {.alpha = alpha, .takes_mouse = false});
  if (panel.is_open()) ui::spinner(ui, panel.box().center(), ui.px(20), ui.palette().accent);
}

void OverlayLayer::draw_failure(const PanelContext& context) {
  ui::Ui& ui = context.ui;
  const PlaybackSnapshot& playback = context.scene.playback;
  const float width = std::min(ui.px(440), ui.screen().w - 2 * ui.px(16));
  const float padding = ui.px(24);
  const float inner = width - 2 * padding;
  const float text = ui.paragraph_height(inner, ui::TextStyle::kBody, playback.error, 6);
  const float button = ui.px(ui.theme().control.height);
  const float title = ui.px(32);
  const ui::Box box = ui.screen().centered(width, padding * 2 + title + ui.px(8) + text + ui.px(20) + button);
  const ui::Panel panel(ui, "failure", box, {.ground = ui::Ground::kSolid});
  if (!panel.is_open()) return;
  ui::Box rest = box.inset(padding);
  ui::Box head = rest.cut_top(title);
  ui.icon(head.cut_left(ui.px(24)), ui::TextStyle::kIconLarge, ui.palette().error, ui::icon::kWarning);
  head.cut_left(ui.px(12));
  ui.label(head, ui::TextStyle::kTitle, ui.palette().text, "This video does not play");
  rest.cut_top(ui.px(8));
  ui.paragraph(rest.cut_top(text).min(), inner, ui::TextStyle::kBody, ui.palette().text_muted, playback.error, 6);
  rest.cut_top(ui.px(20));
  ui::Box row = rest.cut_top(button);
  const ui::Box left = row.cut_left((row.w - ui.px(8)) / 2);
  row.cut_left(ui.px(8));
  if (ui::button(ui, "back", left, {.text = "Back to the library", .kind = ui::ButtonKind::kPrimary}))
    context.requests.leave_media = true;
  if (ui::button(ui, "again", row, {.text = "Try again"}))
    playback_.open({.media = playback.media,
                    .title = playback.title,
                    .rendition = playback.rendition.empty() ? options_.rendition : playback.rendition,
                    .position_us = playback.position_us,
                    .is_looping = playback.is_looping});
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
  if (requests.leave_media) {
    playback_.close();
    application_.window().set_title("Zoetrope");
  }
  carry_out_personal(requests);
  carry_out_downloads(requests);
  if (requests.play) return play(*requests.play);
  if (requests.play_step != 0) return go_in_queue(requests.play_step);
  if (!requests.open) return;
  queue_.clear();
  open(*requests.open);
}

}  // namespace zoe::player
