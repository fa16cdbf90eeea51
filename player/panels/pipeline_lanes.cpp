// The buffers panel's lanes in time.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "player/panels/buffer_graphs.hpp"
#include "player/panels/format.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::TextStyle;
using ui::Ui;

constexpr float kLabelWidth = 156;
constexpr float kLane = 24;
constexpr float kLaneGap = 4;
constexpr int kPictureLanes = 7;
constexpr int kSoundLanes = 2;
constexpr float kMostCreditS = 2.5F;
constexpr float kMostSoundMs = 500;
constexpr float kMostErrorMs = 40;     // up and down
constexpr float kMostLatenessMs = 34;  // up and down

// The plot of a lane, time from left to right, now at the right edge.
class Plot {
 public:
  Plot(Ui& ui, const Box& box, std::int64_t now_ns) : ui_(ui), box_(box), now_ns_(now_ns) {}

  float x_of(std::int64_t at_ns) const {
    const double age = static_cast<double>(now_ns_ - at_ns) / static_cast<double>(PipelineHistory::kSpanNs);
    return box_.right() - static_cast<float>(age) * box_.w;
  }
  bool is_inside(float x) const { return x >= box_.x && x < box_.right(); }

  // Stands on the lane's foot; `height` 0 to 1.
  void column(float from_x, float to_x, float height, Color color) {
    const float left = std::max(std::floor(from_x), box_.x);
    const float right = std::min(std::floor(to_x), box_.right());
    const float top = std::round(box_.h * std::clamp(height, 0.0F, 1.0F));
    if (right > left && top > 0) ui_.fill({left, box_.bottom() - top, right - left, top}, color);
  }
  // From the middle up (positive) or down; -1 to 1.
  void beam(float from_x, float to_x, float part, Color color) {
    const float left = std::max(std::floor(from_x), box_.x);
    const float right = std::min(std::floor(to_x), box_.right());
    const float middle = std::round(box_.y + box_.h / 2);
    const float length = std::max(std::round(box_.h / 2 * std::min(std::abs(part), 1.0F)), 1.0F);
    if (right > left) ui_.fill({left, part > 0 ? middle - length : middle, right - left, length}, color);
  }
  // The whole height, or the `of`th part of it.
  void strip(float from_x, float to_x, int part, int of, Color color) {
    const float left = std::max(std::floor(from_x), box_.x);
    const float right = std::min(std::floor(to_x), box_.right());
    const float height = box_.h / static_cast<float>(of);
    const float top = std::round(box_.y + height * static_cast<float>(part));
    const float foot = std::round(box_.y + height * static_cast<float>(part + 1)) - (of > 1 ? 1.0F : 0.0F);
    if (right > left) ui_.fill({left, top, right - left, foot - top}, color);
  }

  const Box& box() const { return box_; }

 private:
  Ui& ui_;
  Box box_;
  std::int64_t now_ns_;
};

// From the sample before, or a step ago, to this one.
std::int64_t start_of(const PipelineHistory& history, std::size_t age) {
  const std::int64_t a_step_ago = history.newest(age).at_ns - PipelineHistory::kStepNs;
  if (age + 1 >= history.size()) return a_step_ago;
  // After a pause the sample before is long past, and what lies between is nothing; a machine that was busy is late.
  const std::int64_t before = history.newest(age + 1).at_ns;
  return before < a_step_ago - kNsPerS ? a_step_ago : before;
}

template <typename Draw>
void for_samples(const Plot& plot, const PipelineHistory& history, Draw&& draw) {
  for (std::size_t age = 0; age < history.size(); ++age) {
    const PipelineSample& sample = history.newest(age);
    draw(plot.x_of(start_of(history, age)), plot.x_of(sample.at_ns), sample, age);
  }
}

template <typename Value>
float most_of(const PipelineHistory& history, float least, Value&& value) {
  for (std::size_t age = 0; age < history.size(); ++age) least = std::max(least, value(history.newest(age)));
  return least;
}

class Lanes {
 public:
  Lanes(const PipelineView& view, const Box& area) : view_(view), area_(area), top_(area.y) {}

