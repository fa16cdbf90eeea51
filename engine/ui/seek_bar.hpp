// The bar that shows where playback is, what is held, and takes the viewer elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/ui/ui.hpp"

namespace zoe::ui {

struct BarSpan {
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
};

struct SeekBarModel {
  std::int64_t duration_us = 0;
  std::int64_t position_us = 0;
  std::span<const BarSpan> packets;          // held as packets
  std::span<const BarSpan> frames;           // held as frames
  std::span<const std::int64_t> boundaries;  // where held segments begin, rising
  std::optional<std::int64_t> pending_us;    // a seek under way goes there
  std::optional<std::int64_t> others_us;     // where those are who watch together
  bool is_enabled = true;
  std::span<const std::int64_t> marks = {};       // chapters, rising
  std::optional<BarSpan> section = std::nullopt;  // that is repeated
};

struct SeekBarResult {
  bool is_dragging = false;
  bool is_released = false;              // the drag ended in this frame
  std::int64_t target_us = 0;            // while dragging and at the release
  std::optional<std::int64_t> hover_us;  // under the pointer
};

// Where a time lies on the bar in `box`.
float seek_bar_x(Ui& ui, const Box& box, std::int64_t duration_us, std::int64_t time_us);

// Takes all of `box`'s height for the pointer; the bar itself is thin and in its middle.
SeekBarResult seek_bar(Ui& ui, const char* id, const Box& box, const SeekBarModel& model);

}  // namespace zoe::ui
