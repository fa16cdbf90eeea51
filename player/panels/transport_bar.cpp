#include "player/panels/transport_bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/local/local_media.hpp"
#include "player/panels/format.hpp"
#include "player/panels/notes_panel.hpp"
#include "player/panels/room_panel.hpp"
#include "player/panels/timeline_marks.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kBarHeight = 100;
constexpr float kWidest = 1360;
constexpr float kMainSide = 48;  // of the button in the middle
constexpr float kLiveWidth = 132;
constexpr float kGap = 6;  // between those beside it

constexpr std::array<Rational, 11> kSpeeds{
    {{-4, 1}, {-2, 1}, {-1, 1}, {-1, 2}, {-1, 4}, {1, 4}, {1, 2}, {1, 1}, {3, 2}, {2, 1}, {4, 1}}};

bool is_moving(const PlaybackSnapshot& playback) {
  return !playback.is_paused && playback.state != PlayState::kEnded && playback.state != PlayState::kFailed;
}

// Playing backwards keeps the speed; what was paused starts.
void play_at(Playback& playback, Rational rate) {
  playback.set_rate(rate);
  playback.play();
}

std::int64_t shown_position(const PlaybackSnapshot& playback) {
  return playback.is_seeking ? playback.seek_target_us : playback.position_us;
}

// Where the room, or live, is in what plays.
std::optional<std::int64_t> place_of_others(const Scene& scene) {
  const std::int64_t place_us = scene.room.now           ? scene.room.position_us
                                : !scene.channel.is_live ? scene.channel.on_us
                                                         : -1;
  return place_us >= 0 ? std::optional(place_us) : std::nullopt;
}

}  // namespace

float TransportBar::strip_height(Ui& ui) { return ui.px(kBarHeight) + 2 * ui.px(ui.theme().space.m); }

float TransportBar::title_height(Ui& ui) { return ui.px(56); }

void TransportBar::draw(const PanelContext& context, float alpha) {
  Ui& ui = context.ui;
  const float margin = ui.px(ui.theme().space.m);
  const float width = std::min(ui.screen().w - 2 * margin, ui.px(kWidest));
  const float height = ui.px(kBarHeight);
  box_ = {std::round(ui.screen().center().x - width / 2), ui.screen().bottom() - margin - height, width, height};
  const ui::Panel panel(ui, "transport", box_, {.alpha = alpha});
  if (!panel.is_open()) {
    is_dragging_ = false;
    return;
  }
  ui.mark("words", box_, context.scene.are_words_shown ? "shown" : "none");
  Box rest = box_.inset(ui.px(16), 0);
  rest.cut_top(ui.px(8));
  draw_seek_row(context, rest.cut_top(ui.px(32)));
  const Box row = rest.cut_top(ui.px(48));
  draw_left(context, row);
  draw_middle(context, row);
  draw_right(context, row);
}

void TransportBar::draw_seek_row(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const PlaybackSnapshot& playback = context.scene.playback;
  const TimeStyle style = playback.is_paused ? TimeStyle::kMilliseconds : TimeStyle::kSeconds;
  const std::int64_t position_us = shown_position(playback);
  // Room for the longest text that can come, so that the bar does not move under the pointer.
  const std::string longest = time_text(playback.duration_us, TimeStyle::kMilliseconds);
  const float time_width = ui.text_width(TextStyle::kStrong, longest) + ui.px(4);
  const Box left = row.cut_left(time_width);
  const bool is_channel = context.scene.channel.is_tuned;
  const Box right = row.cut_right(is_channel ? std::max(time_width, ui.px(kLiveWidth)) : time_width);
  const Box bar = row.inset(ui.px(8), 0);

  // Before the bar, so that a press on a mark is its own.
  const bool is_on_event = draw_event_marks(context, bar);
  const bool is_on_mark = draw_note_marks(context, bar) || is_on_event;
  packet_spans_.clear();
  for (const TimeSpan& span : playback.packets.held) packet_spans_.push_back({span.from_us, span.to_us});
  boundaries_.clear();
  for (const StoredSegment& segment : playback.packets.segments) boundaries_.push_back(segment.span.from_us);
  marks_.clear();
  for (const media::Chapter& chapter : context.scene.chapters) marks_.push_back(chapter.start_us);
  const std::optional<TimeSpan>& section = context.scene.section;
  const std::array<ui::BarSpan, 1> ring{{{playback.ring.held.from_us, playback.ring.held.to_us}}};
  const ui::SeekBarResult result =
      ui::seek_bar(ui, "seek", bar,
                   {.duration_us = playback.duration_us,
                    .position_us = playback.position_us,
                    .packets = packet_spans_,
                    .frames = std::span(ring).first(playback.ring.places.empty() ? 0 : 1),
                    .boundaries = boundaries_,
                    .pending_us = playback.is_seeking ? std::optional(playback.seek_target_us) : std::nullopt,
                    .others_us = place_of_others(context.scene),
                    .is_enabled = playback.state != PlayState::kIdle && playback.state != PlayState::kFailed,
                    .marks = marks_,
                    .section = section ? std::optional(ui::BarSpan{section->from_us, section->to_us}) : std::nullopt});
  ui.mark("seek.chapters", bar, std::to_string(marks_.size()));
  scrub(context, result);
  const std::int64_t left_us = result.is_dragging ? result.target_us : position_us;
  ui.label(left, TextStyle::kStrong, ui.palette().text, time_text(left_us, style));
  if (is_channel)
    draw_live(context, right);
  else
    draw_total(context, right, left_us);
  draw_possession_strip(context, bar);
  if (result.hover_us && !is_on_mark) draw_hover_time(context, bar, *result.hover_us);
}

