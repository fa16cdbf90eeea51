// Tables, segments and sources for tests of streams: no files, no decoders, no threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/threads.hpp"
#include "server/streams/segment_source.hpp"
#include "server/streams/segment_table.hpp"
#include "server/streams/stream.hpp"

namespace zoe::server::test {

inline FrameTimes times_of(std::vector<std::int64_t> pts, Rational time_base = {1, 1000}, Rational rate = {0, 1}) {
  auto owner = std::make_shared<const std::vector<std::int64_t>>(std::move(pts));
  const std::span<const std::int64_t> view(*owner);
  return {std::move(owner), view, time_base, rate};
}

// `frames` frames of 30 per second in ticks of 1/30 s, the first at `start`, on the time grid: 60 to a segment.
inline SegmentTablePtr grid_table(std::uint32_t frames, std::int64_t start = 0) {
  std::vector<std::int64_t> pts;
  for (std::uint32_t i = 0; i < frames; ++i) pts.push_back(start + i);
  return *SegmentTable::grid(times_of(std::move(pts), {1, 30}, {30, 1}), Granularity::kFrame);
}

// The same in groups of pictures: `gop` frames to a segment, whose packets lean on each other.
inline SegmentTablePtr gop_table(std::uint32_t frames, std::uint32_t gop) {
  std::vector<std::int64_t> pts;
  std::vector<SegmentSpan> spans;
  for (std::uint32_t i = 0; i < frames; ++i) pts.push_back(i);
  for (std::uint32_t at = 0; at < frames; at += gop) {
    const std::uint32_t count = std::min(gop, frames - at);
    spans.push_back({at, count, count});
  }
  return *SegmentTable::create(times_of(std::move(pts), {1, 30}, {30, 1}), std::move(spans), Granularity::kSegment);
}

// Packets in decoding order of a segment of `table`: in GOPs of three they go I P B, so that reordering is exercised.
inline std::vector<media::PacketRecord> records_of(const SegmentTable& table, std::uint32_t segment) {
  const SegmentSpan& span = table.span(segment);
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = span.first_frame; i < span.end_frame(); ++i) order.push_back(i);
  if (table.granularity() == Granularity::kSegment)
    for (std::size_t i = 1; i + 1 < order.size(); i += 2) std::swap(order[i], order[i + 1]);
  std::vector<media::PacketRecord> records;
  for (const std::uint32_t frame : order) {
    media::PacketRecord record;
    record.pts = table.frame_pts(frame);
    record.dts = static_cast<std::int64_t>(records.size());
    record.flags = records.empty() || table.granularity() == Granularity::kFrame ? media::kPacketKey : std::uint32_t{0};
    record.duration = 1;
    record.ordinal = static_cast<std::uint32_t>(records.size());
    records.push_back(record);
  }
  return records;
}

// Makes segments at once, or packet by packet as the test says. Thread-safe.
class FakeSource final : public SegmentSource {
 public:
  enum class Mode { kWhole = 1, kByHand };
  explicit FakeSource(SegmentTablePtr table, Mode mode = Mode::kWhole, std::size_t packet_bytes = 100)
      : table_(std::move(table)), mode_(mode), packet_bytes_(packet_bytes) {}

  const SegmentTablePtr& table() const override { return table_; }

  media::SegmentPtr request(const SegmentRequest& request) override {
    MutexLock lock(mutex_);
    requests_.push_back(request.segment);
    auto& segment = segments_[request.segment];
    if (!segment) {
      segment = std::make_shared<media::Segment>(request.segment);
      if (mode_ == Mode::kWhole) fill(*segment, table_->span(request.segment).packets, true);
    }
    return segment;
  }

  void read_ahead(const SegmentRequest& request) override {
    MutexLock lock(mutex_);
    ahead_.push_back(request.segment);
  }

  // By hand: the packets of `segment` up to `packets`.
  void make(std::uint32_t segment, std::uint32_t packets, bool is_last) {
    std::shared_ptr<media::Segment> made;
    {
      MutexLock lock(mutex_);
      auto& slot = segments_[segment];
      if (!slot) slot = std::make_shared<media::Segment>(segment);
      made = slot;
    }
    fill(*made, packets, is_last);
  }

