#include "player/playback/feeder.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace zoe::player {
namespace {

// A seek whose exact frame takes longer shows its key frame meanwhile; a shorter one would only flicker.
constexpr std::int64_t kPreviewAfterNs = 60 * kNsPerMs;
constexpr std::int64_t kMostUnseenNs = 500 * kNsPerMs;
constexpr std::int64_t kLookAgainNs = 2 * kNsPerMs;
constexpr std::int64_t kSnapshotEveryNs = 15 * kNsPerMs;

// Gathered before the clock starts: after a start or a seek enough to ride over the decoder's next segment, after a
// stall more, and twice as much after each further one.
constexpr double kStartSeconds = 0.1;
constexpr double kStallSeconds = 0.5;
constexpr double kMostStallSeconds = 2.0;
constexpr std::size_t kLeastStart = 2;

std::string_view to_string(ShowKind kind) {
  switch (kind) {
    case ShowKind::kPlayed:
      return "played";
    case ShowKind::kSought:
      return "sought";
    case ShowKind::kStepped:
      return "stepped";
    case ShowKind::kPreview:
      return "preview";
    case ShowKind::kAgain:
      return "again";
  }
  return "?";
}

float to_ms(std::int64_t ns) { return static_cast<float>(ns) / static_cast<float>(kNsPerMs); }

}  // namespace

Feeder::Feeder(std::shared_ptr<PlaybackCore> core, StreamLink& link, FrameSink& sink)
    : owner_(std::move(core)), core_(*owner_), link_(link), sink_(sink) {
  sink_.set_wake_writer([this] { wake_from_reader(); });
  thread_ = std::jthread([this] { run(); });
}

Feeder::~Feeder() {
  {
    const MutexLock lock(core_.mutex);
    core_.feed_wake.notify_all();
  }
  thread_.join();
  sink_.set_wake_writer(nullptr);
}

PlaybackSnapshot& Feeder::snapshot() {
  snapshots_.acquire();
  return snapshots_.front();
}

void Feeder::on_presented(const render::FrameTag& tag, std::int64_t now_ns) {
  presented_.push({tag.number, now_ns});
  if (core_.options.is_untimed) wake_from_reader();
}

// Takes the lock only while the feeder waits for the reader, so never in the steady state of timed playing.
void Feeder::wake_from_reader() {
  reader_wakes_.fetch_add(1);
  if (!is_waiting_for_reader_.load() && !core_.options.is_untimed) return;
  const MutexLock lock(core_.mutex);
  core_.feed_wake.notify_one();
}

void Feeder::run() {
  set_thread_name("zoe-feed");
  const MutexLock lock(core_.mutex);
  while (!core_.is_stopping) {
    take_presented();
    const Wait until_turn = turn();
    serve_sound();
    const Wait wait = publish(until_turn);
    if (wait > 0) core_.feed_wake.wait_for(core_.mutex, std::chrono::nanoseconds(wait));
  }
  take_presented();
  if (core_.options.trace != nullptr) core_.options.trace->flush();
}

Feeder::Wait Feeder::turn() {
  pacer_.vsync().set_period_ns(core_.refresh_period_ns);
  if (!core_.following) return feed();
  const Wait until_change = core_.follow_turn(core_.clock.now_ns());
  const Wait wait = feed();
  if (core_.following) look_at_buffer();
  return std::min(wait, until_change);
}

// A room's members wait for who cannot go on.
void Feeder::look_at_buffer() {
  Following& room = *core_.following;
  const bool has_frame = core_.ring.playhead().has_value() && !core_.seek;
  const bool is_dry = !room.is_preparing && (!has_frame || (core_.is_buffering && !core_.is_at_end() && !has_enough()));
  if (std::exchange(room.is_buffering, is_dry) != is_dry) ++core_.changes;
}

Feeder::Wait Feeder::feed() {
  if (core_.must_show && core_.ring.playhead()) {
    const Wait held = core_.held_ns(core_.clock.now_ns(), pacer_.lead_ns());
    return held > 0 ? std::min(held, kUntilWoken) : show_playhead();
  }
  if (core_.seek) {
    pacer_.stop();
    stall_patience_s_ = 0;
    if (!core_.media.is_paused) cue_sound(core_.seek->target_us);
    return show_preview();
  }
  if (core_.pending_steps != 0) return take_steps();
  const bool is_playing = core_.has_media && !core_.media.is_paused && !core_.is_ended && core_.ring.playhead();
  if (!is_playing) {
    pacer_.stop();
    return kUntilWoken;
  }
  return core_.options.is_untimed ? play_untimed() : play();
}