  void draw() {
    draw_network();
    draw_credit();
    draw_packets();
    draw_frames();
    draw_slots();
    draw_pacing();
    draw_screen();
    if (view_.playback.sound.track) draw_sound();
    const float bottom = plot_.bottom();
    draw_stalls(bottom);
    Ui& ui = view_.ui;
    const Box foot{plot_.x, bottom + ui.px(2), plot_.w, ui.line_height(TextStyle::kCaption)};
    ui.label(foot, TextStyle::kCaption, ui.palette().text_faint, "12 s ago");
    ui.label(foot, TextStyle::kCaption, ui.palette().text_faint, "now", ui::Align::kRight);
    const ImVec2 pointer = ImGui::GetMousePos();
    if (Box{plot_.x, top_, plot_.w, bottom - top_}.contains(pointer)) inspect(pointer.x, bottom);
  }

 private:
  Plot lane(std::string_view name, const std::string& value, Color color) {
    Ui& ui = view_.ui;
    Box box = area_.cut_top(ui.px(kLane));
    area_.cut_top(ui.px(kLaneGap));
    Box text = box.cut_left(ui.px(kLabelWidth));
    text.cut_right(ui.px(10));
    const float dot = ui.px(3);
    ui.list().AddCircleFilled({text.x + dot, text.center().y}, dot, ui.color(color), 12);
    text.cut_left(ui.px(14));
    ui.label(text, TextStyle::kCaption, ui.palette().text, name);
    ui.label(text, TextStyle::kCaption, ui.palette().text_faint, value, ui::Align::kRight);
    ui.fill(box, ui.palette().field, ui.px(ui.theme().radius.small));
    plot_ = box;
    return {ui, box, view_.history.newest_ns()};
  }

  void draw_network() {
    const ui::Palette& palette = view_.ui.palette();
    Plot plot = lane("Network", rate_text(view_.playback.network.bytes_per_second), palette.lane_network);
    const float most = most_of(view_.history, 1, [](const PipelineSample& s) { return s.bytes; });
    for_samples(plot, view_.history, [&](float from, float to, const PipelineSample& sample, std::size_t age) {
      plot.column(from + 1, to, sample.bytes / most, palette.lane_network);
      const bool is_other = age + 1 < view_.history.size() && view_.history.newest(age + 1).serial != sample.serial;
      if (is_other) plot.strip(to - view_.ui.px(1.5F), to, 0, 1, palette.accent);
    });
  }

  void draw_credit() {
    const ui::Palette& palette = view_.ui.palette();
    const auto& network = view_.playback.network;
    const double left_s =
        static_cast<double>(std::max<std::int64_t>(network.granted_us - network.received_us, 0)) / 1e6;
    Plot plot = lane("Credit", fmt::format("{:.1f} s", left_s), palette.lane_network);
    for_samples(plot, view_.history, [&](float from, float to, const PipelineSample& sample, std::size_t) {
      plot.column(from, to, sample.credit_s / kMostCreditS, palette.lane_network.with_alpha(0.55F));
    });
  }

  void draw_packets() {
    const ui::Palette& palette = view_.ui.palette();
    const double ahead_s = static_cast<double>(view_.playback.packets.ahead_us) / 1e6;
    Plot plot = lane("Packets", fmt::format("{:.1f} s ahead", ahead_s), palette.lane_packets);
    const float most = most_of(view_.history, 4, [](const PipelineSample& s) { return s.packets_ahead_s; });
    for_samples(plot, view_.history, [&](float from, float to, const PipelineSample& sample, std::size_t) {
      plot.column(from, to, sample.packets_ahead_s / most, palette.lane_packets);
    });
  }

  void draw_frames() {
    const ui::Palette& palette = view_.ui.palette();
    Plot plot = lane("Frames", fmt::format("{} ahead", view_.playback.ring.ahead), palette.lane_ring);
    const auto capacity = static_cast<float>(std::max(view_.playback.ring.capacity, 1U));
    for_samples(plot, view_.history, [&](float from, float to, const PipelineSample& sample, std::size_t) {
      plot.column(from, to, sample.frames_ahead / capacity, palette.lane_ring);
    });
  }

