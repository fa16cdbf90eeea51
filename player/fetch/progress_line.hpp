// What a person reads while a file comes.
#pragma once

#include <cstdint>
#include <string>

#include "player/client/download_types.hpp"

namespace zoe::player {

// "film.mkv  42 %  1.3 GB of 3.1 GB  12 MB/s  2:21 left", shortened in the name to `columns` letters.
std::string progress_text(const DownloadInfo& info, int columns);

// One line that is written over, where it is watched; where it is not, a line at each tenth of the way and with each
// change. One thread.
class ProgressLine {
 public:
  enum class Style { kQuiet = 1, kLines, kTerminal };
  explicit ProgressLine(Style style) : style_(style) {}

  void show(const DownloadInfo& info);
  // Takes the line away, so that something else can be said.
  void clear();
  // A line of its own.
  void say(const std::string& text);

 private:
  const Style style_;
  bool is_shown_ = false;
  int told_tenth_ = -1;
  std::string told_note_;
};

}  // namespace zoe::player
