// What reading, decoding and encoding cost on one core: frames (or bytes) per second.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <vector>

#include "engine/media/convert.hpp"
#include "engine/media/decoder.hpp"
#include "engine/media/jpeg.hpp"
#include "engine/media/probe.hpp"
#include "engine/media/source_reader.hpp"
#include "engine/media/track_index.hpp"
#include "tests/support/media_maker.hpp"

namespace {

using namespace zoe;
using namespace zoe::media;

template <typename T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

struct Source {
  std::string path;
  TrackInfo track;
  TrackIndexPtr index;
};

// Four seconds with a key frame each second.
const Source& source(test::VideoCodec codec, int height) {
  static std::map<std::pair<int, int>, Source> made;
  Source& found = made[{static_cast<int>(codec), height}];
  if (!found.path.empty()) return found;
  test::ClipSpec spec;
  spec.codec = codec;
  spec.width = height * 16 / 9;
  spec.height = height;
  spec.frames = 120;
  spec.gop = 30;
  spec.bframes = codec == test::VideoCodec::kH264 ? 2 : 0;
  spec.container = "mkv";
  spec.picture = "testsrc2";
  found.path = test::make_clip(spec);
  found.track = *value_of(probe(found.path)).best_video();
  found.index = value_of(TrackIndex::build(found.path, found.track));
  return found;
}

std::vector<FramePtr> some_frames(int height) {
  const Source& from = source(test::VideoCodec::kH264, height);
  const auto reader = value_of(SourceReader::open(from.path, from.track, from.index));
  std::vector<FramePtr> frames;
  const Status status =
      reader->decode_range(from.index->start_pts(), from.index->frames()[30], [&](const FramePtr& frame) {
        frames.push_back(frame);
        return Status();
      });
  if (!status) throw std::runtime_error(status.error().message);
  return frames;
}

void count_frames(benchmark::State& state, std::int64_t frames) {
  state.counters["frames_per_s"] = benchmark::Counter(static_cast<double>(frames), benchmark::Counter::kIsRate);
}

void decode(benchmark::State& state, test::VideoCodec codec) {
  const Source& from = source(codec, static_cast<int>(state.range(0)));
  SourceReader::Options options;
  options.decoder_threads = static_cast<int>(state.range(1));
  const auto reader = value_of(SourceReader::open(from.path, from.track, from.index, options));
  std::int64_t frames = 0;
  for (auto _ : state) {
    const Status status = reader->decode_range(from.index->start_pts(), from.index->end_pts(), [&](const FramePtr&) {
      ++frames;
      return Status();
    });
    if (!status) state.SkipWithError(status.error().message.c_str());
  }
  count_frames(state, frames);
}
BENCHMARK_CAPTURE(decode, h264, test::VideoCodec::kH264)
    ->ArgNames({"lines", "threads"})
    ->ArgsProduct({{720, 1080}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode, mjpeg, test::VideoCodec::kMjpeg)
    ->ArgNames({"lines", "threads"})
    ->ArgsProduct({{720, 1080}, {1}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void jpeg_encode(benchmark::State& state) {
  const auto frames = some_frames(static_cast<int>(state.range(0)));
  const auto encoder = value_of(JpegEncoder::create());
  std::vector<std::uint8_t> out(
      value_of(JpegEncoder::most_bytes(frames[0]->format(), frames[0]->width(), frames[0]->height())));
  std::size_t next = 0;
  std::size_t bytes = 0;
  for (auto _ : state) bytes += value_of(encoder->encode(frames[next++ % frames.size()]->view(), 80, out));
  count_frames(state, state.iterations());
  state.counters["bytes_per_frame"] = static_cast<double>(bytes) / static_cast<double>(state.iterations());
}
BENCHMARK(jpeg_encode)->ArgName("lines")->Arg(720)->Arg(1080)->Unit(benchmark::kMillisecond);

void jpeg_decode(benchmark::State& state) {
  const auto frames = some_frames(static_cast<int>(state.range(0)));
  const auto encoder = value_of(JpegEncoder::create());
  std::vector<std::uint8_t> jpeg(
      value_of(JpegEncoder::most_bytes(frames[0]->format(), frames[0]->width(), frames[0]->height())));
  jpeg.resize(value_of(encoder->encode(frames[0]->view(), 80, jpeg)));
  const auto decoder = value_of(JpegDecoder::create());
  bool is_damaged = false;
  for (auto _ : state) benchmark::DoNotOptimize(value_of(decoder->decode(jpeg, is_damaged)));
  count_frames(state, state.iterations());
}
BENCHMARK(jpeg_decode)->ArgName("lines")->Arg(720)->Arg(1080)->Unit(benchmark::kMillisecond);

// What a JPEG of 720 lines out of 1080 costs before its encoding.
void scale_down(benchmark::State& state) {
  const auto frames = some_frames(1080);
  PictureConverter converter;
  const ColorInfo color = frames[0]->color();
  for (auto _ : state)
    benchmark::DoNotOptimize(value_of(converter.convert(frames[0]->view(), color, {{}, 1280, 720, color})));
  count_frames(state, state.iterations());
}
BENCHMARK(scale_down)->Unit(benchmark::kMillisecond);

void frame_hash(benchmark::State& state) {
  const auto frames = some_frames(1080);
  for (auto _ : state) benchmark::DoNotOptimize(frames[0]->hash());
  state.SetBytesProcessed(state.iterations() * 1920 * 1080 * 3 / 2);
}
BENCHMARK(frame_hash);

void index_track(benchmark::State& state) {
  const Source& from = source(test::VideoCodec::kH264, 1080);
  for (auto _ : state) benchmark::DoNotOptimize(value_of(TrackIndex::build(from.path, from.track)));
  std::uint64_t bytes = 0;
  for (const IndexedPacket& packet : from.index->packets()) bytes += packet.size_bytes;
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  count_frames(state, state.iterations() * static_cast<std::int64_t>(from.index->frames().size()));
}
BENCHMARK(index_track)->Unit(benchmark::kMillisecond);

// From nothing to the first packet of a segment in the middle: what a seek costs the server on a cold cache.
void open_and_read_a_segment(benchmark::State& state) {
  const Source& from = source(test::VideoCodec::kH264, 1080);
  for (auto _ : state) {
    const auto reader = value_of(SourceReader::open(from.path, from.track, from.index));
    const Status status = reader->read_segment(2, [](const PacketView&) { return Status(); });
    if (!status) state.SkipWithError(status.error().message.c_str());
  }
}
BENCHMARK(open_and_read_a_segment)->Unit(benchmark::kMicrosecond);

void probe_file(benchmark::State& state) {
  const Source& from = source(test::VideoCodec::kH264, 1080);
  for (auto _ : state) benchmark::DoNotOptimize(value_of(probe(from.path)));
}
BENCHMARK(probe_file)->Unit(benchmark::kMillisecond);

}  // namespace