void TransportBar::draw_total(const PanelContext& context, const Box& right, std::int64_t left_us) {
  Ui& ui = context.ui;
  const PlaybackSnapshot& playback = context.scene.playback;
  const std::string total =
      shows_remaining_ ? time_text(left_us - playback.duration_us) : duration_text(playback.duration_us);
  const ui::Press press = ui::pressable(ui, "total", right);
  if (press.is_clicked) shows_remaining_ = !shows_remaining_;
  ui.label(right, TextStyle::kBody, press.is_hovered ? ui.palette().text : ui.palette().text_muted, total,
           ui::Align::kRight);
}

// Live, or how far behind that and the way back.
void TransportBar::draw_live(const PanelContext& context, Box right) {
  Ui& ui = context.ui;
  const ChannelSnapshot& channel = context.scene.channel;
  ui.mark("live", right, channel.is_live ? "live" : "behind");
  const std::string text = channel.is_live ? "LIVE" : "-" + time_text(channel.behind_us) + "  LIVE";
  const float dot = ui.px(8);
  const float wanted = ui.text_width(TextStyle::kStrong, text) + dot + ui.px(8) + 2 * ui.px(10) + ui.px(2);
  const float width = std::min(wanted, right.w);
  Box pill = right.cut_right(width).centered(width, ui.px(26));
  const ui::Press press = ui::pressable(ui, "live", pill);
  const ui::Color color = channel.is_live ? ui.palette().error : ui.palette().text_muted;
  ui.fill(pill, channel.is_live ? ui.palette().error.with_alpha(0.16F) : ui.palette().raised, ui.px(13));
  if (press.is_hovered && !channel.is_live) ui.fill(pill, ui.palette().raised_hover, ui.px(13));
  pill = pill.inset(ui.px(10), 0);
  const Box at = pill.cut_left(dot);
  ui.list().AddCircleFilled({at.center().x, at.center().y}, dot / 2, ui.color(color), 16);
  pill.cut_left(ui.px(8));
  ui.label(pill, TextStyle::kStrong, channel.is_live ? ui.palette().text : ui.palette().text_muted, text);
  if (press.is_hovered) ui.tip(right, channel.is_live ? "As everybody sees it" : "Back to live", context.keys.live);
  if (press.is_clicked) context.channel.go_live();
}

// A drag shows frames on the way, as fast as they come and no faster than ten a second, and the exact one at its end.
void TransportBar::scrub(const PanelContext& context, const ui::SeekBarResult& result) {
  constexpr std::int64_t kPauseNs = 100'000'000;
  is_dragging_ = result.is_dragging;
  if (!result.is_dragging && !result.is_released) {
    scrubbed_us_ = -1;
    return;
  }
  if (result.target_us == scrubbed_us_) return;
  const std::int64_t passed_ns = context.ui.now_ns() - scrubbed_ns_;
  const bool is_time = passed_ns >= kPauseNs && !context.scene.playback.is_seeking;
  if (!result.is_released && scrubbed_us_ >= 0 && !is_time) {
    context.ui.wake_at(context.ui.now_ns() + kPauseNs / 4);
    return;
  }
  scrubbed_us_ = result.target_us;
  scrubbed_ns_ = context.ui.now_ns();
  context.playback.seek(result.target_us);
}

