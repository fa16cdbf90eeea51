#include "player/playback/decode_worker.hpp"

#include <algorithm>
#include <utility>

#include "engine/media/track.hpp"
#include "player/playback/thread_priority.hpp"

namespace zoe::player {
namespace {

// Frames before the one that is sought that are kept in the ring: for steps back while the way there is decoded.
constexpr std::size_t kKeptBeforeSeek = 16;

// Frame threads: two cores decode 1080p H.264 at twice the speed of one; more than four only add delay and memory.
int decoder_threads(const PlaybackOptions& options) {
  if (options.decoder_threads > 0) return options.decoder_threads;
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 4U));
}

}  // namespace

DecodeWorker::DecodeWorker(std::shared_ptr<PlaybackCore> core)
    : owner_(std::move(core)), core_(*owner_), thread_([this] { run(); }) {}

DecodeWorker::~DecodeWorker() {
  {
    const MutexLock lock(core_.mutex);
    core_.decode_wake.notify_all();
  }
  thread_.join();
}

void DecodeWorker::run() {
  set_thread_name("zoe-decode");
  lower_thread_priority();
  FrameRing::Garbage garbage;
  const MutexLock lock(core_.mutex);
  while (!core_.is_stopping) {
    const bool is_busy = turn();
    if (!core_.garbage.empty()) {
      garbage.swap(core_.garbage);
      core_.mutex.unlock();
      garbage.clear();
      core_.mutex.lock();
      continue;  // something may have changed meanwhile
    }
    if (!is_busy) core_.decode_wake.wait(core_.mutex);
  }
}

bool DecodeWorker::turn() {
  if (!core_.has_info || core_.decode_error) {
    end_session();
    drop_pass();
    return false;
  }
  if (decoder_epoch_ != core_.decoder_epoch || !decoder_ || wanted_track_) return renew_decoder();
  if (pass_ && (session_epoch_ != core_.decode_epoch || core_.direction == Direction::kForward)) drop_pass();
  if (core_.seek) return core_.seek->is_placed && turn_forward();
  return core_.direction == Direction::kForward ? turn_forward() : turn_backward();
}

bool DecodeWorker::renew_decoder() {
  end_session();
  drop_pass();
  const std::uint64_t epoch = core_.decoder_epoch;
  track_ = wanted_track_ && decoder_epoch_ == epoch ? wanted_track_ : core_.shared_track;
  wanted_track_.reset();
  core_.mutex.unlock();
  decoder_.reset();
  auto decoder = media::Decoder::create(*track_, {.threads = decoder_threads(core_.options)});
  core_.mutex.lock();
  decoder_epoch_ = epoch;
  if (decoder) {
    decoder_ = std::move(*decoder);
  } else if (core_.decoder_epoch == epoch) {
    give_up(std::move(decoder.error()));
  }
  return true;
}

bool DecodeWorker::is_decoder_for(const PacketSegment& segment) const {
  if (!segment.track || segment.track == track_) return true;
  const media::TrackInfo& a = *segment.track;
  const media::TrackInfo& b = *track_;
  return a.codec == b.codec && a.width == b.width && a.height == b.height && a.extradata == b.extradata;
}

bool DecodeWorker::turn_forward() {
  const RingEdge edge = core_.ring.edge(Direction::kForward);
  const auto place = resolve_edge(edge, core_.info.segments, core_.media.is_looping);
  if (!place) return false;
  if (!core_.ring.make_room(Direction::kForward, 1, core_.frame_bytes, core_.garbage)) return false;
  if (session_for(*place, edge, Direction::kForward) == nullptr) return wanted_track_ != nullptr;
  hurry_to_seek();
  media::FramePtr frame;
  const auto step = step_session(frame);
  if (!step) return true;
  if (*step == DecodeSession::Step::kMore) return true;
  if (*step == DecodeSession::Step::kOnTheWay) {
    if (core_.seek) core_.offer_preview(frame);
    core_.garbage.push_back(std::move(frame));
    return true;
  }
  if (*step == DecodeSession::Step::kFrame) {
    push_forward(std::move(frame), *place);
    return true;
  }
  if (has_hurried_past()) return true;
  core_.ring.move_edge(Direction::kForward, {place->lap, place->segment, core_.ring.edge(Direction::kForward).pts});
  core_.ring.close_back(place->lap, place->segment);
  core_.settle_seek(session_->segment(), true);
  end_session();
  core_.wake_all();
  return true;
}

// What lies before the frame that is sought is needed for stepping back alone, and then the way back is decoded anyway.
void DecodeWorker::hurry_to_seek() {
  if (!core_.seek || !core_.seek->is_placed || session_->is_hurrying() || !may_hurry()) return;
  const media::TrackInfo& track = core_.info.track;
  // The last frame that is not beyond the target is the last before this.
  const std::int64_t end = track.start + media::us_to_ticks(core_.seek->target_us + 1, track.time_base);
  const std::int64_t place = hurry_place(session_->segment(), end, kKeptBeforeSeek);
  if (place == media::kNoTimestamp || (session_->has_begun() && session_->last_pts() >= place)) return;
  session_->hurry_to(place);
  core_.ring.reset(0, session_->segment_index(), core_.garbage);  // what came until now, or there would be a gap
}

