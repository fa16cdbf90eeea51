// The real zoetrope, without a window, for end-to-end tests.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace zoe::test {

// A line of its trace.
struct TracedFrame {
  std::int64_t pts = 0;
  std::int64_t pts_us = 0;
  std::uint32_t segment = 0;
  std::uint32_t ordinal = 0;
  int direction = 0;
  std::string kind;
  std::string hash;
};

struct PlayerOutcome {
  RunResult result;
  std::vector<TracedFrame> trace;  // without previews
  nlohmann::json stats;

  // The frames shown in one direction, or all of them.
  std::vector<TracedFrame> shown(int direction) const;
};

// A place for the files of one player, whose settings nobody else reads. Thread: the owner's.
class PlayerRun {
 public:
  explicit PlayerRun(std::uint16_t port) : port_(port) {}

  // The command line up to now: headless, as a guest, small, with a trace and statistics.
  std::vector<std::string> command(const std::vector<std::string>& arguments, const std::string& script = {});
  SpawnOptions environment() const;

  // To its end, on an input script where one is given.
  PlayerOutcome run(const std::vector<std::string>& arguments, const std::string& script = {});
  // What a player that was started by `command` has left behind.
  PlayerOutcome outcome(RunResult result) const;

  std::string file(std::string_view name) const { return dir_.file(name); }

 private:
  TempDir dir_;
  std::uint16_t port_;
};

// Red, green and blue of an image file's pixels, row by row. Throws std::runtime_error.
struct Pixels {
  int width = 0;
  int height = 0;
  std::string rgb;
};
Pixels read_pixels(const std::string& path);

// The number in the strip of an image file, which the picture fills. Throws as read_pixels does.
std::optional<std::uint32_t> number_in(const std::string& path);

}  // namespace zoe::test
