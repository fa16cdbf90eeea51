// A line for every frame that was shown, for tests and for those who look for a hiccup.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe::player {

// One shown frame.
struct TraceEntry {
  std::int64_t pts = 0;  // ticks
  std::int64_t pts_us = 0;
  std::uint32_t segment = 0;
  std::uint32_t ordinal = 0;
  int direction = 1;
  std::string_view kind;  // "played", "sought", "stepped", "preview"
  std::uint64_t hash = 0;
  std::int64_t shown_ns = 0;     // when its swap returned, since the program's start
  std::int64_t deadline_ns = 0;  // the same clock; 0 when it had none
};

// Writes JSON Lines. One thread.
class FrameTrace {
 public:
  // kIo, kDenied.
  static Result<std::unique_ptr<FrameTrace>> create(const std::string& path);
  ~FrameTrace();
  FrameTrace(const FrameTrace&) = delete;
  FrameTrace& operator=(const FrameTrace&) = delete;

  void write(const TraceEntry& entry);
  void flush();

 private:
  struct Impl;
  explicit FrameTrace(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::player
