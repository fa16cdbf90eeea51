// What the buffer panel shows, and how the start and the seeks went, as JSON (docs/player.md).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/app/application.hpp"
#include "engine/core/log.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/render/frame_uploader.hpp"
#include "player/automation/cost_ring.hpp"
#include "player/client/server_link.hpp"
#include "player/layers/drawn_analysis.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

// A moment that an input script named.
struct MarkedMoment {
  std::string name;
  std::int64_t at_ms = 0;  // since the program's start
  std::int64_t position_us = 0;
  std::uint64_t shown = 0;
  std::uint64_t late = 0;
  std::uint64_t dropped = 0;
  DrawnAnalysis overlay;
};

struct StatsSource {
  const PlaybackSnapshot& playback;
  const LinkSnapshot& link;
  const app::FrameCosts& draws;
  std::array<render::SlotState, 3> slots;
  render::UploaderCounts uploads;
  const std::vector<MarkedMoment>& marks;
  const CostRing* overlays = nullptr;  // what drawing an analysis on the picture took; may be null
  std::int64_t running_ms = 0;
  std::int64_t window_ms = -1;  // when the window and its GL were there, since the program's start
  std::string gl_renderer;
};
std::string stats_json(const StatsSource& source);

// Replaces the file on a thread of its own. `write`: any thread; a text that comes while one is being written waits,
// and an older one that waits is dropped. The destructor writes what waits.
class StatsFile {
 public:
  StatsFile(std::string path, Log& log);
  ~StatsFile();
  StatsFile(const StatsFile&) = delete;
  StatsFile& operator=(const StatsFile&) = delete;

  void write(std::string text);

 private:
  void flush();

  const std::string path_;
  Log& log_;
  Mutex mutex_;
  std::string waiting_ ZOE_GUARDED_BY(mutex_);
  Mutex file_mutex_;
  WorkerPool pool_{"zoe-stats", 1};
};

}  // namespace zoe::player
