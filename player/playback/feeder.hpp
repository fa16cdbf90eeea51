// The feeder: the thread that hands each frame to the screen when it is due, and tells what is going on.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>

#include "engine/core/triple_slot.hpp"
#include "player/playback/frame_sink.hpp"
#include "player/playback/frame_trace.hpp"
#include "player/playback/pacer.hpp"
#include "player/playback/playback_core.hpp"
#include "player/playback/presented_queue.hpp"
#include "player/playback/snapshot_builder.hpp"

namespace zoe::player {

// Owns its thread and the pacer.
class Feeder {
 public:
  Feeder(std::shared_ptr<PlaybackCore> core, StreamLink& link, FrameSink& sink);
  ~Feeder();  // after PlaybackCore::is_stopping was set
  Feeder(const Feeder&) = delete;
  Feeder& operator=(const Feeder&) = delete;

  // Render thread; neither waits nor allocates (on_presented waits for the lock when untimed).
  PlaybackSnapshot& snapshot();
  void on_presented(const render::FrameTag& tag, std::int64_t now_ns);

 private:
  // What became of one frame after another; nanoseconds until there is more to do, 0 for "at once".
  using Wait = std::int64_t;
  static constexpr Wait kAtOnce = 0;
  static constexpr Wait kUntilWoken = 100 * kNsPerMs;  // also the beat of the throughput graph

  // Handed over and not seen yet.
  struct OnItsWay {
    std::uint64_t number = 0;
    ShowKind kind = ShowKind::kPlayed;
    std::int64_t handed_over_ns = 0;
    std::int64_t deadline_ns = 0;
    std::int64_t seek_began_ns = 0;
    ShownFrame shown;
    TraceEntry trace;
  };

  enum class Handed { kTaken = 1, kAskAgain, kWait /* for the render thread */ };

  void run();
  Wait turn() ZOE_REQUIRES(core_.mutex);
  Wait feed() ZOE_REQUIRES(core_.mutex);
  Wait show_playhead() ZOE_REQUIRES(core_.mutex);
  Wait show_again(Handed handed) ZOE_REQUIRES(core_.mutex);
  Wait show_preview() ZOE_REQUIRES(core_.mutex);
  Wait take_steps() ZOE_REQUIRES(core_.mutex);
  Wait play() ZOE_REQUIRES(core_.mutex);
  Wait show_next(std::int64_t now) ZOE_REQUIRES(core_.mutex);
  Wait play_untimed() ZOE_REQUIRES(core_.mutex);
  Wait run_dry() ZOE_REQUIRES(core_.mutex);
  void look_at_buffer() ZOE_REQUIRES(core_.mutex);
  bool may_start(std::int64_t now_ns) const ZOE_REQUIRES(core_.mutex);
  bool has_enough() const ZOE_REQUIRES(core_.mutex);
  void start_clock(std::int64_t now_ns) ZOE_REQUIRES(core_.mutex);
  std::int64_t took_over_us() const ZOE_REQUIRES(core_.mutex);

  // --- sound (feeder_sound.cpp)
  bool has_sound() const ZOE_REQUIRES(core_.mutex);
  // From where sound is to be ready; changes nothing where it is.
  void cue_sound(std::int64_t time_us) ZOE_REQUIRES(core_.mutex);
  bool must_wait_for_sound(std::int64_t now_ns) const ZOE_REQUIRES(core_.mutex);
  std::int64_t sound_delay_ns() const ZOE_REQUIRES(core_.mutex);
  // Tells the sound where pictures are, and pictures where the sound is.
  void serve_sound() ZOE_REQUIRES(core_.mutex);
  void set_sound_anchor(bool is_running, const Pacer::Anchor& anchor) ZOE_REQUIRES(core_.mutex);
  std::optional<Pacer::Anchor> coming_sound(std::int64_t now_ns) ZOE_REQUIRES(core_.mutex);

  // Writes a frame to the sink, the lock released meanwhile.
  Handed hand_over(const RingFrame& frame, ShowKind kind, std::int64_t deadline_ns) ZOE_REQUIRES(core_.mutex);
  std::uint64_t hash_of(const media::FramePtr& picture);
  void take_presented() ZOE_REQUIRES(core_.mutex);
  void note_shown(const OnItsWay& frame, std::int64_t now_ns) ZOE_REQUIRES(core_.mutex);
  Wait publish(Wait wait) ZOE_REQUIRES(core_.mutex);
  void wake_from_reader();

  const std::shared_ptr<PlaybackCore> owner_;
  PlaybackCore& core_;
  StreamLink& link_;
  FrameSink& sink_;

  Pacer pacer_;
  std::uint64_t next_number_ = 1;
  std::deque<OnItsWay> on_their_way_;
  media::FramePtr hashed_;
  std::uint64_t hash_ = 0;
  std::int64_t cued_ns_ = 0;  // when the sound's cue was given
  std::optional<int> cued_track_;
  bool is_cue_used_ = true;        // time has run since then
  bool is_sound_running_ = false;  // as the sound was told last
  double stall_patience_s_ = 0;    // how much to gather after a stall; 0 after a start or a seek
  SnapshotBuilder builder_;
  std::uint64_t published_changes_ = 0;
  std::int64_t published_ns_ = 0;
  std::int64_t beat_ns_ = 0;

  TripleSlot<PlaybackSnapshot> snapshots_;
  PresentedQueue presented_;
  std::atomic<std::uint32_t> reader_wakes_{0};
  std::atomic<bool> is_waiting_for_reader_{false};
  std::jthread thread_;
};

}  // namespace zoe::player
