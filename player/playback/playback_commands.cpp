// What the viewer asks for. Everything here only changes the wish and the buffers' bookkeeping; the threads do the
// rest.
#include <algorithm>

#include "engine/audio/sound_output.hpp"
#include "player/playback/playback_core.hpp"

namespace zoe::player {
namespace {

constexpr int kMostRate = 16;

std::string store_key(const OpenMedia& media) { return media.media + '\n' + media.rendition; }

Direction direction_of(Rational rate) { return rate.is_negative() ? Direction::kBackward : Direction::kForward; }

}  // namespace

void PlaybackCore::open(const OpenMedia& request) {
  // Another rendition of the pictures has the same sound.
  const bool is_other = !has_media || media.media != request.media;
  forget_stream();
  drop_buffers();
  media = request;
  has_media = true;
  has_info = false;
  info = {};
  direction = direction_of(media.rate);
  pending_steps = 0;
  stream_error.reset();
  open_after_ns = 0;
  unready_answers = 0;
  is_segment_refused = false;
  note.clear();
  store.select(store_key(media));
  adaptation.begin(media.rendition, options.packets_ahead_us);
  if (is_other) sound.open();
  seek = PendingSeek{.target_us = std::clamp<std::int64_t>(media.position_us, 0, kMostMediaUs),
                     .began_ns = clock.now_ns()};
  shown_us = seek->target_us;
  is_buffering = true;
  wake_all();
}

void PlaybackCore::close() {
  forget_stream();
  drop_buffers();
  store.select({});
  sound.open();
  has_media = false;
  has_info = false;
  info = {};
  adaptation.begin({}, 0);
  seek.reset();
  pending_steps = 0;
  stream_error.reset();
  shown_us = 0;
  wake_all();
}

void PlaybackCore::play() {
  if (!has_media) return;
  const bool was_thinned = is_thinned();
  media.is_paused = false;
  pending_steps = 0;
  follow_thinning(was_thinned);
  direction = direction_of(media.rate);
  is_clock_stale = true;
  retry();
  if (is_at_end() && !must_show) {
    seek_to(direction == Direction::kForward ? 0 : kMostMediaUs);
  }
  wake_all();
}

void PlaybackCore::pause() {
  const bool was_thinned = is_thinned();
  media.is_paused = true;
  follow_thinning(was_thinned);
  is_ended = false;
  wake_all();
}

void PlaybackCore::set_rate(Rational rate) {
  if (rate.is_zero() || rate.den <= 0 || rate.abs().to_double() > kMostRate || rate == media.rate) return;
  const bool was_thinned = is_thinned();
  const bool is_turning = direction_of(rate) != direction;
  media.rate = rate;
  direction = direction_of(rate);
  is_ended = false;
  is_rate_stale = sound.is_rate_stale = true;
  (is_turning ? is_clock_stale : is_rate_changed) = true;
  follow_thinning(was_thinned);
  wake_all();
}

void PlaybackCore::seek_to(std::int64_t position_us) {
  if (!has_media) return;
  const std::int64_t most = has_info ? lap_us() - 1 : kMostMediaUs;
  const std::int64_t target = std::clamp<std::int64_t>(position_us, 0, most);
  ++counters.seeks;
  pending_steps = 0;
  is_ended = false;
  is_buffering = true;
  retry();
  if (!ring.empty()) {
    for (std::int64_t lap = ring[0].lap; lap <= ring[ring.size() - 1].lap; ++lap) {
      const auto index = ring.find(target + lap * lap_us());
      if (!index) continue;
      ring.set_playhead(*index);
      seek.reset();
      seek_began_ns = clock.now_ns();
      show_playhead(ShowKind::kSought);
      return;
    }
  }
  seek = PendingSeek{.target_us = target, .began_ns = clock.now_ns()};
  if (has_info) {
    const auto segment = store.segment_at(target, info.track.time_base, info.track.start);
    if (segment) place_seek(*segment);
  }
  wake_all();
}

void PlaybackCore::show_again() {
  const bool stands = media.is_paused || is_ended;
  if (has_media && stands && !seek && !must_show && pending_steps == 0 && ring.playhead())
    show_playhead(ShowKind::kAgain);
}

void PlaybackCore::step(int count) {
  if (!has_media || count == 0) return;
  const bool was_thinned = is_thinned();
  media.is_paused = true;
  is_ended = false;
  follow_thinning(was_thinned);
  retry();
  pending_steps = std::clamp(pending_steps + count, -300, 300);
  if (pending_steps != 0) direction = pending_steps < 0 ? Direction::kBackward : Direction::kForward;
  wake_all();
}

void PlaybackCore::set_looping(bool is_looping) {
  if (media.is_looping == is_looping) return;
  media.is_looping = is_looping;
  is_looping_stale = sound.is_looping_stale = true;
  is_ended = false;
  if (!is_looping) {
    ++decode_epoch;
    ring.drop_other_laps(garbage);
  }
  wake_all();
}

// What the ear takes for half as loud is about a tenth of the power: the cube comes near it and ends in silence.
void PlaybackCore::set_volume(float volume) {
  sound.volume = std::clamp(volume, 0.0F, 1.0F);
  if (options.sound != nullptr) options.sound->set_volume(sound.volume * sound.volume * sound.volume);
  set_muted(false);
}

void PlaybackCore::set_muted(bool is_muted) {
  sound.is_muted = is_muted;
  if (options.sound != nullptr) options.sound->set_muted(is_muted);
  ++changes;
}

void PlaybackCore::choose_sound(std::optional<int> track) {
  sound.choose(track, media.media);
  wake_all();
}

void PlaybackCore::set_rendition(const std::string& rendition) {
  if (!has_media || media.rendition == rendition) return;
  OpenMedia again = media;
  again.rendition = rendition;
  again.position_us = position_us();
  open(again);
}

}  // namespace zoe::player
