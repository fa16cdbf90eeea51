// From decoded sound to the device, sample for sample where the picture's clock wants it, and back the time at which
// each sample is heard.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/audio/device.hpp"
#include "engine/audio/device_clock.hpp"
#include "engine/audio/interpolator.hpp"
#include "engine/audio/pcm_ring.hpp"
#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/triple_slot.hpp"

namespace zoe::audio {

// A stretch of sound that is played through: all that is written behind `begin_run` until the next one.
struct SoundRun {
  std::uint64_t cue = 0;      // what it was made for; 0 for none
  std::int64_t start_us = 0;  // media time of its first frame
  double rate = 1;            // media time that passes in a second of it; negative backwards
  int sample_rate = 0;
};

// How media time runs, as whoever shows pictures wants it: it is `media_us` at `at_ns` on the clock.
struct SoundAnchor {
  bool is_running = false;
  std::uint64_t cue = 0;  // only a run of this one is heard
  std::int64_t media_us = 0;
  std::int64_t at_ns = 0;
  double rate = 1;
  // Pictures go by a clock that does not follow the sound (a room's): the sound follows it, by up to kMostTrim faster
  // or slower, which nobody hears.
  bool is_leading = false;
};

// What is heard: media time `media_us` at `at_ns`.
struct SoundReading {
  bool is_heard = false;
  std::uint64_t cue = 0;
  std::int64_t media_us = 0;
  std::int64_t at_ns = 0;
  std::int64_t latency_ns = 0;
  double device_speed = 1;
  std::uint64_t underruns = 0;    // the run had nothing when it was to be heard
  std::uint64_t device_gaps = 0;  // the device was not asked in time
  std::uint64_t alignments = 0;   // sound was skipped or held to meet the anchor
};

// Owns the device and the ring. Which thread calls what:
//   writer (one thread): keep_device, begin_run, write, end_run, and the questions beside them
//   shower (one thread): set_anchor, reading
//   any:                 set_volume, set_muted, latency_ns
//   device:              pull, which neither locks nor allocates; the three meet in atomics
//
// A run that meets its anchor is begun exactly: silence up to the sample, or samples left out. From there on it plays
// through, and where it is then is the time that pictures follow; or, where the anchor leads, it is played at the
// anchor's rate on the clock, whatever the device's own speed is, and a trim brings it to where the anchor is. Every
// start, stop, jump and change of volume is a short ramp.
class SoundOutput {
 public:
  // By how much the speed may be off that a leading anchor is followed with: the ear notices a change of pitch from
  // about 0.5 % on; the rest is for the drift of the room's clock.
  static constexpr double kMostTrim = 0.0055;

  // `source` may be null: then nothing is ever heard, and time goes on.
  SoundOutput(std::unique_ptr<DeviceSource> source, const Clock& clock, Log& log);
  ~SoundOutput();
  SoundOutput(const SoundOutput&) = delete;
  SoundOutput& operator=(const SoundOutput&) = delete;

  // ---- writer

  // Opens a device where there is none, another where it has gone, a silent one where none is to be had (and looks
  // again from time to time). True when `sample_rate` has changed or is known for the first time: what was written is
  // worthless.
  bool keep_device();
  int sample_rate() const { return sample_rate_; }  // 0 before the first keep_device
  bool is_silent() const { return device_ && is_fallback_; }
  // Nothing is to be heard: the device goes.
  void drop_device();

  void begin_run(const SoundRun& run);
  // Takes as many frames as there is room for, and says how many.
  std::size_t write(const float* frames, std::size_t count) { return ring_.write(frames, count); }
  // The run has no more to come: that it is empty then is no underrun.
  void end_run();
  // Written and not yet taken by the device, of this run.
  std::size_t buffered_frames() const;

  // ---- shower

  void set_anchor(const SoundAnchor& anchor);
  const SoundReading& reading();

  // ---- any

  void set_volume(float volume) { volume_.store(volume, std::memory_order_relaxed); }  // 0 to 1, linear
  void set_muted(bool is_muted) { is_muted_.store(is_muted, std::memory_order_relaxed); }
  // From the moment at which a device asks to that at which it is heard; 0 before it has asked.
  std::int64_t latency_ns() const { return latency_ns_.load(std::memory_order_relaxed); }

  // ---- device

  // A device of `sample_rate` pulls from now on.
  void begin_device(int sample_rate);
  void pull(float* out, std::size_t frames, std::int64_t now_ns);

 private:
  struct Begun {
    SoundRun run;
    std::uint64_t first_frame = 0;
  };

  bool open_device();
  bool must_open(DeviceChange change) const;

  // The callback's own.
  bool is_wanted() const;
  double media_us() const;
  double wanted_us_at(double heard_ns) const;
  double late_us(double heard_ns) const;
  double step_for(double heard_ns) const;
  void move_to(std::uint64_t frame);
  std::size_t take(float* out, std::size_t frames);
  std::size_t leave(float* out, std::size_t frames);
  bool meet_anchor(double heard_ns, std::size_t frames, std::size_t& silent);
  void play(float* out, std::size_t frames);
  void set_level(float* out, std::size_t frames);
  std::uint64_t available() const { return ring_.written() - at_; }

  const std::unique_ptr<DeviceSource> source_;
  const Clock& clock_;
  Log& log_;

  // ---- writer
  std::unique_ptr<Device> device_;
  bool is_fallback_ = false;
  bool is_told_ = false;  // that there is no device
  std::int64_t opened_ns_ = 0;
  std::uint64_t devices_ = 0;
  int sample_rate_ = 0;
  std::uint64_t run_first_frame_ = 0;

  const Interpolator interpolator_;
  PcmRing ring_;
  TripleSlot<Begun> runs_;
  TripleSlot<SoundAnchor> anchors_;
  TripleSlot<SoundReading> readings_;
  std::atomic<std::uint64_t> end_frame_{UINT64_MAX};  // of a run that has ended
  std::atomic<float> volume_{1};
  std::atomic<bool> is_muted_{false};
  std::atomic<std::int64_t> latency_ns_{0};
  std::atomic<std::int64_t> pulled_ns_{0};

  // ---- device
  std::uint64_t heard_device_ = 0;  // the one that pulls, counted from 1
  DeviceClock device_clock_;
  int device_rate_ = 0;
  std::size_t ramp_frames_ = 1;
  Begun run_;
  SoundAnchor anchor_;
  std::uint64_t at_ = 0;  // the frame that is played next, and what of it has been played already
  double fraction_ = 0;
  double step_ = 1;         // frames of the run for each of the device's
  bool is_locked_ = false;  // the run plays through
  float gain_ = 0;          // of starts and stops
  float level_ = 0;         // of volume and mute
  std::uint64_t underruns_ = 0;
  std::uint64_t alignments_ = 0;
};

}  // namespace zoe::audio