  void draw_slots() {
    const ui::Palette& palette = view_.ui.palette();
    Plot plot = lane("Texture slots", "3", palette.lane_ring);
    for_samples(plot, view_.history, [&](float from, float to, const PipelineSample& sample, std::size_t) {
      for (int i = 0; i < 3; ++i) {
        const render::SlotState& slot = sample.slots[static_cast<std::size_t>(i)];
        if (slot.has_frame) plot.strip(from, to, i, 3, color_of(palette, slot.holder));
      }
    });
  }

  // Up: early; down: late. What was left out stands over the whole height.
  void draw_pacing() {
    Ui& ui = view_.ui;
    const ui::Palette& palette = ui.palette();
    const auto& recent = view_.playback.recent;
    const std::string value = recent.empty() ? "\u2013" : fmt::format("{:+.1f} ms", recent.back().lateness_ms);
    Plot plot = lane("Pacing", value, palette.lane_screen);
    const float limit_ms = static_cast<float>(view_.playback.frame_us) / 2000.0F;
    for (const ShownFrame& frame : recent) {
      const float x = std::floor(plot.x_of(frame.shown_ns));
      if (frame.deadline_ns == 0 || !plot.is_inside(x)) continue;
      plot.beam(x, x + 1, -frame.lateness_ms / kMostLatenessMs,
                frame.lateness_ms > limit_ms ? palette.error : palette.lane_screen);
    }
    for_samples(plot, view_.history, [&](float, float to, const PipelineSample& sample, std::size_t) {
      if (sample.dropped > 0) plot.strip(to - ui.px(2), to, 0, 1, palette.error);
    });
  }

  void draw_screen() {
    const ui::Palette& palette = view_.ui.palette();
    Plot plot = lane("Screen", fmt::format("{:.1f} fps", view_.playback.shown_fps), palette.lane_screen);
    for (std::size_t age = 0; age < view_.history.shown_size(); ++age) {
      const ShownAt& shown = view_.history.newest_shown(age);
      const float x = std::floor(plot.x_of(shown.at_ns));
      if (x < plot.box().x) break;
      plot.column(x, x + 1, shown.is_late ? 0.9F : 0.6F, shown.is_late ? palette.error : palette.lane_screen);
    }
  }

  void draw_sound() {
    const ui::Palette& palette = view_.ui.palette();
    const auto& sound = view_.playback.sound;
    Plot ahead = lane("Sound", fmt::format("{} ms ahead", sound.buffered_us / 1000), palette.good);
    for_samples(ahead, view_.history, [&](float from, float to, const PipelineSample& sample, std::size_t) {
      ahead.column(from, to, sample.sound_ms / kMostSoundMs, palette.good.with_alpha(0.7F));
    });
    const double off_ms = static_cast<double>(sound.lateness_us) / 1e3;
    Plot error = lane("Clock error", sound.is_heard ? fmt::format("{:+.1f} ms", off_ms) : "\u2013", palette.good);
    for_samples(error, view_.history, [&](float from, float to, const PipelineSample& sample, std::size_t) {
      if (!sample.is_sound_heard) return;
      const bool is_bad = std::abs(sample.clock_error_ms) > kMostErrorMs / 2;
      error.beam(from, to, -sample.clock_error_ms / kMostErrorMs, is_bad ? palette.error : palette.good);
    });
  }

  void draw_stalls(float bottom) {
    const Plot plot(view_.ui, plot_, view_.history.newest_ns());
    for_samples(plot, view_.history, [&](float from, float to, const PipelineSample& sample, std::size_t) {
      if (!sample.is_stalled) return;
      const float left = std::max(std::floor(from), plot_.x);
      view_.ui.fill({left, top_, std::floor(to) - left, bottom - top_}, view_.ui.palette().error.with_alpha(0.22F));
    });
  }

