#include "tests/e2e/player_process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/frame_number.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {
namespace {

// Against a hang only: clips of many minutes take their time on a busy machine.
constexpr std::chrono::minutes kMostRun{15};

std::vector<TracedFrame> read_trace(const std::string& path) {
  std::vector<TracedFrame> frames;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto row = nlohmann::json::parse(line);
    if (row.at("kind") == "preview") continue;
    frames.push_back({row.at("pts"), row.at("pts_us"), row.at("segment"), row.at("ordinal"), row.at("direction"),
                      row.at("kind"), row.at("hash")});
  }
  return frames;
}

}  // namespace

std::vector<TracedFrame> PlayerOutcome::shown(int direction) const {
  std::vector<TracedFrame> frames;
  std::copy_if(trace.begin(), trace.end(), std::back_inserter(frames),
               [direction](const TracedFrame& frame) { return frame.direction == direction; });
  return frames;
}

std::vector<std::string> PlayerRun::command(const std::vector<std::string>& arguments, const std::string& script) {
  std::vector<std::string> words = {program("zoetrope"),
                                    "--headless",
                                    "127.0.0.1:" + std::to_string(port_),
                                    "--size",
                                    "320x240",
                                    "--trace",
                                    file("trace.jsonl"),
                                    "--stats",
                                    file("stats.json"),
                                    "--decoder-threads",
                                    "2"};
  const bool has_way_in = std::any_of(arguments.begin(), arguments.end(), [](const std::string& word) {
    return word == "--guest" || word == "--user" || word == "--token-file";
  });
  if (!has_way_in) words.push_back("--guest");
  if (!script.empty()) {
    words.push_back("--input-script");
    words.push_back(dir_.write("keys.txt", script));
  }
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

SpawnOptions PlayerRun::environment() const {
  return {.environment = {{"XDG_CONFIG_HOME", dir_.file("config")}}, .folder = dir_.path()};
}

PlayerOutcome PlayerRun::run(const std::vector<std::string>& arguments, const std::string& script) {
  return outcome(test::run(command(arguments, script), environment(), kMostRun));
}

PlayerOutcome PlayerRun::outcome(RunResult result) const {
  PlayerOutcome outcome{.result = std::move(result)};
  outcome.trace = read_trace(file("trace.jsonl"));
  std::ifstream stats(file("stats.json"));
  if (stats) outcome.stats = nlohmann::json::parse(stats, nullptr, false);
  return outcome;
}

std::optional<std::uint32_t> number_in(const std::string& path) {
  const Pixels pixels = read_pixels(path);
  return read_frame_number_rgb(reinterpret_cast<const std::uint8_t*>(pixels.rgb.data()), pixels.width * 3L,
                               pixels.width, pixels.height, 3);
}

Pixels read_pixels(const std::string& path) {
  const TempDir dir;
  const std::string out = dir.file("image.ppm");
  const RunResult result = run({"ffmpeg", "-nostdin", "-loglevel", "error", "-i", path, "-pix_fmt", "rgb24", out});
  if (!result.ok()) throw std::runtime_error("cannot read " + path + ": " + result.err);
  std::ifstream file(out, std::ios::binary);
  Pixels pixels;
  std::string magic;
  int most = 0;
  file >> magic >> pixels.width >> pixels.height >> most;
  file.get();
  pixels.rgb.assign(std::istreambuf_iterator<char>(file), {});
  const auto expected = static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height) * 3;
  if (magic != "P6" || pixels.rgb.size() != expected) throw std::runtime_error("cannot understand " + out);
  return pixels;
}

}  // namespace zoe::test
