// From held packets to samples in the order of play.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/media/sound_decoder.hpp"
#include "player/playback/fetch_planner.hpp"
#include "player/playback/packet_store.hpp"
#include "player/playback/sound_line.hpp"

namespace zoe::player {

// The sound thread's. Forwards, packets go through one decoder without a break. Backwards, a segment is decoded whole,
// run in with the end of the one before it, and its samples are taken from the last to the first: so what is heard
// backwards is what is heard forwards, reversed. On the line, sound longer than the picture ends with its lap, and what
// is shorter is followed by silence.
class SoundReader {
 public:
  struct Setting {
    Rational time_base{1, 1};
    std::int64_t origin_us = 0;  // the time stamp of the media's time 0
    std::int64_t start_pts = 0;  // of the first packet that is heard
    std::int64_t lap_us = 1;
    std::uint32_t segments = 0;
    bool is_looping = false;
  };

  SoundReader(std::unique_ptr<media::SoundDecoder> decoder, const Setting& setting)
      : decoder_(std::move(decoder)), setting_(setting) {}

  // From `time_us` on the line; the edge's segment is the one to begin with.
  void start(std::int64_t time_us, Direction direction, const RingEdge& edge, bool is_looping);

  // What `read` can do.
  enum class Look {
    kReady = 1,
    kWaiting,  // packets are missing
    kEnd       // the media has no more sound in this direction
  };
  // Under the lock that guards the store: picks the packets for `read`.
  Look look(PacketStore& store);
  // Without it: decodes them.
  Status read();

  // Where reading goes on.
  const RingEdge& edge() const { return edge_; }

  SoundLine& line() { return line_; }
  int sample_rate() const { return decoder_->sample_rate(); }
  std::uint64_t errors() const { return decoder_->errors(); }

 private:
  Look look_forward(PacketStore& store, const EdgePlace& place);
  Look look_backward(PacketStore& store, const EdgePlace& place);
  void finish_segment(const EdgePlace& place);
  Status decode_all();
  void lay_out();

  std::int64_t frames_of(std::int64_t us) const;
  std::int64_t lap_start(std::int64_t lap) const { return frames_of(lap * setting_.lap_us); }
  // By how much places that time stamps tell may be off from those that are counted.
  std::int64_t tolerance() const {
    return std::int64_t{decoder_->sample_rate()} * media::SoundDecoder::kToleranceMs / 1000;
  }
  // From a place on the track's clock to one on the line.
  std::int64_t shift(std::int64_t lap) const { return lap_start(lap) - frames_of(setting_.origin_us); }
  std::int64_t media_us(std::int64_t pts, std::int64_t lap) const;
  bool is_before_run_in(const net::RunPacket& packet, std::int64_t heard_us, std::int64_t lap) const;

  const std::unique_ptr<media::SoundDecoder> decoder_;
  Setting setting_;
  SoundLine line_;
  Direction direction_ = Direction::kForward;
  std::int64_t start_us_ = 0;
  RingEdge edge_;

  // Forwards: how far the segment at the edge has been read.
  PacketSegmentPtr reading_;
  std::size_t next_packet_ = 0;
  std::int64_t last_ordinal_ = -1;

  // Of the `look` before: for `read`.
  std::vector<PacketSegmentPtr> held_;  // keep the packets' bytes
  std::vector<net::RunPacket> packets_;
  std::int64_t lap_ = 0;
  std::int64_t from_place_ = INT64_MIN;  // on the track's clock: what is decoded outside is run-in
  std::int64_t to_place_ = INT64_MAX;
  std::size_t run_in_ = 0;               // packets that are decoded for those behind them
  std::optional<std::int64_t> know_to_;  // forwards, on the line, once it is read
  std::optional<std::int64_t> join_;     // backwards, on the line: where the segment behind it begins
  bool is_track_start_ = false;          // backwards: nothing comes before it
  bool is_break_ = false;                // the decoder is emptied behind these packets

  std::vector<media::SoundBlock> blocks_;
};

}  // namespace zoe::player