  void fail(std::uint32_t segment, Error error) {
    std::shared_ptr<media::Segment> failed;
    {
      MutexLock lock(mutex_);
      failed = segments_[segment];
      segments_.erase(segment);
    }
    if (failed) failed->fail(std::move(error));
  }

  // Frames that the maker could not decode.
  void leave_out(std::vector<std::int64_t> pts) { missing_ = std::move(pts); }

  long holders(std::uint32_t segment) {
    MutexLock lock(mutex_);
    return segments_.contains(segment) ? segments_[segment].use_count() - 1 : 0;
  }
  std::vector<std::uint32_t> requests() {
    MutexLock lock(mutex_);
    return requests_;
  }
  std::vector<std::uint32_t> ahead() {
    MutexLock lock(mutex_);
    return ahead_;
  }

 private:
  void fill(media::Segment& segment, std::uint32_t packets, bool is_last) {
    const std::vector<media::PacketRecord> records = records_of(*table_, segment.index());
    for (std::uint32_t i = segment.state().packets; i < packets && i < records.size(); ++i) {
      if (std::find(missing_.begin(), missing_.end(), records[i].pts) != missing_.end()) continue;
      const std::vector<std::uint8_t> data(packet_bytes_, static_cast<std::uint8_t>(records[i].pts));
      EXPECT_TRUE(segment.append(records[i], data));
    }
    if (is_last) segment.finish();
  }

  const SegmentTablePtr table_;
  const Mode mode_;
  const std::size_t packet_bytes_;
  std::vector<std::int64_t> missing_;
  Mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<media::Segment>> segments_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::uint32_t> requests_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::uint32_t> ahead_ ZOE_GUARDED_BY(mutex_);
};

// Counts what a stream tells.
class FakeObserver final : public StreamObserver {
 public:
  void stream_ready(std::uint32_t) override { wakes.fetch_add(1); }
  void stream_failed(std::uint32_t, std::uint32_t serial, const Error& error) override {
    failed_serial = serial;
    failure = error;
  }

  std::atomic<int> wakes{0};
  std::uint32_t failed_serial = 0;
  std::optional<Error> failure;
};

// What came out of a stream: the records, parsed from the slices as a client would.
struct Delivered {
  struct Packet {
    std::uint32_t segment = 0;
    media::PacketRecord record;
  };
  std::vector<Packet> packets;
  std::vector<std::uint32_t> run_flags;
  std::vector<std::uint32_t> run_segments;
  std::uint32_t serial = 0;
  std::uint32_t all_flags = 0;

  std::vector<std::int64_t> pts() const {
    std::vector<std::int64_t> list;
    for (const Packet& packet : packets) list.push_back(packet.record.pts);
    return list;
  }
};

inline void take_run(const zoe_run& run, Delivered& out) {
  out.run_flags.push_back(run.flags);
  out.run_segments.push_back(run.segment);
  out.all_flags |= run.flags;
  out.serial = run.serial;
  std::uint32_t packets = 0;
  std::uint64_t bytes = 0;
  for (std::uint32_t i = 0; i < run.slice_count; ++i) {
    const zoe_slice& slice = run.slices[i];
    bytes += slice.size;
    for (std::size_t at = 0; at < slice.size;) {
      ASSERT_LE(at + media::kPacketRecordBytes, slice.size);
      const media::PacketRecord record = media::load_record(slice.data + at);
      if (packets == 0) {
        EXPECT_EQ(record.ordinal, run.first_packet);
      }
      out.packets.push_back({run.segment, record});
      at += media::kPacketRecordBytes + record.size_bytes;
      ASSERT_LE(at, slice.size);
      ++packets;
    }
  }
  EXPECT_EQ(packets, run.packets);
  EXPECT_EQ(bytes, run.bytes);
}

// Pulls until the stream says again (or `most_runs` came).
inline Delivered drain(Stream& stream, std::size_t most_bytes = 1 << 20, int most_runs = 100'000) {
  Delivered out;
  for (int i = 0; i < most_runs; ++i) {
    zoe_run run{};
    run.struct_size = sizeof run;
    if (stream.pull(most_bytes, run) != ZOE_OK) break;
    take_run(run, out);
    Stream::release(run);
  }
  return out;
}

inline constexpr std::uint64_t kAllCredit = UINT64_MAX;

}  // namespace zoe::server::test