void DecodeWorker::push_forward(media::FramePtr frame, const EdgePlace& place) {
  const RingEdge edge = core_.ring.edge(Direction::kForward);
  const bool is_whole = edge.segment != place.segment || edge.pts == RingEdge::kWholeSegment;
  if (!is_whole && frame->pts() <= edge.pts) return;
  core_.ring.push_back(describe(std::move(frame), place.lap));
  core_.settle_seek(session_->segment(), false);
  ++core_.changes;
  core_.feed_wake.notify_one();
}

bool DecodeWorker::turn_backward() {
  const RingEdge edge = core_.ring.edge(Direction::kBackward);
  const auto place = resolve_edge(edge, core_.info.segments, core_.media.is_looping);
  if (!place || !core_.ring.playhead()) return false;
  if (pass_ && pass_->edge != edge) drop_pass();
  if (!pass_) {
    const PacketSegment* segment = core_.store.peek(place->segment);
    std::size_t chunk = core_.ring.reverse_chunk(core_.frame_bytes);
    if (segment != nullptr && segment->is_finished) chunk = std::min<std::size_t>(chunk, segment->shown_packets);
    chunk = std::max<std::size_t>(chunk, 1);
    if (!core_.ring.make_room(Direction::kBackward, chunk, core_.frame_bytes, core_.garbage)) return false;
    end_session();  // a pass begins at the key frame
    pass_.emplace(ReversePass{.edge = edge, .chunk = chunk});
  }
  if (session_for(*place, edge, Direction::kBackward) == nullptr) return wanted_track_ != nullptr;
  if (!session_->is_hurrying() && !session_->has_begun()) hurry_to_pass(edge);
  media::FramePtr frame;
  const auto step = step_session(frame);
  if (!step || *step == DecodeSession::Step::kMore) return true;
  if (*step == DecodeSession::Step::kOnTheWay) {
    core_.garbage.push_back(std::move(frame));
    return true;
  }
  const bool is_whole = edge.segment != place->segment || edge.pts == RingEdge::kWholeSegment;
  if (*step == DecodeSession::Step::kFrame && (is_whole || frame->pts() < edge.pts)) {
    stage(describe(std::move(frame), place->lap));
    return true;
  }
  if (has_hurried_past()) return true;
  finish_pass(*place);
  return true;
}

// To the frames that the pass keeps.
void DecodeWorker::hurry_to_pass(const RingEdge& edge) {
  if (!may_hurry()) return;
  const bool is_whole = edge.segment != session_->segment_index() || edge.pts == RingEdge::kWholeSegment;
  const std::int64_t place = hurry_place(session_->segment(), is_whole ? INT64_MAX : edge.pts, pass_->chunk);
  if (place == media::kNoTimestamp) return;
  session_->hurry_to(place);
  pass_->is_cut = true;
}

bool DecodeWorker::may_hurry() const { return !is_session_thinned_ && slow_epoch_ != session_epoch_; }

// What was hurried to is damaged: what lies before is better than nothing. True: all of it comes again.
bool DecodeWorker::has_hurried_past() {
  const bool has_come = pass_ ? !pass_->staged.empty() : session_->has_begun();
  if (!session_->is_hurrying() || has_come) return false;
  slow_epoch_ = session_epoch_;
  if (pass_) {
    drop_pass();
  } else {
    end_session();
  }
  return true;
}

void DecodeWorker::stage(RingFrame frame) {
  pass_->staged.push_back(std::move(frame));
  if (pass_->staged.size() > pass_->chunk) {
    core_.garbage.push_back(std::move(pass_->staged.front().frame));
    pass_->staged.pop_front();
    pass_->is_cut = true;
  }
  core_.staged_frames = pass_->staged.size();
}

void DecodeWorker::finish_pass(const EdgePlace& place) {
  core_.ring.move_edge(Direction::kBackward, {place.lap, place.segment, core_.ring.edge(Direction::kBackward).pts});
  for (auto frame = pass_->staged.rbegin(); frame != pass_->staged.rend(); ++frame) {
    core_.ring.push_front(std::move(*frame));
  }
  if (!pass_->is_cut) core_.ring.close_front(place.lap, place.segment);
  pass_.reset();
  core_.staged_frames = 0;
  end_session();
  core_.wake_all();
}

void DecodeWorker::drop_pass() {
  if (!pass_) return;
  for (RingFrame& frame : pass_->staged) core_.garbage.push_back(std::move(frame.frame));
  pass_.reset();
  core_.staged_frames = 0;
  end_session();
}

