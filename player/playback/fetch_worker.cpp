#include "player/playback/fetch_worker.hpp"

#include <chrono>
#include <utility>

namespace zoe::player {
FetchWorker::FetchWorker(std::shared_ptr<PlaybackCore> core, StreamLink& link)
    : owner_(std::move(core)), core_(*owner_), link_(link), sound_(owner_, link), thread_([this] { run(); }) {}

FetchWorker::~FetchWorker() {
  {
    const MutexLock lock(core_.mutex);
    core_.fetch_wake.notify_all();
  }
  thread_.join();
}

void FetchWorker::run() {
  set_thread_name("zoe-fetch");
  const MutexLock lock(core_.mutex);
  while (!core_.is_stopping) {
    if (turn()) continue;
    core_.fetch_wake.wait_for(core_.mutex, std::chrono::nanoseconds(kQuietNs));
  }
}

// The lock of `core_` is that of the sound's fetcher, which the analysis cannot know.
bool FetchWorker::turn() ZOE_NO_THREAD_SAFETY_ANALYSIS { return turn_pictures() || sound_.turn(); }

bool FetchWorker::turn_pictures() {
  if (!core_.is_link_ready) return false;
  if (core_.stale_stream != 0) {
    const std::uint32_t stream = std::exchange(core_.stale_stream, 0);
    core_.mutex.unlock();
    link_.close_stream(stream);
    core_.mutex.lock();
    return true;
  }
  if (!core_.has_media || core_.is_opening || core_.stream_error) return false;
  if (core_.stream == 0) {
    if (core_.clock.now_ns() < core_.open_after_ns || core_.adaptation.stage() == Adaptation::Stage::kAsked)
      return false;
    if (core_.adaptation.stage() == Adaptation::Stage::kUnasked) {
      list_renditions();
      return true;
    }
    open();
    return true;
  }
  if (tell_settings()) return true;
  const bool is_seek_unplaced = core_.seek && !core_.seek->is_placed;
  if (is_seek_unplaced) {
    if (core_.seek->is_requested || !core_.cursor.is_settled) return false;
    seek(std::nullopt, kUnknownWindowUs);
    return true;
  }
  return core_.change_rung() || follow_plan();
}

void FetchWorker::list_renditions() {
  core_.adaptation.on_asked();
  const std::uint64_t epoch = core_.stream_epoch;
  const std::string media = core_.media.media;
  core_.mutex.unlock();
  link_.list_renditions(media, [weak = std::weak_ptr(owner_), epoch](Result<std::vector<RenditionOffer>> offers) {
    const auto alive = weak.lock();
    if (!alive) return;
    const MutexLock answer_lock(alive->mutex);
    if (alive->stream_epoch == epoch) alive->on_renditions(std::move(offers));
  });
  core_.mutex.lock();
}

void FetchWorker::open() {
  StreamRequest request;
  request.media = core_.media.media;
  request.rendition = core_.wire_rendition();
  request.is_looping = core_.media.is_looping;
  request.serial = core_.serial + 1;
  request.max_fps = core_.most_fps();
  const bool is_unplaced = core_.seek && !core_.seek->is_placed;
  const Rational speed = core_.media.rate.abs();
  if (core_.has_info && !is_unplaced && !core_.is_segment_refused) {
    // What is held goes on: the stream begins with the first segment that is missing.
    const FetchView view = core_.fetch_view();
    const FetchPlan plan = plan_open(view, core_.store);
    request.segment = plan.segment;
    request.rate = view.direction == Direction::kForward ? speed : speed.negated();
    request.credit_us = plan.credit_us;
    core_.cursor = {.direction = view.direction, .segment = plan.segment, .granted_us = plan.credit_us};
  } else {
    // By position a stream is opened, and a place sought, forwards: the frame of the position comes first. Whatever
    // lies before it is then asked for by its segment.
    request.position_us = core_.position_us();
    request.rate = speed;
    request.credit_us = kUnknownWindowUs;
    core_.cursor = {.granted_us = request.credit_us};
  }
  core_.is_opening = true;
  if (request.credit_us > 0) core_.adaptation.on_asked_for(core_.clock.now_ns());
  if (is_unplaced) core_.seek->is_requested = true;  // a newer one that replaces it is not
  core_.is_rate_stale = core_.is_looping_stale = false;
  core_.last_arrival_ns = core_.clock.now_ns();
  const std::uint64_t epoch = core_.stream_epoch;
  core_.mutex.unlock();
  link_.open_stream(request, [weak = std::weak_ptr(owner_), epoch](Result<StreamInfo> result) {
    const auto alive = weak.lock();
    if (!alive) return;
    const MutexLock answer_lock(alive->mutex);
    if (alive->stream_epoch == epoch) {
      alive->on_opened(std::move(result));
    } else if (result && alive->is_link_ready) {
      alive->stale_stream = result->stream;
      alive->fetch_wake.notify_one();
    }
  });
  core_.mutex.lock();
}

void FetchWorker::seek(std::optional<std::uint32_t> segment, std::int64_t credit_us) {
  const Direction heading = segment ? core_.fetch_view().direction : Direction::kForward;
  SeekRequest request;
  request.stream = core_.stream;
  request.serial = ++core_.serial;
  request.segment = segment;
  request.position_us = core_.seek ? core_.seek->target_us : 0;
  request.rate = heading == Direction::kForward ? core_.media.rate.abs() : core_.media.rate.abs().negated();
  request.credit_us = credit_us;
  core_.store.abandon_arriving();
  core_.cursor = {.is_open = true,
                  .is_settled = segment.has_value(),
                  .direction = heading,
                  .segment = segment.value_or(kNoSegment),
                  .granted_us = credit_us};
  core_.last_arrival_ns = core_.clock.now_ns();
  core_.adaptation.on_idle();
  core_.adaptation.on_asked_for(core_.last_arrival_ns);
  if (!segment) core_.seek->is_requested = true;
  ++core_.changes;
  const std::uint64_t epoch = core_.stream_epoch;
  core_.mutex.unlock();
  link_.seek_stream(request, [weak = std::weak_ptr(owner_), epoch, serial = request.serial](Result<SeekReply> reply) {
    const auto alive = weak.lock();
    if (!alive) return;
    const MutexLock answer_lock(alive->mutex);
    if (alive->stream_epoch == epoch) alive->on_sought(serial, reply);
  });
  core_.mutex.lock();
}

bool FetchWorker::tell_settings() {
  if (core_.is_looping_stale) {
    core_.is_looping_stale = false;
    const bool is_looping = core_.media.is_looping;
    const std::uint32_t stream = core_.stream;
    core_.mutex.unlock();
    link_.set_stream_looping(stream, is_looping);
    core_.mutex.lock();
    return true;
  }
  if (core_.is_rate_stale) {
    core_.is_rate_stale = false;
    // The sign is the stream's own: a change of direction is a seek.
    const Rational speed = core_.media.rate.abs();
    const Rational rate = core_.cursor.direction == Direction::kForward ? speed : speed.negated();
    const int most_fps = core_.most_fps();
    const std::uint32_t stream = core_.stream;
    core_.mutex.unlock();
    link_.set_stream_rate(stream, rate, most_fps);
    core_.mutex.lock();
    return true;
  }
  return false;
}

bool FetchWorker::follow_plan() {
  const FetchPlan plan =
      plan_fetch_or_recount(core_.fetch_view(), core_.store, core_.cursor, core_.last_arrival_ns, core_.clock.now_ns());
  core_.packets_ahead_us = plan.ahead_us;
  switch (plan.act) {
    case FetchPlan::Act::kNothing:
      return false;
    case FetchPlan::Act::kSeek:
      seek(plan.segment, plan.credit_us);
      return true;
    case FetchPlan::Act::kGrant:
      break;
  }
  core_.cursor.granted_us = plan.credit_us;
  core_.adaptation.on_asked_for(core_.clock.now_ns());
  const std::uint32_t stream = core_.stream;
  const std::uint32_t serial = core_.serial;
  core_.mutex.unlock();
  link_.grant_credit(stream, serial, plan.credit_us);
  core_.mutex.lock();
  return true;
}

}  // namespace zoe::player
