#include "player/playback/sound_fetcher.hpp"

#include <utility>

namespace zoe::player {
namespace {

Rational heading(Rational rate, Direction direction) {
  return direction == Direction::kForward ? rate.abs() : rate.abs().negated();
}

}  // namespace

bool SoundFetcher::turn() {
  SoundState& sound = core_.sound;
  if (core_.options.sound == nullptr || !core_.is_link_ready) return false;
  if (sound.stale_stream != 0) {
    const std::uint32_t stream = std::exchange(sound.stale_stream, 0);
    core_.mutex.unlock();
    link_.close_stream(stream);
    core_.mutex.lock();
    return true;
  }
  if (!core_.has_media) return false;
  if (!sound.is_asked) {
    list();
    return true;
  }
  const bool is_needed = sound.is_wanted() && sound.cue.is_set && SoundState::is_audible(sound.cue.rate);
  if (!is_needed || sound.is_opening || !core_.has_info) return false;
  if (sound.placed_cue != sound.cue.number) {
    sound.place_by_store(core_.lap_us(), core_.origin_us());
    core_.sound_wake.notify_one();
  }
  if (sound.stream == 0) {
    if (core_.clock.now_ns() < sound.open_after_ns) return false;
    open();
    return true;
  }
  if (tell_settings()) return true;
  if (sound.is_placed) return follow_plan();
  if (sound.is_requested || !sound.cursor.is_settled) return false;
  seek(std::nullopt, kUnknownWindowUs);
  return true;
}

void SoundFetcher::list() {
  core_.sound.is_asked = true;
  const std::string media = core_.media.media;
  core_.mutex.unlock();
  link_.list_sounds(media, [weak = std::weak_ptr(owner_), media](Result<std::vector<SoundTrack>> result) {
    const auto alive = weak.lock();
    if (!alive) return;
    const MutexLock answer_lock(alive->mutex);
    if (alive->has_media && alive->media.media == media && !alive->sound.is_known) alive->on_sounds(std::move(result));
  });
  core_.mutex.lock();
}

void SoundFetcher::open() {
  SoundState& sound = core_.sound;
  StreamRequest request;
  request.media = core_.media.media;
  request.rendition = "copy";
  request.track = sound.track;
  request.is_looping = sound.cue.is_looping;
  request.serial = sound.serial + 1;
  if (sound.has_info && sound.is_placed) {
    const FetchView view = sound.fetch_view(core_.options.packets_ahead_us);
    const FetchPlan plan = plan_open(view, sound.store);
    request.segment = plan.segment;
    request.rate = heading(sound.cue.rate, view.direction);
    request.credit_us = plan.credit_us;
    sound.cursor = {.direction = view.direction, .segment = plan.segment, .granted_us = plan.credit_us};
  } else {
    request.position_us = sound.place_us(core_.lap_us());
    request.rate = heading(sound.cue.rate, sound.direction());
    request.credit_us = kUnknownWindowUs;
    sound.cursor = {.direction = sound.direction(), .granted_us = request.credit_us};
    sound.is_requested = true;
  }
  sound.is_opening = true;
  core_.sound.is_rate_stale = core_.sound.is_looping_stale = false;
  sound.last_arrival_ns = core_.clock.now_ns();
  const std::uint64_t epoch = sound.stream_epoch;
  core_.mutex.unlock();
  link_.open_stream(request, [weak = std::weak_ptr(owner_), epoch](Result<StreamInfo> result) {
    const auto alive = weak.lock();
    if (!alive) return;
    const MutexLock answer_lock(alive->mutex);
    if (alive->sound.stream_epoch == epoch) {
      alive->sound.on_opened(std::move(result), alive->clock.now_ns());
      alive->wake_sound();
    } else if (result && alive->is_link_ready) {
      alive->sound.stale_stream = result->stream;
      alive->fetch_wake.notify_one();
    }
  });
  core_.mutex.lock();
}

void SoundFetcher::seek(std::optional<std::uint32_t> segment, std::int64_t credit_us) {
  SoundState& sound = core_.sound;
  SeekRequest request;
  request.stream = sound.stream;
  request.serial = ++sound.serial;
  request.segment = segment;
  request.position_us = sound.place_us(core_.lap_us());
  request.rate = heading(sound.cue.rate, sound.direction());
  request.credit_us = credit_us;
  sound.store.abandon_arriving();
  sound.cursor = {.is_open = true,
                  .is_settled = segment.has_value(),
                  .direction = sound.direction(),
                  .segment = segment.value_or(kNoSegment),
                  .granted_us = credit_us};
  sound.last_arrival_ns = core_.clock.now_ns();
  sound.is_requested = !segment;
  const std::uint64_t epoch = sound.stream_epoch;
  core_.mutex.unlock();
  link_.seek_stream(request, [weak = std::weak_ptr(owner_), epoch, serial = request.serial](Result<SeekReply> reply) {
    const auto alive = weak.lock();
    if (!alive) return;
    const MutexLock answer_lock(alive->mutex);
    if (alive->sound.stream_epoch != epoch) return;
    alive->sound.on_sought(serial, reply, alive->lap_us(), alive->clock.now_ns());
    alive->wake_sound();
  });
  core_.mutex.lock();
}

bool SoundFetcher::tell_settings() {
  if (core_.sound.is_looping_stale) {
    core_.sound.is_looping_stale = false;
    const bool is_looping = core_.media.is_looping;
    const std::uint32_t stream = core_.sound.stream;
    core_.mutex.unlock();
    link_.set_stream_looping(stream, is_looping);
    core_.mutex.lock();
    return true;
  }
  if (core_.sound.is_rate_stale) {
    core_.sound.is_rate_stale = false;
    const Rational rate = heading(core_.media.rate, core_.sound.cursor.direction);
    const std::uint32_t stream = core_.sound.stream;
    core_.mutex.unlock();
    link_.set_stream_rate(stream, rate, 0);
    core_.mutex.lock();
    return true;
  }
  return false;
}

bool SoundFetcher::follow_plan() {
  SoundState& sound = core_.sound;
  const FetchPlan plan = plan_fetch_or_recount(sound.fetch_view(core_.options.packets_ahead_us), sound.store,
                                               sound.cursor, sound.last_arrival_ns, core_.clock.now_ns());
  switch (plan.act) {
    case FetchPlan::Act::kNothing:
      return false;
    case FetchPlan::Act::kSeek:
      seek(plan.segment, plan.credit_us);
      return true;
    case FetchPlan::Act::kGrant:
      break;
  }
  sound.cursor.granted_us = plan.credit_us;
  const std::uint32_t stream = sound.stream;
  const std::uint32_t serial = sound.serial;
  core_.mutex.unlock();
  link_.grant_credit(stream, serial, plan.credit_us);
  core_.mutex.lock();
  return true;
}

}  // namespace zoe::player
