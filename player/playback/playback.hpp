// Playback: from a server's packets to frames on the glass. The facade that panels, keys and scripts use.
//
// Behind it: the packet store (encoded packets of minutes), the decode thread, the frame ring, the pacer and the feeder
// thread that hands the due frame to the FrameSink. docs/player.md draws the whole.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/rational.hpp"
#include "engine/media/track.hpp"
#include "engine/render/frame_uploader.hpp"
#include "player/client/stream_link.hpp"
#include "player/playback/timeline_follower.hpp"

namespace zoe::audio {
class SoundOutput;
}

namespace zoe::player {

class FrameSink;
class FrameTrace;

enum class PlayState {
  kIdle = 1,   // nothing opened
  kOpening,    // asked the server, no frame yet
  kBuffering,  // wants to move and has no frame: seeking, starting or starved
  kPlaying,
  kPaused,
  kEnded,   // the last frame (in reverse the first) is on screen
  kFailed,  // `error` says why
};
std::string_view to_string(PlayState state);  // "playing"

// From one time to another, in microseconds since the media's first frame.
struct TimeSpan {
  std::int64_t from_us = 0;
  std::int64_t to_us = 0;
};

// A place of the frame ring, in the order of time.
struct RingPlace {
  std::int64_t time_us = 0;
  std::uint32_t segment = 0;
  bool is_key = false;
};

// A segment of encoded packets that the store holds.
struct StoredSegment {
  std::uint32_t segment = 0;
  TimeSpan span;
  std::uint32_t packets = 0;
  std::uint64_t bytes = 0;
  bool is_complete = false;  // false: still coming, or only a part was sent
};

// How the newest frames were shown, for the graph; newest last. Moments are those of the program's clock.
struct ShownFrame {
  std::int64_t time_us = 0;         // in the media
  std::int64_t decoded_ns = 0;      // in the ring from here on; 0: not known
  std::int64_t handed_over_ns = 0;  // written into its texture slot
  std::int64_t deadline_ns = 0;     // when it was to be seen; 0: at once
  std::int64_t shown_ns = 0;        // its swap returned
  std::uint64_t number = 0;         // of all that were handed over
  std::uint32_t serial = 0;         // of the stream
  std::uint32_t segment = 0;
  std::uint32_t ordinal = 0;
  float interval_ms = 0;  // since the frame before
  float lateness_ms = 0;  // against its vsync; negative is early
  float decode_ms = 0;    // what decoding it took
  float upload_ms = 0;    // writing it into the mapped buffer
};

// Everything that the panels show about playback. The vectors keep their memory from one snapshot to the next.
struct PlaybackSnapshot {
  std::uint64_t revision = 0;
  std::uint64_t commands = 0;  // carried out so far

  PlayState state = PlayState::kIdle;
  std::string error;  // with kFailed; with others a note such as "connection lost, playing from the buffer"
  std::string media;
  std::string title;
  std::string rendition;
  // Of a rendition that changes with the line.
  struct Adaptive {
    std::string rendition;   // the rung that is asked for; empty where the rendition stays what it is
    std::uint32_t rung = 0;  // from the lowest
    std::uint32_t rungs = 0;
    std::int64_t line_bits_per_s = 0;  // 0: not known yet
    std::uint64_t changes = 0;
  } adaptive;
  media::TrackInfo track;  // what the rendition decodes to; extradata left empty
  std::uint32_t segments = 0;

  std::int64_t duration_us = 0;
  std::int64_t position_us = 0;  // of the frame on screen
  std::int64_t frame_us = 0;     // how long one frame lasts at rate 1
  std::uint32_t position_segment = 0;
  std::uint32_t position_ordinal = 0;  // of the frame in its segment, in order of time
  Rational rate{1, 1};
  bool is_looping = false;
  bool is_paused = false;   // what the viewer wants, whatever `state` is
  bool is_seeking = false;  // the exact frame of the last seek is not on screen yet
  bool is_settled = false;  // every command has been carried out and the frame that belongs there has been presented
  std::int64_t seek_target_us = 0;

