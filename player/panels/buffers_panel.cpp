#include "player/panels/buffers_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/buffer_graphs.hpp"
#include "player/panels/format.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::TextStyle;
using ui::Ui;

constexpr float kWidth = 540;
constexpr float kHead = 48;
constexpr float kRing = 124;
constexpr float kFrames = 58;
constexpr float kCounterRow = 36;
constexpr float kGap = 10;
constexpr int kCounterColumns = 5;
constexpr std::size_t kCounters = 15;
constexpr std::int64_t kMostSoundOffUs = 20'000;

struct StateLook {
  std::string_view text;
  Color color;
};

StateLook look_of(const ui::Palette& palette, const PlaybackSnapshot& playback) {
  switch (playback.state) {
    case PlayState::kPlaying:
      return {playback.rate.is_negative() ? "Playing backwards" : "Playing", palette.good};
    case PlayState::kPaused:
      return {"Paused", palette.text_muted};
    case PlayState::kEnded:
      return {"At the end", palette.text_muted};
    case PlayState::kOpening:
      return {"Opening", palette.warning};
    case PlayState::kBuffering:
      return {playback.is_seeking ? "Seeking" : "Waiting for data", palette.warning};
    case PlayState::kFailed:
      return {"Failed", palette.error};
    case PlayState::kIdle:
      break;
  }
  return {"Nothing plays", palette.text_muted};
}

std::string_view text_of(render::SlotHolder holder) {
  switch (holder) {
    case render::SlotHolder::kWriter:
      return "Being filled";
    case render::SlotHolder::kReady:
      return "Ready";
    case render::SlotHolder::kReader:
      return "On screen";
    case render::SlotHolder::kFree:
      break;
  }
  return "Free";
}

}  // namespace

float BuffersPanel::wanted_width(Ui& ui) { return ui.px(kWidth) + ui.px(ui.theme().space.m); }

void BuffersPanel::draw(const PanelContext& context, float top, float bottom, float openness) {
  Ui& ui = context.ui;
  const float margin = ui.px(ui.theme().space.m);
  const float width = std::min(ui.px(kWidth), ui.screen().w - 2 * margin);
  // Each part with the gap before it, until the height is used up.
  const Scene& scene = context.scene;
  const std::array<float, 4> parts{lanes_height(ui, playback(scene.playback)), ui.px(kRing), ui.px(kFrames),
                                   kCounters / kCounterColumns * ui.px(kCounterRow)};
  const float padding = ui.px(16);
  float height = ui.px(kHead) + ui.px(12);
  std::size_t shown = 0;
  while (shown < parts.size() && height + parts[shown] + (shown > 0 ? ui.px(kGap) : 0) <= bottom - top) {
    height += parts[shown] + (shown > 0 ? ui.px(kGap) : 0);
    ++shown;
  }
  const float slid = std::round((1.0F - openness) * (width + margin));
  box_ = {ui.screen().right() - margin - width + slid, top, width, std::min(height, bottom - top)};
  const ui::Panel panel(ui, "buffers", box_, {.alpha = openness});
  if (!panel.is_open()) return;
  Box rest = box_.inset(padding, 0);
  draw_head(context, rest.cut_top(ui.px(kHead)));
  const PipelineView view{ui, playback(scene.playback), history(scene.history), held_ ? held_->slots : scene.slots};
  if (shown > 0) draw_lanes(view, rest.cut_top(parts[0]));
  if (shown > 1) {
    rest.cut_top(ui.px(kGap));
    Box row = rest.cut_top(parts[1]);
    draw_ring(view, row.cut_left(std::round(row.w * 0.56F)));
    draw_slots(view, row);
  }
  if (shown > 2) {
    rest.cut_top(ui.px(kGap));
    draw_frame_times(view, rest.cut_top(parts[2]));
  }
  if (shown > 3) {
    rest.cut_top(ui.px(kGap));
    draw_counters(view, rest.cut_top(parts[3]));
  }
}

void BuffersPanel::draw_head(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const float side = ui.px(ui.theme().control.compact);
  row.w += ui.px(8);
  if (ui::icon_button(ui, "close", row.cut_right(side).centered(side, side),
                      {.icon = ui::icon::kClose, .tip = "Close", .shortcut = context.keys.buffers}))
    context.requests.toggle_buffers = true;
  const Box save = row.cut_right(side).centered(side, side);
  ui.mark("buffers.save", save);
  if (ui::icon_button(ui, "save-trace", save,
                      {.icon = ui::icon::kDownload, .tip = "Save as a trace", .shortcut = context.keys.save_trace}))
    context.requests.save_trace = true;
  const Box hold = row.cut_right(side).centered(side, side);
  ui.mark("buffers.hold", hold, held_ ? "held" : "");
  if (ui::icon_button(ui, "hold-buffers", hold,
                      {.icon = held_ ? ui::icon::kPlay : ui::icon::kPause,
                       .tip = held_ ? "Follow again" : "Stop here and look",
                       .is_on = held_ != nullptr}))
    toggle_hold(context.scene);
  const float title = ui.text_width(TextStyle::kTitle, "Buffers");
  ui.label(row.cut_left(title), TextStyle::kTitle, ui.palette().text, "Buffers");
  row.cut_left(ui.px(14));
  const StateLook look = look_of(ui.palette(), context.scene.playback);
  const float dot = ui.px(4);
  ui.list().AddCircleFilled({row.x + dot, row.center().y}, dot, ui.color(look.color), 16);
  row.cut_left(ui.px(16));
  ui.label(row, TextStyle::kBody, ui.palette().text_muted, held_ ? "Stopped to look" : look.text);
}