  // A line through all lanes, and what they say there.
  void inspect(float x, float bottom) {
    Ui& ui = view_.ui;
    const ui::Palette& palette = ui.palette();
    ui.fill({std::floor(x), top_, 1, bottom - top_}, palette.text);
    const float share = (plot_.right() - x) / plot_.w;
    const std::int64_t at_ns =
        view_.history.newest_ns() - static_cast<std::int64_t>(static_cast<double>(share) * PipelineHistory::kSpanNs);
    const auto lines = figures_at(at_ns);
    if (lines.empty()) return;
    const float line = ui.line_height(TextStyle::kCaption) + ui.px(3);
    const float width = ui.px(214);
    Box card{x + ui.px(10), top_, width, static_cast<float>(lines.size()) * line + ui.px(12)};
    if (card.right() > plot_.right()) card.x = x - ui.px(10) - width;
    ui.shadow(card, ui.px(ui.theme().radius.small));
    ui.fill(card, palette.raised, ui.px(ui.theme().radius.small));
    Box rest = card.inset(ui.px(8), ui.px(6));
    for (const auto& [name, value] : lines) {
      const Box row = rest.cut_top(line);
      ui.label(row, TextStyle::kCaption, palette.text_muted, name);
      ui.label(row, TextStyle::kCaption, palette.text, value, ui::Align::kRight);
    }
  }

  std::vector<std::pair<std::string_view, std::string>> figures_at(std::int64_t at_ns) const {
    const PipelineSample* sample = nullptr;
    for (std::size_t age = 0; age < view_.history.size(); ++age) {
      if (start_of(view_.history, age) > at_ns) continue;
      if (view_.history.newest(age).at_ns >= at_ns) sample = &view_.history.newest(age);
      break;
    }
    std::vector<std::pair<std::string_view, std::string>> lines;
    if (sample == nullptr) return lines;
    const double ago_s = static_cast<double>(view_.history.newest_ns() - at_ns) / 1e9;
    lines.emplace_back("Before now", fmt::format("{:.2f} s", ago_s));
    lines.emplace_back("Received", bytes_text(static_cast<double>(sample->bytes)));
    lines.emplace_back("Serial, credit", fmt::format("{}, {:.2f} s", sample->serial, sample->credit_s));
    lines.emplace_back("Packets, frames",
                       fmt::format("{:.1f} s, {:.0f}", sample->packets_ahead_s, sample->frames_ahead));
    if (sample->is_sound_heard)
      lines.emplace_back("Sound, clock error",
                         fmt::format("{:.0f} ms, {:+.1f} ms", sample->sound_ms, sample->clock_error_ms));
    if (sample->late + sample->dropped + sample->skipped > 0)
      lines.emplace_back("Late, dropped, skipped",
                         fmt::format("{}, {}, {}", sample->late, sample->dropped, sample->skipped));
    if (const ShownFrame* frame = frame_at(at_ns)) {
      lines.emplace_back("Frame", time_text(frame->time_us, TimeStyle::kMilliseconds));
      lines.emplace_back("Segment, place", fmt::format("{}, {}", frame->segment, frame->ordinal));
      lines.emplace_back("Decoded, uploaded in", fmt::format("{:.1f}, {:.1f} ms", frame->decode_ms, frame->upload_ms));
      if (frame->decoded_ns != 0)
        lines.emplace_back("Waited in the ring",
                           fmt::format("{} ms", (frame->handed_over_ns - frame->decoded_ns) / kNsPerMs));
      lines.emplace_back("Late by", fmt::format("{:+.1f} ms", frame->lateness_ms));
    }
    return lines;
  }

  // On the screen at that time.
  const ShownFrame* frame_at(std::int64_t at_ns) const {
    const auto& recent = view_.playback.recent;
    const auto after =
        std::find_if(recent.begin(), recent.end(), [&](const ShownFrame& frame) { return frame.shown_ns > at_ns; });
    return after == recent.begin() ? nullptr : &*std::prev(after);
  }

  const PipelineView& view_;
  Box area_;
  Box plot_;
  const float top_;
};

}  // namespace

Color color_of(const ui::Palette& palette, render::SlotHolder holder) {
  switch (holder) {
    case render::SlotHolder::kWriter:
      return palette.lane_ring;
    case render::SlotHolder::kReady:
      return palette.good;
    case render::SlotHolder::kReader:
      return palette.accent;
    case render::SlotHolder::kFree:
      break;
  }
  return palette.text_faint;
}

float lanes_height(Ui& ui, const PlaybackSnapshot& playback) {
  const int lanes = kPictureLanes + (playback.sound.track ? kSoundLanes : 0);
  return static_cast<float>(lanes) * ui.px(kLane + kLaneGap) + ui.line_height(TextStyle::kCaption);
}

void draw_lanes(const PipelineView& view, Box area) { Lanes(view, area).draw(); }

}  // namespace zoe::player
