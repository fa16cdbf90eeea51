// What playback knows and wants of the media's sound: which track, from where, the stream that brings it. Behind the
// core's lock, like everything else that the threads share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "player/client/stream_link.hpp"
#include "player/playback/fetch_planner.hpp"
#include "player/playback/packet_store.hpp"

namespace zoe::player {

// From where sound is to be played: a new one wherever what was made ready is of no use any more.
struct SoundCue {
  bool is_set = false;
  std::uint64_t number = 0;
  std::int64_t time_us = 0;  // unrolled over the laps of a loop
  Rational rate{1, 1};
  bool is_looping = false;
};

// Which of the tracks is played where nobody chose: one of the wished language, of several the default one; else the
// default one; else the first. Nothing where there are none.
std::optional<int> pick_sound(const std::vector<SoundTrack>& tracks, const std::string& wished_language);

// Pure logic on what it is told. Sound has a stream and a packet store of its own, moved by the same planner as the
// pictures'.
class SoundState {
 public:
  // Between these speeds sound is played, beyond them it is silent.
  static bool is_audible(Rational rate);

  // ---- tracks

  bool is_asked = false;  // the server was asked for the tracks
  bool is_known = false;  // and has answered, or cannot
  std::vector<SoundTrack> tracks;
  std::optional<int> track;  // that is played
  bool is_off = false;       // the viewer wants none
  float volume = 1;          // 0 to 1, as the ear takes it
  bool is_muted = false;

  void open();  // another media
  void on_tracks(Result<std::vector<SoundTrack>> result, const std::string& wished_language, const std::string& media);
  // By its index; nothing for none. Ignored where there is no such track.
  void choose(std::optional<int> wanted, const std::string& media);

  // A track is to be heard, now or as soon as its stream is there.
  bool is_wanted() const { return !is_off && track.has_value() && !error; }

  // ---- the cue, set by the feeder

  SoundCue cue;
  std::uint64_t ready_cue = 0;  // the one for which enough was decoded to begin

  // ---- where decoding goes on, from the cue on

  bool is_placed = false;     // `edge` holds
  bool is_requested = false;  // the server is asked for the place
  std::uint64_t placed_cue = 0;
  std::uint64_t placings = 0;  // counts up with each placing: decoding begins anew
  RingEdge edge;

  Direction direction() const { return cue.rate.is_negative() ? Direction::kBackward : Direction::kForward; }
  // The media time that the first segment has to hold: decoders need a little of what comes before.
  std::int64_t place_us(std::int64_t lap_us) const;
  std::int64_t lap(std::int64_t lap_us) const;
  // For a new cue: where what is held will do, it is placed. `origin_us` is the time stamp of the media's time 0.
  void place_by_store(std::int64_t lap_us, std::int64_t origin_us);
  void place(std::uint32_t segment, std::int64_t lap_us);

  // ---- the stream

  std::uint64_t stream_epoch = 0;  // counts up whenever streams and answers become worthless
  std::uint32_t stream = 0;        // 0: none
  std::uint32_t stale_stream = 0;  // to be closed
  std::uint32_t serial = 0;
  bool is_opening = false;
  bool has_info = false;
  std::uint64_t info_epoch = 0;  // counts up whenever another decoder is needed
  StreamInfo info;
  StreamCursor cursor;
  std::int64_t last_arrival_ns = 0;
  bool is_rate_stale = false;     // the server has not heard of the rate
  bool is_looping_stale = false;  // nor of looping
  std::optional<Error> error;     // this track is not heard
  std::int64_t open_after_ns = 0;
  int unready_answers = 0;
  PacketStore store{kStoreBytes};

  void forget_stream();
  void on_opened(Result<StreamInfo> result, std::int64_t now_ns);
  void on_sought(std::uint32_t its_serial, const Result<SeekReply>& reply, std::int64_t lap_us, std::int64_t now_ns);
  void on_media(net::MediaRun&& run, std::int64_t lap_us, std::int64_t now_ns);
  void on_failed(std::uint32_t its_serial, Error its_error);
  void on_link_ready();
  void on_link_lost();
  FetchView fetch_view(std::int64_t ahead_us) const;

  // ---- told by the feeder and the worker, for the panels

  struct Figures {
    std::int64_t buffered_us = 0;  // decoded, not yet taken by the device; media time at rate 1
    std::uint64_t underruns = 0;
    std::uint64_t alignments = 0;
    std::int64_t lateness_ns = 0;  // of the sound against the pictures
    std::int64_t latency_ns = 0;   // of the device
    double device_speed = 1;
    bool is_heard = false;
    bool has_device = false;
  } figures;

 private:
  static constexpr std::size_t kStoreBytes = std::size_t{32} << 20;  // minutes of any coded sound

  bool is_to_be_asked_again(const Error& its_error, std::int64_t now_ns);
};

}  // namespace zoe::player