DecodeSession* DecodeWorker::session_for(const EdgePlace& place, const RingEdge& edge, Direction direction) {
  const bool is_whole = edge.segment != place.segment || edge.pts == RingEdge::kWholeSegment;
  const bool is_thinned = core_.is_thinned() && !core_.seek;
  if (session_) {
    const bool is_in_time =
        direction == Direction::kBackward || !session_->has_begun() || (!is_whole && session_->last_pts() <= edge.pts);
    const bool is_right = session_epoch_ == core_.decode_epoch && session_->segment_index() == place.segment &&
                          is_session_thinned_ == is_thinned && is_in_time;
    if (!is_right) end_session();
  }
  if (!session_) {
    // Forwards a part will do that reaches back to the edge, or, for a seek, begins with the frame that was sought.
    const bool is_sought = core_.seek && core_.ring.empty();
    const std::int64_t from = is_sought ? INT64_MAX : edge.pts;
    const bool is_part_enough = direction == Direction::kForward && (is_sought || !is_whole);
    const PacketSegment* held = core_.store.peek(place.segment);
    const bool is_spent = held != nullptr && held == spent_.get() && spent_epoch_ == core_.decode_epoch;
    const bool is_fit =
        held != nullptr && !is_spent && (core_.need() == Need::kSubset || !held->is_subset) &&
        (held->is_from_start || (is_part_enough && core_.store.holds_from(place.segment, from, core_.need())));
    if (!is_fit) return nullptr;
    if (!is_decoder_for(*held)) {
      wanted_track_ = held->track;
      return nullptr;
    }
    session_.emplace(*decoder_, core_.store.find(place.segment),
                     is_thinned ? media::DecodeSkip::kNonReference : media::DecodeSkip::kNone);
    is_session_thinned_ = is_thinned;
    session_epoch_ = core_.decode_epoch;
    spent_ns_ = 0;
  }
  switch (session_->look()) {
    case DecodeSession::Look::kReady:
      return &*session_;
    case DecodeSession::Look::kWaiting:
      return nullptr;
    case DecodeSession::Look::kGone:
      break;
  }
  if (core_.store.peek(place.segment) == &session_->segment()) {
    spent_ = core_.store.find(place.segment);
    spent_epoch_ = session_epoch_;
  }
  if (pass_) {
    drop_pass();
    return nullptr;
  }
  end_session();
  const PacketSegment* other = core_.store.peek(place.segment);
  return other != nullptr && (other->is_finished || !other->is_abandoned) ? session_for(place, edge, direction)
                                                                          : nullptr;
}

std::optional<DecodeSession::Step> DecodeWorker::step_session(media::FramePtr& frame) {
  const std::uint64_t errors_before = decoder_->errors();
  core_.mutex.unlock();
  const std::int64_t began = core_.clock.now_ns();
  Result<DecodeSession::Step> step = session_->step(frame);
  spent_ns_ += core_.clock.now_ns() - began;
  core_.mutex.lock();
  core_.counters.damaged += decoder_->errors() - errors_before;
  if (!step) {
    give_up(std::move(step.error()));
    return std::nullopt;
  }
  if (*step == DecodeSession::Step::kFrame || *step == DecodeSession::Step::kOnTheWay) {
    if (core_.counters.decoded++ == 0) core_.first.decoded_ns = core_.clock.now_ns();
    frame_ms_ = static_cast<float>(spent_ns_) / static_cast<float>(kNsPerMs);
    const double spent = static_cast<double>(spent_ns_);
    double& average = core_.decode_ns_per_frame;
    average = average == 0 ? spent : average + (spent - average) / 32;
    spent_ns_ = 0;
    core_.frame_bytes = std::max<std::size_t>(frame->size_bytes(), 1);
  }
  if (session_epoch_ != core_.decode_epoch || core_.is_stopping) {
    if (frame) core_.garbage.push_back(std::move(frame));
    return std::nullopt;
  }
  return *step;
}

RingFrame DecodeWorker::describe(media::FramePtr frame, std::int64_t lap) {
  const media::TrackInfo& track = core_.info.track;
  RingFrame result;
  result.lap = lap;
  result.segment = session_->segment_index();
  result.ordinal = session_->last_ordinal();
  result.pts = frame->pts();
  result.media_us = bounded_us(media::ticks_to_us(frame->pts() - track.start, track.time_base));
  result.time_us = result.media_us + lap * core_.lap_us();
  result.duration_us =
      bounded_us(frame->duration() > 0 ? media::ticks_to_us(frame->duration(), track.time_base) : core_.frame_us());
  result.bytes = frame->size_bytes();
  result.is_key = frame->is_key();
  result.is_thinned = is_session_thinned_ || session_->segment().is_subset;
  result.is_first_of_segment = result.ordinal == 0 && session_->segment().is_from_start && !result.is_thinned;
  result.decode_ms = frame_ms_;
  result.decoded_ns = core_.clock.now_ns();
  result.frame = std::move(frame);
  result.track = track_;
  return result;
}

void DecodeWorker::end_session() { session_.reset(); }

void DecodeWorker::give_up(Error error) {
  core_.log.error("player", "{}", error.message);
  core_.decode_error = std::move(error);
  end_session();
  core_.wake_all();
}

}  // namespace zoe::player
