// The sound thread: turns the packets from the cue on into what the device plays.
#pragma once

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "engine/audio/sound_output.hpp"
#include "engine/audio/time_stretch.hpp"
#include "player/playback/playback_core.hpp"
#include "player/playback/sound_reader.hpp"

namespace zoe::player {

// Owns its thread, the decoder and the writer's side of the output. Wherever the cue changes it begins a new run of the
// output, and fills it a third of a second ahead; whether and when the run is heard is the feeder's business.
class SoundWorker {
 public:
  // PlaybackOptions::sound must be there.
  explicit SoundWorker(std::shared_ptr<PlaybackCore> core);
  ~SoundWorker();  // after PlaybackCore::is_stopping was set
  SoundWorker(const SoundWorker&) = delete;
  SoundWorker& operator=(const SoundWorker&) = delete;

 private:
  using Wait = std::int64_t;  // nanoseconds until there is more to do

  void run();
  Wait turn() ZOE_REQUIRES(core_.mutex);
  Wait rest() ZOE_REQUIRES(core_.mutex);
  // False when nothing can be decoded with it.
  bool has_reader() ZOE_REQUIRES(core_.mutex);
  void begin() ZOE_REQUIRES(core_.mutex);
  // The lock released meanwhile: samples from the line through the stretch into `pending_`.
  Wait produce() ZOE_REQUIRES(core_.mutex);
  void write_pending();
  void note_ready() ZOE_REQUIRES(core_.mutex);

  const std::shared_ptr<PlaybackCore> owner_;
  PlaybackCore& core_;
  audio::SoundOutput& output_;

  std::unique_ptr<SoundReader> reader_;
  std::unique_ptr<audio::TimeStretch> stretch_;
  std::uint64_t info_epoch_ = 0;
  int sample_rate_ = 0;
  std::uint64_t cue_ = 0;  // of the run; 0: none
  std::uint64_t placings_ = 0;
  bool is_stretched_ = false;
  bool is_over_ = false;  // all of the run has been written
  std::vector<float> piece_;
  std::vector<float> pending_;
  std::size_t written_ = 0;  // samples of it
  std::jthread thread_;
};

}  // namespace zoe::player
