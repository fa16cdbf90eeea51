// What it costs to make segments that nobody has made before: read, decode, encode, by the real plugins.
#include <benchmark/benchmark.h>
#include <sys/stat.h>

#include <memory>
#include <string>
#include <thread>

#include "engine/core/clock.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/media/probe.hpp"
#include "engine/plugin/host/registry.hpp"
#include "server/library/index_cache.hpp"
#include "server/streams/stream_service.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace zoe;
using namespace zoe::server;

constexpr int kFrames = 250;

// The server's rooms below the API, with the two codec plugins.
struct Bench {
  Bench() {
    for (const char* name : {"codec_copy", "codec_jpeg"}) registry->load(zoe::test::plugin_file(name)).value();
  }

  zoe::test::TempDir folder;
  SystemClock clock;
  Metrics metrics;
  WorkerPool workers{"bench", 1};
  plugin::HostServices services{{Log::null(), clock, metrics, workers, folder.file("data"), {}}};
  std::unique_ptr<plugin::Registry> registry =
      plugin::Registry::create(services, {folder.file("data/run"), {}}).value();
  IndexCache indexes{{}, metrics};
};

MediaEntryPtr entry_of(const std::string& path) {
  struct stat status {};
  ::stat(path.c_str(), &status);
  auto entry = std::make_shared<MediaEntry>();
  entry->id = entry->path = entry->title = path;
  entry->size_bytes = static_cast<std::uint64_t>(status.st_size);
  entry->mtime_ns = status.st_mtim.tv_sec * kNsPerS + status.st_mtim.tv_nsec;
  entry->info = media::probe(path).value();
  return entry;
}

// Takes a whole clip in one direction as fast as one worker makes it.
void make(benchmark::State& state, const std::string& family, int lines, int rate) {
  Bench bench;
  zoe::test::ClipSpec spec;
  spec.width = lines * 16 / 9;
  spec.height = lines;
  spec.frames = kFrames;
  spec.gop = kFrames;
  spec.bframes = 2;
  const MediaEntryPtr media = entry_of(zoe::test::make_clip(spec));
  std::int64_t frames = 0;
  for (auto _ : state) {
    StreamService service({.workers = 1}, *bench.registry, bench.indexes, Log::null(), bench.metrics);
    OpenRequest request{media, family, {}, {}};
    request.start.rate = {rate, 1};
    request.start.position_us = rate < 0 ? INT64_MAX : 0;
    request.start.credit_us = UINT64_MAX;
    const OpenedStream opened = service.open(1, request, {}).value();
    zoe_run run{};
    for (bool is_ended = false; !is_ended;) {
      if (opened.stream->pull(1U << 20, run) != ZOE_OK) {
        std::this_thread::yield();
        continue;
      }
      frames += run.packets;
      is_ended = (run.flags & ZOE_RUN_END) != 0;
      Stream::release(run);
    }
    opened.stream->close();
  }
  state.SetItemsProcessed(frames);
}

BENCHMARK_CAPTURE(make, copy_1080p, "copy", 1080, 1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(make, jpeg_720p, "jpeg", 720, 1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(make, jpeg_1080p, "jpeg", 1080, 1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(make, jpeg_1080p_reverse, "jpeg", 1080, -1)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