void TransportBar::draw_left(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const float side = ui.px(ui.theme().control.height);
  const auto next = [&](float width) {
    const Box box = row.cut_left(width).centered(width, side);
    row.cut_left(ui.px(4));
    return box;
  };
  row.x -= ui.px(8);
  if (ui::icon_button(ui, "playlist", next(side),
                      {.icon = ui::icon::kList,
                       .tip = "Library",
                       .shortcut = context.keys.playlist,
                       .is_on = context.scene.is_playlist_open}))
    context.requests.toggle_playlist = true;
  const bool is_looping = context.scene.playback.is_looping;
  if (ui::icon_button(ui, "loop", next(side),
                      {.icon = ui::icon::kRepeat,
                       .tip = is_looping ? "Repeats at the end" : "Repeat",
                       .shortcut = context.keys.loop,
                       .is_on = is_looping}))
    context.playback.set_looping(!is_looping);
  draw_speed(context, next(ui.px(64)));
  const PlaybackSnapshot& playback = context.scene.playback;
  if (box_.w < ui.px(760) || context.scene.link.principal.role == Role::kGuest || playback.media.empty() ||
      is_local_media(playback.media))
    return;
  const Box add = next(side);
  ui.mark("add-to-playlist", add);
  if (ui::icon_button(ui, "add", add, {.icon = ui::icon::kPlus, .tip = "Add to a playlist"})) {
    context.requests.add_to_playlist.emplace();
    context.requests.add_to_playlist->media = playback.media;
    context.requests.add_to_playlist->title = playback.title;
  }
}

void TransportBar::draw_speed(const PanelContext& context, const Box& button) {
  Ui& ui = context.ui;
  const Rational rate = context.scene.playback.rate;
  const ui::Press press = ui::pressable(ui, "speed", button);
  const float rounding = ui.px(ui.theme().radius.medium);
  const bool is_other = !(rate == Rational{1, 1});
  if (is_other) ui.fill(button, ui.palette().accent.with_alpha(0.16F), rounding);
  if (press.is_hovered) ui.fill(button, ui.palette().raised_hover, rounding);
  ui.label(button, TextStyle::kStrong, is_other ? ui.palette().accent : ui.palette().text, speed_text(rate),
           ui::Align::kCenter);
  if (press.is_hovered) ui.tip(button, "Speed");
  if (press.is_clicked) ui::open_menu("speed-menu");
  ui::Menu menu(ui, "speed-menu", above_bar(button), ui.px(180), static_cast<int>(kSpeeds.size()), "Speed");
  if (!menu.is_open()) return;
  for (const Rational speed : kSpeeds) {
    const std::string text = speed_text(speed);
    const std::string_view detail = speed == Rational{1, 1} ? "normal" : speed.is_negative() ? "backwards" : "";
    if (menu.item({.text = text, .detail = detail, .is_chosen = speed == rate})) context.playback.set_rate(speed);
  }
}

bool TransportBar::has_jumps(const PanelContext& context) const {
  return context.scene.queue.is_active() && box_.w >= context.ui.px(760);
}

float TransportBar::middle_width(const PanelContext& context) const {
  const Ui& ui = context.ui;
  const float side = ui.px(ui.theme().control.height);
  const float gap = ui.px(kGap);
  return 4 * side + ui.px(kMainSide) + 4 * gap + (has_jumps(context) ? 2 * (side + gap) : 0);
}