Feeder::Wait Feeder::show_playhead() {
  core_.must_show = false;
  const Handed handed = hand_over(*core_.ring.shown(), core_.show_kind, 0);
  if (handed != Handed::kTaken) return show_again(handed);
  core_.seek_began_ns = 0;
  return kAtOnce;
}

Feeder::Wait Feeder::show_again(Handed handed) {
  core_.must_show = core_.ring.playhead().has_value();
  return handed == Handed::kAskAgain ? kAtOnce : kUntilWoken;
}

Feeder::Wait Feeder::show_preview() {
  PendingSeek& seek = *core_.seek;
  if (!seek.preview || seek.is_preview_shown || core_.options.is_untimed) return kUntilWoken;
  if (core_.following) return kUntilWoken;  // nobody in the room sees what the others do not
  const std::int64_t wait = seek.preview_since_ns + kPreviewAfterNs - core_.clock.now_ns();
  if (wait > 0) return wait;
  RingFrame frame;
  frame.frame = seek.preview;
  frame.media_us = seek.preview_us;
  frame.pts = seek.preview->pts();
  seek.is_preview_shown = true;
  const Handed handed = hand_over(frame, ShowKind::kPreview, 0);
  if (handed != Handed::kTaken && core_.seek) core_.seek->is_preview_shown = false;
  return handed == Handed::kWait ? kUntilWoken : kAtOnce;
}

Feeder::Wait Feeder::take_steps() {
  if (!core_.ring.playhead()) return kUntilWoken;
  const int sign = core_.pending_steps < 0 ? -1 : 1;
  const Direction direction = sign < 0 ? Direction::kBackward : Direction::kForward;
  pacer_.stop();
  bool has_moved = false;
  while (core_.pending_steps != 0 && core_.ring.next(direction) != nullptr) {
    core_.ring.advance(direction);
    core_.pending_steps -= sign;
    has_moved = true;
  }
  if (core_.pending_steps != 0 && core_.is_at_end()) core_.pending_steps = 0;
  if (!has_moved) return kUntilWoken;
  core_.show_playhead(ShowKind::kStepped);
  return kAtOnce;
}

// Time begins to run when the frame that it begins with is on the screen; where nothing is drawn (a hidden window),
// soon after it should have been.
bool Feeder::may_start(std::int64_t now_ns) const {
  if (core_.is_clock_held) return false;
  return on_their_way_.empty() || now_ns - on_their_way_.back().handed_over_ns > kMostUnseenNs;
}

bool Feeder::has_enough() const {
  const std::size_t ahead = core_.ring.ahead(core_.direction);
  if (ahead == 0) return false;
  if (core_.options.is_untimed) return true;
  if (!resolve_edge(core_.ring.edge(core_.direction), core_.info.segments, core_.media.is_looping)) return true;
  const double seconds = stall_patience_s_ > 0 ? stall_patience_s_ : kStartSeconds;
  const double frames = seconds * 1e6 / static_cast<double>(core_.frame_us()) * core_.media.rate.abs().to_double();
  const std::size_t most = std::max<std::size_t>(1, core_.ring.reverse_chunk(core_.frame_bytes) / 2);
  const auto wanted = std::max(static_cast<std::size_t>(std::llround(frames)), kLeastStart);
  return ahead >= std::min(wanted, most);
}

// When the frame on the screen took it over, in the direction of play.
std::int64_t Feeder::took_over_us() const {
  const RingFrame& shown = *core_.ring.shown();
  if (core_.direction == Direction::kForward) return shown.time_us;
  const RingFrame* later = core_.ring.next(Direction::kForward);
  return later != nullptr ? later->time_us : shown.time_us + shown.duration_us;
}

void Feeder::start_clock(std::int64_t now_ns) {
  const bool was_running = pacer_.is_running() && !core_.is_clock_stale;
  if (!core_.following || !was_running) cue_sound(took_over_us());
  if (core_.following)
    pacer_.follow(core_.following->follower.position_us(now_ns), now_ns, core_.media.rate);
  else
    pacer_.start(took_over_us(), core_.media.rate, now_ns + sound_delay_ns());
  core_.is_clock_stale = core_.is_rate_changed = false;
}

// The ring has no frame to follow.
Feeder::Wait Feeder::run_dry() {
  if (core_.is_at_end()) {
    core_.is_ended = true;
    pacer_.stop();
    ++core_.changes;
    return kAtOnce;
  }
  if (core_.is_buffering) return kUntilWoken;
  if (pacer_.is_running()) {
    const RingFrame& shown = *core_.ring.shown();
    const bool is_forward = core_.direction == Direction::kForward;
    const std::int64_t due = pacer_.due_ns(is_forward ? shown.time_us + shown.duration_us : shown.time_us);
    const std::int64_t wait = due - pacer_.lead_ns() - core_.clock.now_ns();
    if (wait > 0) return wait;
    ++core_.counters.stalls;
    stall_patience_s_ = stall_patience_s_ == 0 ? kStallSeconds : std::min(stall_patience_s_ * 2, kMostStallSeconds);
  }
  core_.is_buffering = true;
  ++core_.changes;
  pacer_.stop();
  return kAtOnce;
}

