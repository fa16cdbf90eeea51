// What a viewer costs the server's cursor and cache, without sockets: time per packet pulled, per look-up, per seek.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "server/streams/segment_store.hpp"
#include "server/streams/stream.hpp"

namespace {

using namespace zoe;
using namespace zoe::server;

constexpr std::uint32_t kFrames = 1800;  // a minute at 30 a second
constexpr std::size_t kPacketBytes = 60'000;

// A minute of 720p JPEG on a warm cache.
class WarmSource final : public SegmentSource {
 public:
  WarmSource() : store_(std::size_t{1} << 30, metrics_) {
    auto pts = std::make_shared<std::vector<std::int64_t>>();
    for (std::uint32_t i = 0; i < kFrames; ++i) pts->push_back(i);
    table_ = *SegmentTable::grid({pts, *pts, {1, 30}, {30, 1}}, Granularity::kFrame);
    const std::vector<std::uint8_t> data(kPacketBytes);
    for (std::uint32_t index = 0; index < table_->segments(); ++index) {
      const auto segment = store_.claim({key_, index}, SegmentStore::Claim::kCreate);
      for (std::uint32_t i = 0; i < table_->span(index).frames; ++i) {
        media::PacketRecord record;
        record.flags = media::kPacketKey;
        record.pts = table_->frame_pts(table_->span(index).first_frame + i);
        static_cast<void>(segment->append(record, data));
      }
      segment->finish();
      store_.done({key_, index});
    }
  }
  const SegmentTablePtr& table() const override { return table_; }
  media::SegmentPtr request(const SegmentRequest& request) override {
    return store_.get({key_, request.segment}, request.urgency, request.interest).segment;
  }
  void read_ahead(const SegmentRequest& wanted) override { request(wanted); }

  SegmentStore& store() { return store_; }
  SegmentKey key(std::uint32_t index) const { return {key_, index}; }

 private:
  Metrics metrics_;
  SegmentStore store_;
  SegmentTablePtr table_;
  const std::shared_ptr<const std::string> key_ =
      std::make_shared<const std::string>("0123456789abcdef0123456789abcdef/1-2/0/jpeg@q80");
};

std::shared_ptr<WarmSource> warm_source() {
  static const auto source = std::make_shared<WarmSource>();
  return source;
}

// One viewer at real time is 30 packets a second, so 1e9 / (30 * ns per packet) viewers would fill a core.
void pull(benchmark::State& state) {
  const auto source = warm_source();
  StreamStart start;
  start.is_looping = true;
  start.rate = {static_cast<std::int32_t>(state.range(0)), 1};
  start.max_fps = 30;
  Stream stream(1, source, start, {});
  std::uint64_t credit_us = 0;
  std::int64_t packets = 0;
  zoe_run run{};
  for (auto _ : state) {
    stream.credit(1, credit_us += 250'000);
    while (stream.pull(512U << 10, run) == ZOE_OK) {
      packets += run.packets;
      Stream::release(run);
    }
  }
  state.SetItemsProcessed(packets);
}
BENCHMARK(pull)->Name("streams/pull_packets")->Arg(1)->Arg(-1)->Arg(4);

void look_up(benchmark::State& state) {
  const auto source = warm_source();
  const InterestToken interest = std::make_shared<char>();
  std::uint32_t index = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(source->store().get(source->key(index), Urgency::kWaiting, interest));
    index = (index + 7) % source->table()->segments();
  }
}
BENCHMARK(look_up)->Name("streams/store_look_up")->Threads(1)->Threads(2);

void seek(benchmark::State& state) {
  const auto source = warm_source();
  Stream stream(1, source, {}, {});
  zoe_run run{};
  SeekRequest request;
  std::uint32_t frame = 0;
  for (auto _ : state) {
    ++request.serial;
    request.position_us = source->table()->frame_us(frame = (frame + 997) % kFrames);
    request.credit_us = 1;
    static_cast<void>(stream.seek(request));
    benchmark::DoNotOptimize(stream.pull(512U << 10, run));
    Stream::release(run);
  }
}
BENCHMARK(seek)->Name("streams/seek_and_pull");

}  // namespace