void TransportBar::draw_middle(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const PlaybackSnapshot& playback = context.scene.playback;
  const float side = ui.px(ui.theme().control.height);
  const float main_side = ui.px(kMainSide);
  const float gap = ui.px(kGap);
  Box group = row.centered(4 * side + main_side + 4 * gap, row.h);
  const auto next = [&](float width) {
    const Box box = group.cut_left(width).centered(width, width);
    group.cut_left(gap);
    return box;
  };
  const bool is_backwards = playback.rate.is_negative();
  // Outside of the group, so that its buttons stay where they are.
  if (has_jumps(context)) {
    const auto jump = [&](const char* id, float x, std::string_view icon, int step, std::string_view tip,
                          const std::string& key) {
      const Box place{x, group.centered(side, side).y, side, side};
      const LibraryItem* item = context.scene.queue.peek(step);
      ui.mark(id, place, item != nullptr ? item->title : "");
      if (ui::icon_button(ui, id, place,
                          {.icon = icon,
                           .tip = tip,
                           .shortcut = key,
                           .enabled = item != nullptr ? ui::Enabled::kYes : ui::Enabled::kNo}))
        context.requests.play_step = step;
    };
    jump("queue.previous", group.x - side - gap, ui::icon::kPrevious, -1, "The one before", context.keys.previous);
    jump("queue.next", group.right() + gap, ui::icon::kNext, 1, "The next one", context.keys.next);
  }
  if (ui::icon_button(ui, "rewind", next(side),
                      {.icon = ui::icon::kRewind,
                       .tip = "Play backwards",
                       .shortcut = context.keys.rewind,
                       .is_on = is_backwards && is_moving(playback)}))
    play_at(context.playback, is_backwards ? playback.rate : playback.rate.negated());
  if (ui::icon_button(ui, "step-back", next(side),
                      {.icon = ui::icon::kStepBack, .tip = "One frame back", .shortcut = context.keys.step_back}))
    context.playback.step(-1);

  const Box main = next(main_side);
  const ui::Press press = ui::pressable(ui, "play", main);
  const float warm = ui.follow(ImGui::GetID("play-warm"), press.is_hovered ? 1.0F : 0.0F, ui.theme().duration_ms.fast);
  ui::Color disc = warm > 0.5F ? ui.palette().accent_hover : ui.palette().accent;
  if (press.is_held) disc = ui.palette().accent_pressed;
  ui.list().AddCircleFilled(main.center(), main_side / 2, ui.color(disc), 48);
  const bool is_ended = playback.state == PlayState::kEnded;
  const std::string_view glyph = is_ended              ? ui::icon::kReplay
                                 : is_moving(playback) ? ui::icon::kPause
                                                       : ui::icon::kPlay;
  Box glyph_box = main;
  if (glyph == ui::icon::kPlay) glyph_box.x += ui.px(2);  // a triangle's middle looks left of its box's
  ui.icon(glyph_box, TextStyle::kIconLarge, ui.palette().on_accent, glyph);
  if (press.is_hovered)
    ui.tip(main, is_ended ? "Play again" : is_moving(playback) ? "Pause" : "Play", context.keys.play);
  if (press.is_clicked && is_ended) context.playback.play();
  if (press.is_clicked && !is_ended) context.playback.toggle_pause();

  if (ui::icon_button(
          ui, "step-forward", next(side),
          {.icon = ui::icon::kStepForward, .tip = "One frame forward", .shortcut = context.keys.step_forward}))
    context.playback.step(1);
  const bool is_fast = !is_backwards && playback.rate.to_double() > 1;
  if (ui::icon_button(ui, "forward", next(side),
                      {.icon = ui::icon::kForward,
                       .tip = is_backwards ? "Play forwards" : "Faster",
                       .shortcut = context.keys.forward,
                       .is_on = is_fast && is_moving(playback)})) {
    if (is_backwards)
      play_at(context.playback, playback.rate.negated());
    else
      play_at(context.playback,
              is_fast ? (playback.rate == Rational{2, 1} ? Rational{4, 1} : Rational{1, 1}) : Rational{2, 1});
  }
}

void TransportBar::draw_title(const PanelContext& context, float alpha, float right_end) {
  Ui& ui = context.ui;
  const PlaybackSnapshot& playback = context.scene.playback;
  const float margin = ui.px(ui.theme().space.m);
  const float side = ui.px(ui.theme().control.height);
  const std::string resolution = resolution_text(playback.track.display_width(), playback.track.display_height());
  const float badge = resolution.empty() ? 0 : ui::badge_width(ui, resolution) + ui.px(12);
  const float most = std::max(right_end - 2 * margin, ui.px(160));
  const PlayQueue& queue = context.scene.queue;
  const ChannelSnapshot& channel = context.scene.channel;
  const std::string place_text =
      channel.is_tuned
          ? (channel.next.empty() ? channel.name : fmt::format("{} \u00B7 then {}", channel.name, channel.next))
      : queue.is_active() ? fmt::format("{} of {} in {}", queue.index() + 1, queue.size(), queue.name())
                          : "";
  const float place_width =
      place_text.empty() ? 0 : std::min(ui.text_width(TextStyle::kCaption, place_text), ui.px(260)) + ui.px(16);
  const float text_width = ui.text_width(TextStyle::kStrong, playback.title);
  const float width = std::min(side + ui.px(8) + text_width + badge + place_width + ui.px(20), most);
  const Box box{margin, margin, width, side};
  const ui::Panel panel(ui, "title", box, {.alpha = alpha});
  if (!panel.is_open()) return;
  Box rest = box;
  if (ui::icon_button(ui, "leave", rest.cut_left(side),
                      {.icon = ui::icon::kArrowLeft, .tip = "Back to the library", .shortcut = context.keys.back}))
    context.requests.leave_media = true;
  rest.cut_left(ui.px(8));
  rest.cut_right(ui.px(12));
  if (badge > 0) {
    const Box place = rest.cut_right(badge);
    const float height = ui::badge_height(ui);
    ui::badge(ui, {place.x + ui.px(12), std::round(place.center().y - height / 2)}, resolution,
              ui.palette().raised_hover, ui.palette().text_muted);
  }
  if (place_width > 0 && rest.w >= place_width + std::min(text_width, ui.px(120))) {
    Box place = rest.cut_right(place_width);
    place.cut_left(ui.px(16));
    ui.mark("queue", place, place_text);
    ui.label(place, TextStyle::kCaption, ui.palette().text_muted, place_text);
  }
  if (ui.label(rest, TextStyle::kStrong, ui.palette().text, playback.title) && rest.contains(ImGui::GetIO().MousePos))
    ui.tip(rest, playback.title);
}

}  // namespace zoe::player