Feeder::Wait Feeder::play() {
  const RingFrame* next = core_.ring.next(core_.direction);
  if (next == nullptr) return run_dry();
  const std::int64_t now = core_.clock.now_ns();
  if (!pacer_.is_running() && !core_.following) {
    cue_sound(took_over_us());
    if (!may_start(now) || must_wait_for_sound(now)) return kLookAgainNs;
  }
  if (core_.is_buffering) {
    if (!has_enough()) return kUntilWoken;
    core_.is_buffering = false;
    core_.is_clock_stale = true;
    ++core_.changes;
  }
  if (core_.is_clock_stale || !pacer_.is_running() || core_.following) start_clock(now);
  if (core_.is_rate_changed) {
    pacer_.set_rate(core_.media.rate, now);
    core_.is_rate_changed = false;
  }
  return show_next(now);
}

// The playhead moves only when a frame is shown: what is left out on the way is passed over in the same step, so that a
// pause or a turn begins with the frame that is seen.
Feeder::Wait Feeder::show_next(std::int64_t now) {
  const bool is_forward = core_.direction == Direction::kForward;
  const RingFrame* before = core_.ring.shown();
  std::size_t distance = 1;
  std::uint64_t skipped = 0;
  std::uint64_t dropped = 0;
  for (;; ++distance) {
    const RingFrame* next = core_.ring.next(core_.direction, distance);
    const RingFrame* after = core_.ring.next(core_.direction, distance + 1);
    std::optional<std::int64_t> after_us;
    if (after != nullptr) after_us = is_forward ? after->time_us : next->time_us;
    const PacerDecision decision = pacer_.decide(now, is_forward ? next->time_us : before->time_us, after_us);
    if (decision.act == PacerDecision::Act::kHold) return std::max<std::int64_t>(1, decision.at_ns - now);
    before = next;
    skipped += decision.act == PacerDecision::Act::kSkip ? 1 : 0;
    dropped += decision.act == PacerDecision::Act::kDrop ? 1 : 0;
    if (decision.act != PacerDecision::Act::kShow) continue;
    core_.counters.skipped += skipped;
    core_.counters.dropped += dropped;
    for (std::size_t i = 0; i < distance; ++i) core_.ring.advance(core_.direction);
    core_.decode_wake.notify_one();
    const Handed handed = hand_over(*core_.ring.shown(), ShowKind::kPlayed, decision.deadline_ns);
    if (handed == Handed::kTaken) return kAtOnce;
    core_.show_kind = ShowKind::kPlayed;
    return show_again(handed);
  }
}

Feeder::Wait Feeder::play_untimed() {
  if (core_.ring.next(core_.direction) == nullptr) return run_dry();
  core_.is_buffering = false;
  core_.ring.advance(core_.direction);
  core_.must_show = true;
  core_.show_kind = ShowKind::kPlayed;
  core_.decode_wake.notify_one();
  return kAtOnce;
}

Feeder::Handed Feeder::hand_over(const RingFrame& frame, ShowKind kind, std::int64_t deadline_ns) {
  const media::FramePtr picture = frame.frame;
  const media::TrackInfo& track = frame.track ? *frame.track : core_.info.track;
  const render::Presentation presentation{track.sample_aspect_ratio, track.rotation_degrees};
  OnItsWay entry{.number = next_number_, .kind = kind, .deadline_ns = deadline_ns};
  entry.seek_began_ns = kind == ShowKind::kSought ? core_.seek_began_ns : 0;
  entry.shown = {.time_us = frame.media_us,
                 .decoded_ns = frame.decoded_ns,
                 .deadline_ns = deadline_ns,
                 .number = next_number_,
                 .serial = core_.serial,
                 .segment = frame.segment,
                 .ordinal = frame.ordinal,
                 .decode_ms = frame.decode_ms};
  entry.trace = {.pts = frame.pts,
                 .pts_us = frame.media_us,
                 .segment = frame.segment,
                 .ordinal = frame.ordinal,
                 .direction = static_cast<int>(core_.direction),
                 .kind = to_string(kind)};
  render::FrameTag tag{.pts = frame.pts,
                       .pts_us = frame.media_us,
                       .segment = frame.segment,
                       .ordinal = frame.ordinal,
                       .serial = core_.serial,
                       .number = next_number_,
                       .deadline_ns = deadline_ns};
  const auto policy = core_.options.is_untimed ? render::WritePolicy::kKeepUnread : render::WritePolicy::kReplaceUnread;
  if (kind != ShowKind::kPreview) core_.shown_us = frame.media_us;

  core_.mutex.unlock();
  if (core_.options.trace != nullptr) entry.trace.hash = tag.hash = hash_of(picture);
  const std::uint32_t wakes_before = reader_wakes_.load();
  is_waiting_for_reader_.store(true);  // before the write: whatever it waits for wakes us from here on
  const std::int64_t began = core_.clock.now_ns();
  const auto written = sink_.write(*picture, presentation, tag, policy);
  entry.handed_over_ns = core_.clock.now_ns();
  core_.mutex.lock();

  entry.shown.handed_over_ns = entry.handed_over_ns;
  entry.shown.upload_ms = to_ms(entry.handed_over_ns - began);
  if (written && *written == render::WriteState::kWait) {
    return reader_wakes_.load() != wakes_before ? Handed::kAskAgain : Handed::kWait;
  }
  is_waiting_for_reader_.store(false);
  if (!written) {
    core_.log.error("player", "{}", written.error().message);
    core_.decode_error = written.error();
    ++core_.changes;
    return Handed::kTaken;
  }
  ++next_number_;
  hashed_.reset();
  on_their_way_.push_back(std::move(entry));
  ++core_.changes;
  return Handed::kTaken;
}

