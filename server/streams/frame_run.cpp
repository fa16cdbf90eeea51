#include "server/streams/frame_run.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/media/deinterlace.hpp"
#include "engine/media/track_index.hpp"
#include "server/library/crash_guard.hpp"
#include "server/streams/codec_session.hpp"

namespace zoe::server {
namespace {

constexpr unsigned kPacketsBetweenChecks = 8;

tl::unexpected<Error> not_wanted() { return fail(Errc::kCancelled, "nobody waits for this segment any more"); }

}  // namespace

FrameRun::FrameRun(MakerContext& context, const LiveRendition& live, RenditionPtr rendition, const DecodeJob& job)
    : context_(context),
      live_(live),
      rendition_(std::move(rendition)),
      table_(*rendition_->table),
      job_(job),
      segment_(job.segment) {
  const media::TrackIndex& index = *rendition_->index;
  key_pts_ = index.segments()[index.find_segment(first_pts(job.segment))].start_pts;
  key_frame_ = index.find_frame(key_pts_);
  position_ = key_pts_;
}

std::int64_t FrameRun::first_pts(std::uint32_t segment) const {
  return table_.frame_pts(table_.span(segment).first_frame);
}

// Where the next segment begins, so that its decoding goes on from there.
std::int64_t FrameRun::end_pts(std::uint32_t segment) const {
  return segment + 1 < table_.segments() ? first_pts(segment + 1) : rendition_->index->end_pts();
}

DecodeCost FrameRun::cost() const {
  const SegmentSpan& span = table_.span(job_.segment);
  return {table_.segment_of(key_frame_), span.first_frame - key_frame_, span.frames};
}

std::uint32_t FrameRun::first_to_fill() const {
  if (job_.heading == Heading::kForward) return job_.segment;
  std::uint32_t first = table_.segment_of(key_frame_);
  if (table_.span(first).first_frame < key_frame_) ++first;  // its beginning belongs to the pictures before
  const std::uint32_t least = job_.segment > kMostFill ? job_.segment - kMostFill : 0;
  return std::clamp(first, least, job_.segment);
}

void FrameRun::go(std::vector<DecodeJob>& left) {
  if (!context_.runs.begin(*rendition_->key, job_, first_to_fill(), cost(), run_)) return;
  struct End {
    DecodeRuns& runs;
    DecodeRuns::Handle run;
    std::vector<DecodeJob>& left;
    ~End() { left = runs.end(run); }
  } const end{context_.runs, run_, left};
  target_ = std::make_unique<ClaimedSegment>(context_, rendition_, job_.segment);
  if (!*target_) return;
  const CrashGuard guard(*rendition_->media);
  make_target();
  park();
}

void FrameRun::make_target() {
  Status status = open_reader();
  if (status) status = fill_before();
  if (status) status = make(segment_, **target_);
  target_->end(status);
  target_.reset();
  if (status)
    make_what_follows();
  else if (status.error().code != Errc::kCancelled)
    reader_.reset();
}

// The next segments, as long as they wait to be made and nobody with a stronger claim waits for a worker.
void FrameRun::make_what_follows() {
  for (int made = 1; segment_ + 1 < table_.segments(); ++made) {
    const SegmentKey next{rendition_->key, segment_ + 1};
    const auto urgency = context_.store.waiting(next);
    const bool others_wait = context_.urgent_waiting.load() > 0;
    if (live_.current() != rendition_) return;  // what waits in the pool is another generation's to make
    if (context_.disk.has(*rendition_, segment_ + 1)) return;
    if (!urgency || (others_wait && (*urgency == Urgency::kReadAhead || made >= kMostInARow))) return;
    context_.runs.move(run_, segment_ + 1);
    ClaimedSegment claimed(context_, rendition_, segment_ + 1);
    if (!claimed) return;
    ++segment_;
    const Status status = make(segment_, *claimed);
    claimed.end(status);
    if (!status) {
      reader_.reset();
      return;
    }
  }
}

Status FrameRun::open_reader() {
  auto parked = context_.park.take(rendition_->track_key, key_pts_, first_pts(segment_));
  ZOE_TRY(reader_, reader_for(context_, *rendition_, std::move(parked)));
  const std::int64_t position = reader_->decode_position();
  const bool goes_on = position != media::kNoTimestamp && position >= key_pts_ && position <= first_pts(segment_);
  position_ = goes_on ? position : key_pts_;
  return {};
}

Status FrameRun::fill_before() {
  for (std::uint32_t segment = first_to_fill(); segment < job_.segment; ++segment) {
    if (first_pts(segment) < position_ || context_.disk.has(*rendition_, segment)) continue;
    if (!target_->is_wanted()) return not_wanted();
    context_.runs.move(run_, segment);
    ClaimedSegment claimed(context_, rendition_, segment, SegmentStore::Claim::kCreate);
    if (!claimed) continue;
    const Status status = make(segment, *claimed);
    claimed.end(status);
    ZOE_CHECK(status);
  }
  context_.runs.move(run_, job_.segment);
  return {};
}

// On the way to a segment: goes on only while somebody waits for the one that this run is for.
Status FrameRun::check_wanted() {
  context_.frames_decoded.add();
  if (++checks_ % kPacketsBetweenChecks != 0 || !target_ || target_->is_wanted()) return {};
  return not_wanted();
}

Status FrameRun::make(std::uint32_t segment, media::Segment& out) {
  const auto begun = std::chrono::steady_clock::now();
  ZOE_TRY(CodecSession session, CodecSession::open(rendition_->codec, rendition_->track, rendition_->resolved));
  const CodecSession::PacketSink append = [&out](const media::PacketRecord& record, Bytes data) {
    return out.append(record, data);
  };
  const std::uint64_t errors_before = reader_->decode_errors();
  auto place = CodecSession::Place::kSegmentStart;
  const auto encode = [&](const media::FramePtr& frame) -> Status {
    context_.frames_decoded.add();
    context_.frames_encoded.add();
    // Renditions are for screens that draw what they get.
    media::FramePtr picture = frame;
    if (media::is_interlaced(*frame)) {
      ZOE_TRY(picture, media::deinterlace(*frame));
    }
    return session.send(picture, std::exchange(place, CodecSession::Place::kInside), append);
  };
  ZOE_CHECK(reader_->decode_range(first_pts(segment), end_pts(segment), encode, [this] { return check_wanted(); }));
  ZOE_CHECK(session.finish(append));
  context_.decode_errors.add(reader_->decode_errors() - errors_before);
  const auto taken = std::chrono::steady_clock::now() - begun;
  context_.make_us.record(
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(taken).count()));
  return {};
}

void FrameRun::park() {
  if (!reader_ || context_.stop.stop_requested()) return;
  context_.park.put(rendition_->track_key, std::move(reader_), parked_bytes(*rendition_));
}

}  // namespace zoe::server
