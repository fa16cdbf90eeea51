#include "player/playback/sound_worker.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/media/track.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kAheadMs = 350;  // written ahead of the device
constexpr std::int64_t kReadyMs = 100;  // enough to begin
constexpr std::int64_t kPieceFrames = 2048;
constexpr std::int64_t kRefillNs = 40 * kNsPerMs;
constexpr std::int64_t kRestNs = 500 * kNsPerMs;  // how often the device is looked at

}  // namespace

SoundWorker::SoundWorker(std::shared_ptr<PlaybackCore> core)
    : owner_(std::move(core)), core_(*owner_), output_(*core_.options.sound), thread_([this] { run(); }) {}

SoundWorker::~SoundWorker() {
  {
    const MutexLock lock(core_.mutex);
    core_.sound_wake.notify_all();
  }
  thread_.join();
  output_.drop_device();
}

void SoundWorker::run() {
  set_thread_name("zoe-sound");
  const MutexLock lock(core_.mutex);
  while (!core_.is_stopping) {
    const Wait wait = turn();
    if (wait > 0) core_.sound_wake.wait_for(core_.mutex, std::chrono::nanoseconds(wait));
  }
}

// No sound is wanted: the device goes with the media.
SoundWorker::Wait SoundWorker::rest() {
  cue_ = 0;
  core_.sound.figures.buffered_us = 0;
  if (core_.has_media || sample_rate_ == 0) return kRestNs;
  sample_rate_ = 0;
  reader_.reset();
  core_.mutex.unlock();
  output_.drop_device();
  core_.mutex.lock();
  return kRestNs;
}

SoundWorker::Wait SoundWorker::turn() {
  SoundState& sound = core_.sound;
  const bool is_needed = core_.has_media && sound.is_wanted() && sound.cue.is_set &&
                         SoundState::is_audible(sound.cue.rate) && core_.may_open_device;
  if (!is_needed) return rest();
  core_.mutex.unlock();
  output_.keep_device();
  core_.mutex.lock();
  sound.figures.has_device = !output_.is_silent();
  const bool is_still_needed =
      core_.has_media && sound.is_wanted() && sound.has_info && sound.is_placed && sound.placed_cue == sound.cue.number;
  if (!is_still_needed) return kRestNs;
  if (!has_reader()) return 0;
  if (cue_ != sound.cue.number || placings_ != sound.placings) begin();
  return produce();
}

bool SoundWorker::has_reader() {
  SoundState& sound = core_.sound;
  if (reader_ && info_epoch_ == sound.info_epoch && sample_rate_ == output_.sample_rate()) return true;
  cue_ = 0;
  info_epoch_ = sound.info_epoch;
  sample_rate_ = output_.sample_rate();
  const media::TrackInfo track = sound.info.track;
  const SoundReader::Setting setting{.time_base = track.time_base,
                                     .origin_us = core_.origin_us(),
                                     .start_pts = track.start,
                                     .lap_us = core_.lap_us(),
                                     .segments = sound.info.segments};
  core_.mutex.unlock();
  reader_.reset();
  stretch_ = std::make_unique<audio::TimeStretch>(sample_rate_, audio::kChannels);
  auto decoder = media::SoundDecoder::create(track, sample_rate_, audio::kChannels);
  if (decoder) reader_ = std::make_unique<SoundReader>(std::move(*decoder), setting);
  core_.mutex.lock();
  if (!decoder && info_epoch_ == sound.info_epoch) {
    core_.log.warning("player", "this sound cannot be played: {}", decoder.error().message);
    sound.error = std::move(decoder.error());
    core_.wake_all();
  }
  return false;  // everything may have changed
}

void SoundWorker::begin() {
  SoundState& sound = core_.sound;
  cue_ = sound.cue.number;
  placings_ = sound.placings;
  reader_->start(sound.cue.time_us, sound.direction(), sound.edge, sound.cue.is_looping);
  const double rate = sound.cue.rate.to_double();
  is_stretched_ = sound.cue.rate.abs() != Rational{1, 1};
  double offset_us = 0;
  if (is_stretched_) {
    stretch_->start(std::abs(rate));
    offset_us = stretch_->offset_s() * (rate < 0 ? -1e6 : 1e6);
  }
  pending_.clear();
  written_ = 0;
  is_over_ = false;
  output_.begin_run({.cue = cue_,
                     .start_us = sound.cue.time_us + static_cast<std::int64_t>(offset_us),
                     .rate = rate,
                     .sample_rate = sample_rate_});
}

void SoundWorker::write_pending() {
  const std::size_t left = (pending_.size() - written_) / audio::kChannels;
  written_ += output_.write(pending_.data() + written_, left) * audio::kChannels;
  if (written_ < pending_.size()) return;
  pending_.clear();
  written_ = 0;
}

SoundWorker::Wait SoundWorker::produce() {
  SoundState& sound = core_.sound;
  write_pending();
  const auto buffered = static_cast<std::int64_t>(output_.buffered_frames());
  sound.figures.buffered_us = buffered * 1'000'000 / sample_rate_;
  note_ready();
  if (is_over_ && pending_.empty()) {
    output_.end_run();
    return kRestNs;
  }
  if (!pending_.empty() || buffered >= sample_rate_ * kAheadMs / 1000) return kRefillNs;

  SoundReader::Look look = SoundReader::Look::kReady;
  const bool has_more = reader_->line().has_more();
  if (!has_more) {
    look = reader_->look(sound.store);
    if (look == SoundReader::Look::kWaiting) return kRestNs;  // on_media wakes
    if (sound.edge != reader_->edge()) {
      sound.edge = reader_->edge();
      core_.fetch_wake.notify_one();
    }
  }
  core_.mutex.unlock();
  Status is_read;
  if (has_more) {
    piece_.clear();
    const std::int64_t frames = reader_->line().take(kPieceFrames, piece_);
    if (is_stretched_) {
      stretch_->process(piece_.data(), static_cast<std::size_t>(frames), pending_);
    } else {
      pending_.swap(piece_);
    }
  } else if (look == SoundReader::Look::kReady) {
    is_read = reader_->read();
  } else {
    if (is_stretched_) stretch_->finish(pending_);
    is_over_ = true;
  }
  write_pending();
  core_.mutex.lock();
  if (!is_read) {
    core_.log.error("player", "{}", is_read.error().message);
    sound.error = std::move(is_read.error());
    core_.wake_all();
  }
  return 0;
}

void SoundWorker::note_ready() {
  SoundState& sound = core_.sound;
  const auto buffered = static_cast<std::int64_t>(output_.buffered_frames());
  if (sound.ready_cue == cue_ || (!is_over_ && buffered < sample_rate_ * kReadyMs / 1000)) return;
  sound.ready_cue = cue_;
  core_.feed_wake.notify_one();
}

}  // namespace zoe::player
