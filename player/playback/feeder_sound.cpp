// The feeder's dealings with sound.
#include <algorithm>
#include <cstdlib>

#include "engine/audio/sound_output.hpp"
#include "player/playback/feeder.hpp"

namespace zoe::player {
namespace {

// Pictures that could go on wait so long for their sound; then it joins when it is ready.
constexpr std::int64_t kMostSoundWaitNs = 400 * kNsPerMs;
// A cue that is given while time runs is for the moment at which it can be ready.
constexpr std::int64_t kCueAheadNs = 80 * kNsPerMs;
constexpr std::int64_t kAskNs = 25 * kNsPerMs;  // until the device asks next
constexpr std::int64_t kMostDelayNs = 300 * kNsPerMs;

}  // namespace

bool Feeder::has_sound() const {
  SoundState& sound = core_.sound;
  return core_.options.sound != nullptr && !core_.options.is_untimed && core_.has_media &&
         SoundState::is_audible(core_.media.rate) && (sound.is_wanted() || (!sound.is_known && !sound.is_off));
}

void Feeder::cue_sound(std::int64_t time_us) {
  if (!has_sound()) return;
  SoundCue& cue = core_.sound.cue;
  const bool is_same = !is_cue_used_ && cue.is_set && cue.rate == core_.media.rate &&
                       cue.is_looping == core_.media.is_looping && cued_track_ == core_.sound.track &&
                       std::abs(cue.time_us - time_us) <= core_.frame_us();
  if (is_same) return;
  cue = {true, cue.number + 1, time_us, core_.media.rate, core_.media.is_looping};
  cued_track_ = core_.sound.track;
  cued_ns_ = core_.clock.now_ns();
  is_cue_used_ = false;
  core_.wake_sound();
}

bool Feeder::must_wait_for_sound(std::int64_t now_ns) const {
  if (!has_sound() || !core_.may_open_device) return false;
  return core_.sound.ready_cue != core_.sound.cue.number && now_ns - cued_ns_ < kMostSoundWaitNs;
}

// What a device is given now is heard later: time begins to run then, so that no sound is lost.
std::int64_t Feeder::sound_delay_ns() const {
  if (!has_sound() || core_.sound.ready_cue != core_.sound.cue.number) return 0;
  return std::min(core_.options.sound->latency_ns() + kAskNs, kMostDelayNs);
}

void Feeder::set_sound_anchor(bool is_running, const Pacer::Anchor& anchor) {
  const double trim = core_.following ? core_.following->follower.trim(core_.clock.now_ns()) : 0;
  core_.options.sound->set_anchor({.is_running = is_running,
                                   .cue = core_.sound.cue.number,
                                   .media_us = anchor.media_us,
                                   .at_ns = anchor.at_ns,
                                   .rate = core_.media.rate.to_double() * (1 + trim),
                                   .is_leading = core_.following.has_value()});
  is_sound_running_ = is_running;
}

// In a room time does not wait for anybody's sound. But it is known when it will begin to run, and from where: by then
// the sound is ready, and the device is told.
std::optional<Pacer::Anchor> Feeder::coming_sound(std::int64_t now_ns) {
  if (!core_.following || pacer_.is_running() || core_.seek || !core_.ring.playhead() || !has_sound()) return {};
  const auto next = core_.following->follower.next(now_ns);
  if (!next || next->timeline.is_paused || next->timeline.rate != core_.media.rate) return {};
  if (std::abs(next->timeline.media_us - took_over_us()) > core_.frame_us()) return {};  // it jumps first
  cue_sound(next->timeline.media_us);
  return Pacer::Anchor{next->timeline.media_us, next->at_ns};
}

void Feeder::serve_sound() {
  if (core_.options.sound == nullptr) return;
  SoundState& sound = core_.sound;
  const std::int64_t now = core_.clock.now_ns();
  const bool is_running = pacer_.is_running() && has_sound();
  if (is_running) {
    is_cue_used_ = true;
    const bool is_stale = sound.cue.rate != core_.media.rate || sound.cue.is_looping != core_.media.is_looping ||
                          cued_track_ != sound.track;
    if (is_stale) {
      cue_sound(pacer_.position_us(now + kCueAheadNs));
      is_cue_used_ = true;
    }
  }
  const audio::SoundReading& reading = core_.options.sound->reading();
  const bool is_heard = is_running && reading.is_heard && reading.cue == sound.cue.number;
  if (is_heard && core_.following)
    pacer_.note_sound(reading.media_us, reading.at_ns);
  else if (is_heard)
    pacer_.follow_sound(reading.media_us, reading.at_ns, now);
  sound.figures.underruns = reading.underruns;
  sound.figures.alignments = reading.alignments;
  sound.figures.latency_ns = reading.latency_ns;
  sound.figures.device_speed = reading.device_speed;
  sound.figures.is_heard = is_heard;
  sound.figures.lateness_ns = is_heard ? pacer_.sound_lateness_ns() : 0;
  if (const auto coming = coming_sound(now))
    set_sound_anchor(true, *coming);
  else if (is_running || is_sound_running_)
    set_sound_anchor(is_running, pacer_.anchor());
}

}  // namespace zoe::player