void BuffersPanel::toggle_hold(const Scene& scene) {
  if (held_) return held_.reset();
  held_ = std::make_unique<const Held>(Held{scene.history, scene.playback, scene.slots});
}

void BuffersPanel::draw_ring(const PipelineView& view, Box area) {
  Ui& ui = view.ui;
  const auto& ring = view.playback.ring;
  const float radius = area.h / 2 / 1.06F;
  draw_drum(view, {area.x + area.h / 2, area.center().y}, radius);
  area.cut_left(area.h + ui.px(16));
  const float line = ui.line_height(TextStyle::kCaption);
  const float step = line + ui.px(7);
  Box text = area.centered(area.w, 5 * step);
  const auto row = [&](std::string_view name, const std::string& value, std::optional<Color> mark) {
    Box at = text.cut_top(step);
    if (mark) ui.fill({at.x, std::round(at.center().y - ui.px(4)), ui.px(3), ui.px(8)}, *mark, ui.px(1));
    at.cut_left(ui.px(10));
    ui.label(at, TextStyle::kCaption, ui.palette().text_faint, name);
    ui.label(at, TextStyle::kCaption, ui.palette().text, value, ui::Align::kRight);
  };
  row("Playhead", time_text(view.playback.position_us, TimeStyle::kMilliseconds), ui.palette().accent);
  row("Ahead", std::to_string(ring.ahead), ui.palette().lane_ring);
  row("Behind", std::to_string(ring.behind), ui.palette().lane_ring.with_alpha(0.42F));
  row("In reverse", std::to_string(ring.staged), std::nullopt);
  row("Memory", bytes_text(static_cast<double>(ring.bytes)), std::nullopt);
}

void BuffersPanel::draw_slots(const PipelineView& view, Box area) {
  Ui& ui = view.ui;
  const ui::Palette& palette = ui.palette();
  area.cut_left(ui.px(20));
  Box head = area.cut_top(ui.line_height(TextStyle::kCaption) + ui.px(6));
  ui.label(head, TextStyle::kCaption, palette.text, "Texture slots");
  const float gap = ui.px(6);
  const float height = std::floor((area.h - 2 * gap) / 3);
  for (const render::SlotState& slot : view.slots) {
    const Box box = area.cut_top(height);
    area.cut_top(gap);
    const Color color = color_of(palette, slot.holder);
    const bool is_free = slot.holder == render::SlotHolder::kFree;
    ui.fill(box, palette.field, ui.px(ui.theme().radius.small));
    ui.fill({box.x, box.y, ui.px(3), box.h}, color.with_alpha(is_free ? 0.4F : 1.0F), ui.px(1));
    Box inner = box.inset(ui.px(12), 0);
    ui.label(inner, TextStyle::kCaption, is_free ? palette.text_faint : palette.text, text_of(slot.holder));
    if (slot.has_frame && !is_free)
      ui.label(inner, TextStyle::kCaption, palette.text_faint, time_text(slot.pts_us, TimeStyle::kMilliseconds),
               ui::Align::kRight);
  }
}

void BuffersPanel::draw_counters(const PipelineView& view, Box area) {
  Ui& ui = view.ui;
  const ui::Palette& palette = ui.palette();
  const PlaybackSnapshot& playback = view.playback;
  const auto& counters = playback.counters;
  struct Counter {
    std::string_view name;
    std::string value;
    bool is_bad = false;
  };
  const auto number = [](std::uint64_t value) { return fmt::format("{}", value); };
  const auto ms = [](std::int64_t value) { return value < 0 ? std::string("\u2013") : fmt::format("{} ms", value); };
  const PlaybackSnapshot::Sound& sound = playback.sound;
  const auto sound_ms = [&sound](std::int64_t us) {
    return sound.is_heard ? fmt::format("{:.1f} ms", static_cast<double>(us) / 1000.0) : std::string("\u2013");
  };
  const std::array<Counter, kCounters> all{
      {{"Shown", number(counters.shown)},
       {"Late", number(counters.late), counters.late > 0},
       {"Dropped", number(counters.dropped), counters.dropped > 0},
       {"Stalls", number(counters.stalls), counters.stalls > 0},
       {"Damaged", number(counters.damaged), counters.damaged > 0},
       {"Decoder", fmt::format("{:.0f} fps", playback.decode_fps)},
       {"Round trip", fmt::format("{:.1f} ms", static_cast<double>(playback.network.round_trip_us) / 1000.0)},
       {"Last seek", ms(playback.last_seek_ms)},
       {"First frame", ms(playback.start_to_first_frame_ms)},
       {"Received", bytes_text(static_cast<double>(playback.network.received_bytes))},
       {"Sound ahead", fmt::format("{} ms", sound.buffered_us / 1000)},
       {"Sound off by", sound_ms(sound.lateness_us), std::abs(sound.lateness_us) > kMostSoundOffUs},
       {"Latency", sound_ms(sound.latency_us)},
       {"Ran dry", number(sound.underruns), sound.underruns > 0},
       {"Device", sound.is_heard ? fmt::format("{:.2f} %", sound.device_speed * 100) : std::string("\u2013")}}};
  const float width = area.w / kCounterColumns;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto column = static_cast<float>(i % kCounterColumns);
    const auto row = static_cast<float>(i / kCounterColumns);
    Box cell{area.x + column * width, area.y + row * ui.px(kCounterRow), width - ui.px(4), ui.px(kCounterRow)};
    ui.label(cell.cut_top(ui.line_height(TextStyle::kCaption)), TextStyle::kCaption, palette.text_faint, all[i].name);
    ui.label(cell.cut_top(ui.line_height(TextStyle::kStrong)), TextStyle::kStrong,
             all[i].is_bad ? palette.error : palette.text, all[i].value);
  }
}

}  // namespace zoe::player