  struct Packets {
    std::uint64_t bytes = 0;
    std::uint64_t budget_bytes = 0;
    std::vector<StoredSegment> segments;  // by index
    std::vector<TimeSpan> held;           // the same, joined: for the seek bar
    std::int64_t ahead_us = 0;            // beyond the playhead in the direction of play
  } packets;

  struct Ring {
    std::uint32_t capacity = 300;
    std::uint64_t bytes = 0;
    std::uint64_t budget_bytes = 0;
    std::vector<RingPlace> places;  // front (earliest) first
    int playhead = -1;              // index in `places` of the frame on screen, -1 when it is not there
    std::uint32_t ahead = 0;        // frames to come in the direction of play
    std::uint32_t behind = 0;
    std::uint32_t staged = 0;  // decoded for reverse, not in the ring yet
    TimeSpan held;
  } ring;

  struct Network {
    bool is_connected = false;
    std::uint32_t serial = 0;
    std::int64_t granted_us = 0;   // of this serial
    std::int64_t received_us = 0;  // of this serial
    std::uint64_t received_bytes = 0;
    double bytes_per_second = 0;  // over the last second
    std::int64_t round_trip_us = 0;
    std::uint32_t reconnects = 0;
  } network;
  // Bytes received in each of the last tenths of a second, oldest first, for the graph.
  std::array<float, 120> throughput{};

  struct Sound {
    std::vector<SoundTrack> tracks;
    std::optional<int> track;  // that is played
    bool is_off = false;       // the viewer wants none
    float volume = 1;          // 0 to 1, as the ear takes it
    bool is_muted = false;
    bool has_device = false;       // false: nothing can be heard here
    bool is_heard = false;         // it plays at this moment
    std::string error;             // why the track is silent
    std::uint64_t bytes = 0;       // encoded and held
    std::int64_t buffered_us = 0;  // decoded ahead of the device
    std::int64_t latency_us = 0;   // from the device's asking to its being heard
    std::int64_t lateness_us = 0;  // against the pictures; negative is early
    double device_speed = 1;       // over the nominal one
    std::uint64_t underruns = 0;
    std::uint64_t alignments = 0;  // how often it was skipped or held to meet the pictures
  } sound;

  struct Room {
    bool is_following = false;
    std::uint64_t prepared = 0;  // the newest jump whose frame is decoded
    bool is_buffering = false;   // cannot go on with the timeline
    std::int64_t skew_us = 0;    // how far ahead of the timeline frames are seen lately
  } room;

  struct Counters {
    std::uint64_t received_packets = 0;
    std::uint64_t decoded = 0;
    std::uint64_t shown = 0;
    std::uint64_t late = 0;     // shown, but after its vsync
    std::uint64_t dropped = 0;  // never shown, because its time had passed
    std::uint64_t skipped = 0;  // left out on purpose: more frames than the display refreshes
    std::uint64_t stalls = 0;   // ran dry while playing
    std::uint64_t damaged = 0;  // packets that did not decode
    std::uint64_t stale = 0;    // packets of a former serial, thrown away
    std::uint64_t seeks = 0;
  } counters;

  double decode_fps = 0;           // what the decoder could do: frames per second of its working time
  double shown_fps = 0;            // over the last second
  std::vector<ShownFrame> recent;  // at most kRecentFrames

  // Of the newest seeks, from the command to the swap that showed the exact frame; newest last.
  std::vector<float> seek_ms;

  // Milliseconds since PlaybackOptions::program_start_ns; -1 for what has not happened or is not measured.
  struct Start {
    std::int64_t link_ready_ms = -1;
    std::int64_t opened_ms = -1;
    std::int64_t first_packet_ms = -1;
    std::int64_t first_decoded_ms = -1;
  } start;
  std::int64_t start_to_first_frame_ms = -1;  // the same, when its swap had returned
  std::int64_t last_seek_ms = -1;

