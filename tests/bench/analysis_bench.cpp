// What an analysis on the picture costs the render thread: finding who is there and where, and the trails behind them.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "player/client/track_store.hpp"

namespace {

using namespace zoe::player;

// Half a minute, each object once a frame at 25 a second.
const TrackStore& store_of(int objects) {
  static TrackStore store(std::size_t{1} << 30);
  static int filled = 0;
  if (std::exchange(filled, objects) == objects) return store;
  store.clear();
  for (std::int64_t index = 0; index < 6; ++index) {
    std::vector<TrackPoint> points;
    const std::int64_t from_us = TrackSpan::ask_from_us(index);
    for (std::int64_t time_us = from_us; time_us < TrackSpan::ask_until_us(index); time_us += 40'000)
      for (std::int32_t id = 1; id <= objects; ++id)
        points.push_back({.time_us = time_us, .id = id, .x = 0.1F, .y = 0.1F, .width = 0.02F, .height = 0.06F});
    store.put(std::make_shared<const TrackSpan>(index, std::vector<TrackObject>(), std::move(points), 0, true), 0);
  }
  return store;
}

void find_visible(benchmark::State& state) {
  const TrackStore& store = store_of(static_cast<int>(state.range(0)));
  std::vector<VisibleTrack> visible;
  std::int64_t time_us = 0;
  for (auto _ : state) {
    store.visible_at(time_us, visible);
    benchmark::DoNotOptimize(visible.data());
    time_us = (time_us + 33'333) % 30'000'000;
  }
}
BENCHMARK(find_visible)->Name("analysis_visible")->Arg(25)->Arg(300)->Unit(benchmark::kMicrosecond);

void find_trails(benchmark::State& state) {
  const TrackStore& store = store_of(static_cast<int>(state.range(0)));
  std::vector<TrailPoint> trail;
  std::int64_t time_us = 0;
  for (auto _ : state) {
    for (std::int32_t id = 1; id <= state.range(0); ++id) {
      store.trail_of(id, time_us, trail);
      benchmark::DoNotOptimize(trail.data());
    }
    time_us = (time_us + 33'333) % 30'000'000;
  }
}
BENCHMARK(find_trails)->Name("analysis_trails")->Arg(25)->Arg(300)->Unit(benchmark::kMicrosecond);

}  // namespace
