#include "player/fetch/progress_line.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "engine/ui/utf8.hpp"
#include "player/fetch/terminal.hpp"
#include "player/panels/format.hpp"

namespace zoe::player {
namespace {

// In letters, the middle left out where it is too long.
std::string shortened(const std::string& text, std::size_t most) {
  const std::u32string letters = ui::to_code_points(text);
  if (letters.size() <= most || most < 8) return text;
  const std::size_t front = most / 2;
  const std::size_t back = most - front - 1;
  return ui::to_utf8(letters.substr(0, front) + U'…' + letters.substr(letters.size() - back));
}

}  // namespace

std::string progress_text(const DownloadInfo& info, int columns) {
  std::string text;
  if (info.size_bytes > 0) {
    text += fmt::format("  {} %", info.done_bytes * 100 / info.size_bytes);
    text += fmt::format("  {} of {}", bytes_text(static_cast<double>(info.done_bytes)),
                        bytes_text(static_cast<double>(info.size_bytes)));
  }
  if (info.stage == DownloadStage::kChecking) text += "  checking what is here";
  if (info.bytes_per_s > 0) text += "  " + rate_text(info.bytes_per_s);
  if (info.left_s >= 0) text += "  " + time_text(info.left_s * 1'000'000) + " left";
  if (info.stage == DownloadStage::kWaiting && !info.note.empty()) text += "  " + info.note;
  const std::size_t taken = ui::to_code_points(text).size();
  const auto room = static_cast<std::size_t>(std::max(columns, 20));
  return shortened(shortened(info.name, room > taken + 8 ? room - taken : 8) + text, room);
}

void ProgressLine::show(const DownloadInfo& info) {
  if (style_ == Style::kQuiet) return;
  if (style_ == Style::kTerminal) {
    std::fprintf(stderr, "\r\033[K%s", progress_text(info, terminal_columns() - 1).c_str());
    std::fflush(stderr);
    is_shown_ = true;
    return;
  }
  const int tenth = info.size_bytes > 0 ? static_cast<int>(info.done_bytes * 10 / info.size_bytes) : 0;
  if (info.stage == DownloadStage::kRunning && tenth == told_tenth_ && info.note == told_note_) return;
  if (info.stage != DownloadStage::kRunning && info.note == told_note_) return;
  told_tenth_ = tenth;
  told_note_ = info.note;
  std::fprintf(stderr, "%s\n", progress_text(info, 200).c_str());
}

void ProgressLine::clear() {
  if (std::exchange(is_shown_, false)) std::fputs("\r\033[K", stderr);
}

void ProgressLine::say(const std::string& text) {
  clear();
  if (style_ != Style::kQuiet) std::fprintf(stderr, "%s\n", text.c_str());
}

}  // namespace zoe::player