  static constexpr std::size_t kRecentFrames = 300;
  static constexpr std::size_t kRecentSeeks = 64;
};

struct PlaybackOptions {
  std::uint32_t ring_frames = 300;             // 8 to 4096
  std::uint64_t ring_bytes = 1ULL << 30;       // at least room for 8 frames is taken
  std::uint64_t packet_bytes = 256ULL << 20;   // encoded packets kept
  std::int64_t packets_ahead_us = 10'000'000;  // how far ahead the network is read
  bool is_untimed = false;                     // every frame, each as soon as the one before was drawn
  int decoder_threads = 0;                     // 0: by the number of cores
  std::int64_t program_start_ns = 0;           // on the Clock; 0 when not measured
  audio::SoundOutput* sound = nullptr;         // borrowed; null: pictures only
  FrameTrace* trace = nullptr;                 // borrowed; may be null
  std::function<void()> wake;                  // a snapshot with another state is there; any thread, must only wake
};

// What to play and from where.
struct OpenMedia {
  std::string media;
  std::string title;
  std::string rendition = "copy";
  std::int64_t position_us = 0;
  Rational rate{1, 1};
  bool is_looping = false;
  bool is_paused = false;
  std::string sound_language;  // ISO 639: which track is played where there are several; empty: no wish
};

// Commands: any thread; they return at once and show in a later snapshot. `snapshot` and `on_presented`: the render
// thread.
class Playback {
 public:
  // `link` and `sink` must outlive it. `opening` is called with each media before it is opened, on the thread that
  // calls `open`, so that the link can get ready for it.
  static std::unique_ptr<Playback> create(const PlaybackOptions& options, StreamLink& link, FrameSink& sink,
                                          const Clock& clock, Log& log,
                                          std::function<void(const std::string& media)> opening = {});
  virtual ~Playback() = default;

  // Starts at once, or as soon as the link is ready. Replaces what plays.
  virtual void open(const OpenMedia& media) = 0;
  virtual void close() = 0;

  virtual void play() = 0;  // at the end: from the other end again
  virtual void pause() = 0;
  virtual void toggle_pause() = 0;
  // Not zero, -16 to 16; negative runs backwards. Keeps paused or playing as it is.
  virtual void set_rate(Rational rate) = 0;
  // To the frame that is on screen at this time; clamped to the media.
  virtual void seek(std::int64_t position_us) = 0;
  // Relative to the target of a seek under way, else to the frame on screen.
  virtual void seek_by(std::int64_t delta_us) = 0;
  // Pauses and moves by so many frames, negative backwards.
  virtual void step(int count) = 0;
  virtual void set_looping(bool is_looping) = 0;
  // Hands the frame at which it stands to the sink once more. Does nothing while it plays: the next one comes anyway.
  virtual void show_again() = 0;
  // Keeps the place.
  virtual void set_rendition(std::string rendition) = 0;

  // 0 to 1, as the ear takes it; ends muting.
  virtual void set_volume(float volume) = 0;
  virtual void set_muted(bool is_muted) = 0;
  // A track of snapshot().sound.tracks; nothing for none.
  virtual void choose_sound(std::optional<int> track) = 0;
  // The sound's device may be opened from now on: SDL is up.
  virtual void allow_sound() = 0;

  // Goes by a room's timeline from now on: the commands above, but for open, close and set_rendition, are the room's
  // then. The media is open already. Without a clock it stands.
  virtual void follow(RoomTimelines room) = 0;
  virtual void set_room_clock(const net::ClockEstimate& clock) = 0;
  // By the viewer's own commands again, from where it is.
  virtual void unfollow() = 0;
  // A command has gone to the room: nothing is settled until its timeline comes.
  virtual void expect_room() = 0;

  // While held, the first frame is shown and time does not run: the program is still busy with its start.
  virtual void set_clock_held(bool is_held) = 0;

  // The newest snapshot, valid until the next call; neither waits nor allocates. Render thread only.
  virtual const PlaybackSnapshot& snapshot() = 0;
  // The swap that first showed the frame of this tag (TexturedFrame::tag) has returned at `now_ns`; once per frame,
  // from Layer::on_presented. Render thread only; never waits while timed.
  virtual void on_presented(const render::FrameTag& tag, std::int64_t now_ns) = 0;
  // The display's refresh period, 0 for "no grid".
  virtual void set_refresh_period_ns(std::int64_t period_ns) = 0;
};

}  // namespace zoe::player
