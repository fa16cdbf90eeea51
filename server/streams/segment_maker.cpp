#include "server/streams/segment_maker.hpp"

#include <exception>
#include <utility>
#include <vector>

#include "engine/core/worker_pool.hpp"
#include "engine/media/track_index.hpp"
#include "server/library/crash_guard.hpp"
#include "server/streams/codec_session.hpp"
#include "server/streams/frame_run.hpp"
#include "server/streams/maker_context.hpp"

namespace zoe::server {
namespace {

constexpr int kPriorityWaiting = 1;
constexpr int kPriorityReadAhead = 0;

using RenditionKey = std::shared_ptr<const std::string>;

// What overlaps needs of the neighbours: a codec's own delay, and the packets that its first ones lean on.
constexpr std::int64_t kBeforeUs = 300'000;
constexpr std::int64_t kBehindUs = 200'000;

// A segment of a packet codec on its way: the source's own packets through the plugin.
class PacketRun {
 public:
  PacketRun(MakerContext& context, const Rendition& rendition, CodecSession session,
            std::unique_ptr<media::SourceReader> reader, media::Segment& out)
      : context_(context),
        rendition_(rendition),
        session_(std::move(session)),
        reader_(std::move(reader)),
        append_([this, &out](const media::PacketRecord& record, Bytes data) {
          context_.packets_copied.add();
          return out.append(record, data);
        }) {}

  Status go(std::uint32_t index) {
    const auto segments = rendition_.index->segments();
    if (rendition_.overlaps() && index > 0) ZOE_CHECK(send_before(index - 1, segments[index].start_pts));
    ZOE_CHECK(reader_->read_segment(index, [this](const media::PacketView& packet) { return send(packet); }));
    if (rendition_.overlaps() && index + 1 < segments.size())
      ZOE_CHECK(send_behind(index + 1, segments[index].end_pts));
    ZOE_CHECK(session_.finish(append_));
    context_.park.put(rendition_.track_key, std::move(reader_), parked_bytes(rendition_));
    return {};
  }

 private:
  std::int64_t ticks(std::int64_t us) const { return media::us_to_ticks(us, rendition_.track.time_base); }

  Status send(const media::PacketView& packet) { return session_.send(packet, reader_->keep_packet(), append_); }

  Status send_unseen(media::PacketView packet) {
    packet.record.flags |= media::kPacketDiscard;
    return send(packet);
  }

  Status send_before(std::uint32_t index, std::int64_t pts) {
    const std::int64_t from = pts - ticks(kBeforeUs);
    return reader_->read_segment(index, [this, from](const media::PacketView& packet) {
      return packet.record.pts >= from ? send_unseen(packet) : Status();
    });
  }

  Status send_behind(std::uint32_t index, std::int64_t pts) {
    const std::int64_t end = pts + ticks(kBehindUs);
    bool is_enough = false;
    const Status status = reader_->read_segment(index, [&](const media::PacketView& packet) -> Status {
      is_enough = packet.record.pts >= end;
      if (is_enough) return fail(Errc::kCancelled, "enough");
      return send_unseen(packet);
    });
    return is_enough ? Status() : status;
  }

  MakerContext& context_;
  const Rendition& rendition_;
  CodecSession session_;
  std::unique_ptr<media::SourceReader> reader_;
  const CodecSession::PacketSink append_;
};

Status copy_segment(MakerContext& context, const Rendition& rendition, std::uint32_t index, media::Segment& out) {
  ZOE_TRY(CodecSession session, CodecSession::open(rendition.codec, rendition.track, rendition.resolved));
  ZOE_TRY(std::unique_ptr<media::SourceReader> reader,
          reader_for(context, rendition, context.park.take_any(rendition.track_key)));
  return PacketRun(context, rendition, std::move(session), std::move(reader), out).go(index);
}

}  // namespace

struct SegmentMaker::Impl {
  Impl(const SegmentMakerConfig& config, SegmentStore& store, SegmentDisk& disk, Log& log, Metrics& metrics)
      : context(store, disk, log, metrics, config.most_parked, config.most_parked_bytes),
        pool("maker", config.workers) {}

  void post(const LiveRenditionPtr& live, const RenditionKey& key, const DecodeJob& job);
  void run(const LiveRenditionPtr& live, const RenditionKey& key, const DecodeJob& job);
  bool take_from_disk(const RenditionPtr& rendition, std::uint32_t segment);
  void make(const LiveRenditionPtr& live, const RenditionPtr& rendition, const DecodeJob& job,
            std::vector<DecodeJob>& left);

  MakerContext context;
  WorkerPool pool;
};

namespace {

// A job in the queue, which holds no generation of a plugin. When it is dropped without having run, its segment fails.
class QueuedJob {
 public:
  QueuedJob(MakerContext& context, LiveRenditionPtr live, RenditionKey key, const DecodeJob& job)
      : context_(context), live_(std::move(live)), key_(std::move(key)), job_(job) {
    if (job_.urgency == Urgency::kWaiting) context_.urgent_waiting.fetch_add(1);
  }
  ~QueuedJob() {
    if (!is_taken_) {
      take();
      context_.store.abandon({key_, job_.segment}, error_);
    }
  }
  QueuedJob(const QueuedJob&) = delete;
  QueuedJob& operator=(const QueuedJob&) = delete;