// A frame that the sink did not take at once is not hashed again.
std::uint64_t Feeder::hash_of(const media::FramePtr& picture) {
  if (hashed_ != picture) {
    hashed_ = picture;
    hash_ = picture->hash();
  }
  return hash_;
}

void Feeder::take_presented() {
  Presented presented;
  while (presented_.pop(presented)) {
    while (!on_their_way_.empty() && on_their_way_.front().number < presented.number) {
      // Overwritten before the render thread took it. One that was sought or stepped over was not missed by anyone.
      if (on_their_way_.front().kind == ShowKind::kPlayed) ++core_.counters.dropped;
      on_their_way_.pop_front();
    }
    if (on_their_way_.empty() || on_their_way_.front().number != presented.number) continue;
    note_shown(on_their_way_.front(), presented.now_ns);
    on_their_way_.pop_front();
    ++core_.changes;
  }
}

void Feeder::note_shown(const OnItsWay& frame, std::int64_t now_ns) {
  const std::int64_t start_ns = core_.options.program_start_ns;
  pacer_.on_presented(frame.handed_over_ns, now_ns);
  ++core_.counters.shown;
  ShownFrame shown = frame.shown;
  shown.shown_ns = now_ns;
  if (frame.deadline_ns != 0) {
    shown.lateness_ms = to_ms(now_ns - frame.deadline_ns);
    if (pacer_.is_late(frame.deadline_ns, now_ns)) ++core_.counters.late;
    if (core_.following) {
      const std::int64_t ahead_us = scale(frame.deadline_ns - now_ns, core_.media.rate.abs()) / kNsPerUs;
      core_.following->skew_us += (ahead_us - core_.following->skew_us) / 8;
    }
  }
  builder_.note_shown(shown, now_ns);
  if (frame.seek_began_ns != 0) builder_.note_seek(now_ns - frame.seek_began_ns);
  if (core_.options.trace == nullptr) return;
  TraceEntry entry = frame.trace;
  entry.shown_ns = now_ns - start_ns;
  entry.deadline_ns = frame.deadline_ns == 0 ? 0 : frame.deadline_ns - start_ns;
  core_.options.trace->write(entry);
}

Feeder::Wait Feeder::publish(Wait wait) {
  const std::int64_t now = core_.clock.now_ns();
  if (now - beat_ns_ >= kUntilWoken) {
    beat_ns_ = now;
    core_.mutex.unlock();
    if (core_.options.trace != nullptr) core_.options.trace->flush();  // for who reads it meanwhile
    const StreamLink::Traffic traffic = link_.traffic();
    core_.mutex.lock();
    if (builder_.beat(traffic, now) || !core_.note.empty()) ++core_.changes;
    wait = kAtOnce;  // something may have changed meanwhile
  }
  if (core_.changes == published_changes_) return wait;
  const bool is_urgent = builder_.state_differs(core_, on_their_way_.empty());
  const std::int64_t rest = published_ns_ + kSnapshotEveryNs - now;
  if (!is_urgent && rest > 0) return std::min(wait, rest);
  published_changes_ = core_.changes;
  published_ns_ = now;
  builder_.build(core_, on_their_way_.empty(), snapshots_.back());
  snapshots_.publish();
  if (is_urgent && core_.options.wake) {
    core_.mutex.unlock();
    core_.options.wake();
    core_.mutex.lock();
    return kAtOnce;
  }
  return wait;
}

}  // namespace zoe::player