  void take() {
    is_taken_ = true;
    if (job_.urgency == Urgency::kWaiting) context_.urgent_waiting.fetch_sub(1);
  }
  void refuse(Error error) { error_ = std::move(error); }

  const LiveRenditionPtr& live() const { return live_; }
  const RenditionKey& key() const { return key_; }
  const DecodeJob& job() const { return job_; }

 private:
  MakerContext& context_;
  const LiveRenditionPtr live_;
  const RenditionKey key_;
  const DecodeJob job_;
  bool is_taken_ = false;
  Error error_{Errc::kUnavailable, "the server is stopping"};
};

// The rendition's segments, made on request, each by the generation that is current then.
class MadeSegments final : public SegmentSource {
 public:
  MadeSegments(std::shared_ptr<SegmentMaker::Impl> maker, LiveRenditionPtr live)
      : maker_(std::move(maker)), live_(std::move(live)), table_(live_->current()->table) {}

  const SegmentTablePtr& table() const override { return table_; }
  std::string rendition() const override { return live_->current()->name(); }

  media::SegmentPtr request(const SegmentRequest& request) override {
    const RenditionKey key = live_->current()->key;
    const auto found = maker_->context.store.get({key, request.segment}, request.urgency, request.interest);
    if (found.needs_job) maker_->post(live_, key, {request.segment, request.urgency, request.heading});
    return found.segment;
  }

  void read_ahead(const SegmentRequest& request) override {
    if (maker_->context.store.has_room()) this->request(request);
  }

 private:
  const std::shared_ptr<SegmentMaker::Impl> maker_;
  const LiveRenditionPtr live_;
  const SegmentTablePtr table_;  // the same over all generations
};

}  // namespace

void SegmentMaker::Impl::post(const LiveRenditionPtr& live, const RenditionKey& key, const DecodeJob& job) {
  auto queued = std::make_shared<QueuedJob>(context, live, key, job);
  const Status posted = pool.post(
      [this, queued] {
        queued->take();
        run(queued->live(), queued->key(), queued->job());
      },
      job.urgency == Urgency::kWaiting ? kPriorityWaiting : kPriorityReadAhead);
  if (!posted) queued->refuse(posted.error());
}

void SegmentMaker::Impl::run(const LiveRenditionPtr& live, const RenditionKey& key, const DecodeJob& job) {
  std::vector<DecodeJob> left;
  {
    const RenditionPtr rendition = live->current();
    if (*rendition->key == *key)
      make(live, rendition, job, left);
    else  // another version makes it now: who still wants it asks again, and for that one's
      context.store.abandon({key, job.segment}, {Errc::kCancelled, "the codec plugin was replaced"});
  }
  for (const DecodeJob& next : left) post(live, key, next);
}

// False where it has to be made, or is no longer waited for.
bool SegmentMaker::Impl::take_from_disk(const RenditionPtr& rendition, std::uint32_t segment) {
  const auto stored = context.disk.load(*rendition, segment);
  if (!stored) return false;
  ClaimedSegment claimed(context, rendition, segment);
  if (claimed) claimed.end(stored->append_to(*claimed), ClaimedSegment::Origin::kDisk);
  return true;
}

void SegmentMaker::Impl::make(const LiveRenditionPtr& live, const RenditionPtr& rendition, const DecodeJob& job,
                              std::vector<DecodeJob>& left) {
  try {
    if (take_from_disk(rendition, job.segment)) return;
    if (rendition->takes_frames()) {
      FrameRun(context, *live, rendition, job).go(left);
    } else if (ClaimedSegment claimed(context, rendition, job.segment); claimed) {
      const CrashGuard guard(*rendition->media);
      claimed.end(copy_segment(context, *rendition, job.segment, *claimed));
    }
  } catch (const std::exception& e) {
    // Out of memory; what was claimed has failed by now, and other segments may be smaller.
    context.log.error("streams", "segment {} of {}: {}", job.segment, rendition->media->relative_path, e.what());
  }
}

SegmentMaker::SegmentMaker(const SegmentMakerConfig& config, SegmentStore& store, SegmentDisk& disk, Log& log,
                           Metrics& metrics)
    : impl_(std::make_shared<Impl>(config, store, disk, log, metrics)) {}

SegmentMaker::~SegmentMaker() { stop(); }

std::shared_ptr<SegmentSource> SegmentMaker::source(LiveRenditionPtr rendition) {
  return std::make_shared<MadeSegments>(impl_, std::move(rendition));
}

void SegmentMaker::stop() {
  impl_->context.stop.request_stop();
  impl_->pool.stop();
  impl_->context.park.clear();
}

}  // namespace zoe::server
