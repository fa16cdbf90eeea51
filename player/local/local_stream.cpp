#include "player/local/local_stream.hpp"

#include <algorithm>
#include <utility>

#include "engine/media/probe.hpp"
#include "engine/net/wire.hpp"

namespace zoe::player {
namespace {

constexpr std::size_t kMostRunBytes = 256U << 10;  // a run is sent when it has as much
constexpr std::uint32_t kMostRunPackets = 16;

const Error kMovedOn{Errc::kCancelled, "the stream went elsewhere"};

}  // namespace

struct LocalStream::Run {
  std::uint32_t segment = 0;
  std::uint32_t serial = 0;
  std::uint32_t first_ordinal = 0;
  std::uint32_t packets = 0;
  bool is_first = true;
  std::vector<std::uint8_t> body;
};

LocalStream::LocalStream(std::uint32_t number, std::string path, const StreamRequest& request, Callbacks callbacks,
                         std::function<void(Result<StreamInfo>)> done)
    : number_(number),
      path_(std::move(path)),
      request_(request),
      callbacks_(std::move(callbacks)),
      opened_(std::move(done)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

LocalStream::~LocalStream() {
  {
    const MutexLock lock(mutex_);
    is_stopping_ = true;
    woken_.notify_all();
  }
  thread_.request_stop();
  thread_.join();
}

std::uint32_t LocalStream::segment_at(std::int64_t position_us) const {
  return index_->find_segment(media::us_to_ticks(origin_us_ + position_us, track_.time_base));
}

void LocalStream::seek(const SeekRequest& request, std::function<void(Result<SeekReply>)> done) {
  const MutexLock lock(mutex_);
  const auto refuse = [&](Errc code, const char* why)
                          ZOE_REQUIRES(mutex_) { answers_.push_back([done, code, why] { done(fail(code, why)); }); };
  woken_.notify_all();
  if (!is_open_) return refuse(Errc::kUnavailable, "the file is still being opened");
  if (request.serial <= cursor_.serial) return refuse(Errc::kConflict, "the serial of a seek has to be a new one");
  const std::uint32_t segment = request.segment ? *request.segment : segment_at(request.position_us);
  if (segment >= index_->segments().size()) return refuse(Errc::kInvalidArgument, "there is no such segment");
  cursor_.serial = request.serial;
  cursor_.segment = segment;
  cursor_.is_backward = request.rate.is_negative();
  cursor_.has_ended = false;
  cursor_.granted_us = request.credit_us;
  cursor_.sent_us = 0;
  const std::int64_t at_us = media::ticks_to_us(index_->segments()[segment].start_pts - track_.start, track_.time_base);
  answers_.push_back(
      [done = std::move(done), reply = SeekReply{.serial = request.serial, .segment = segment, .position_us = at_us}] {
        done(reply);
      });
}

void LocalStream::set_looping(bool is_looping) {
  const MutexLock lock(mutex_);
  cursor_.is_looping = is_looping;
  woken_.notify_all();
}

void LocalStream::grant(std::uint32_t serial, std::int64_t total_us) {
  const MutexLock lock(mutex_);
  if (serial != cursor_.serial) return;
  cursor_.granted_us = std::max(cursor_.granted_us, total_us);
  woken_.notify_all();
}

bool LocalStream::is_over() const {
  const MutexLock lock(mutex_);
  return is_over_;
}

std::uint64_t LocalStream::read_bytes() const {
  const MutexLock lock(mutex_);
  return read_bytes_;
}

Result<StreamInfo> LocalStream::open(const std::stop_token& stop) {
  if (request_.rendition != "copy")
    return fail(Errc::kUnsupported, "a file of this machine is played as it is: choose Original");
  ZOE_TRY(const media::MediaInfo info, media::probe(path_, {}, stop));
  const media::TrackInfo* video = info.best_video();
  if (!video) return fail(Errc::kUnsupported, path_ + " holds no video");
  const media::TrackInfo* track = request_.track ? info.track(*request_.track) : video;
  if (!track) return fail(Errc::kNotFound, path_ + " has no such track");
  track_ = *track;
  media::TrackIndex::BuildOptions options;
  options.stop = stop;
  ZOE_TRY(index_, media::TrackIndex::build(path_, track_, options));
  ZOE_TRY(reader_, media::SourceReader::open(path_, track_, index_, {.decoder_threads = 1, .stop = stop}));
  track_.start = index_->start_pts();
  origin_us_ = media::ticks_to_us(track == video ? track_.start : video->start, video->time_base);
  const auto segments = static_cast<std::uint32_t>(index_->segments().size());
  const MutexLock lock(mutex_);
  if (request_.segment && *request_.segment >= segments)
    return fail(Errc::kInvalidArgument, "there is no such segment in " + path_);
  cursor_.serial = request_.serial;
  cursor_.segment = request_.segment ? *request_.segment : segment_at(request_.position_us);
  cursor_.is_backward = request_.rate.is_negative();
  cursor_.is_looping = cursor_.is_looping || request_.is_looping;
  cursor_.granted_us = std::max(cursor_.granted_us, request_.credit_us);
  is_open_ = true;
  StreamInfo opened{.stream = number_,
                    .serial = request_.serial,
                    .track = track_,
                    .rendition = "copy",
                    .segments = segments,
                    .duration_us = media::ticks_to_us(index_->end_pts() - track_.start, track_.time_base)};
  const media::CopySegment& first = index_->segments()[static_cast<std::size_t>(cursor_.segment)];
  opened.start_us = media::ticks_to_us(first.start_pts - track_.start, track_.time_base);
  return opened;
}

void LocalStream::work(const std::stop_token& stop) {
  set_thread_name("zoe-file");
  Result<StreamInfo> opened = open(stop);
  const bool is_opened = opened.has_value();
  std::exchange(opened_, nullptr)(std::move(opened));
  const MutexLock lock(mutex_);
  is_over_ = !is_opened;
  if (is_over_) return;
  while (!is_stopping_) {
    if (!answers_.empty()) {
      const auto answer = std::move(answers_.front());
      answers_.erase(answers_.begin());
      mutex_.unlock();
      answer();
      mutex_.lock();
      continue;
    }
    if (cursor_.has_ended || cursor_.sent_us >= cursor_.granted_us) {
      woken_.wait(mutex_);
      continue;
    }
    const auto segment = static_cast<std::uint32_t>(cursor_.segment);
    const std::uint32_t serial = cursor_.serial;
    mutex_.unlock();
    const Status sent = send_segment(segment, serial);
    mutex_.lock();
    if (sent || sent.error().code == Errc::kCancelled || serial != cursor_.serial) continue;
    cursor_.has_ended = true;
    mutex_.unlock();
    callbacks_.failed(number_, serial, sent.error());
    mutex_.lock();
  }
}

bool LocalStream::may_send(std::uint32_t serial) {
  const MutexLock lock(mutex_);
  while (!is_stopping_ && serial == cursor_.serial && answers_.empty() && cursor_.sent_us >= cursor_.granted_us)
    woken_.wait(mutex_);
  return !is_stopping_ && serial == cursor_.serial;
}

// Holds one run of it at a time in memory, however long the segment is.
Status LocalStream::send_segment(std::uint32_t segment, std::uint32_t serial) {
  Run run{.segment = segment, .serial = serial};
  ZOE_CHECK(reader_->read_segment(segment, [&](const media::PacketView& packet) { return add_packet(packet, run); }));
  std::uint16_t flags = net::kRunSegmentEnd;
  {
    const MutexLock lock(mutex_);
    if (serial != cursor_.serial || is_stopping_) return fail(kMovedOn);
    go_on_to_next();
    if (cursor_.has_ended) flags |= net::kRunEnd;
  }
  return send(run, flags);
}

Status LocalStream::add_packet(const media::PacketView& packet, Run& run) {
  const bool is_full = run.packets >= kMostRunPackets || run.body.size() >= kMostRunBytes;
  bool has_credit = false;
  {
    const MutexLock lock(mutex_);
    if (is_stopping_ || run.serial != cursor_.serial) return fail(kMovedOn);
    has_credit = cursor_.sent_us < cursor_.granted_us;
  }
  // What is there goes out before its reader waits.
  if (run.packets > 0 && (is_full || !has_credit)) ZOE_CHECK(send(run, 0));
  if (!may_send(run.serial)) return fail(kMovedOn);
  if (run.packets == 0) {
    run.body.assign(net::kRunHeaderBytes, 0);
    run.first_ordinal = packet.record.ordinal;
  }
  const std::size_t at = run.body.size();
  run.body.resize(at + media::kPacketRecordBytes);
  media::store_record(run.body.data() + at, packet.record);
  run.body.insert(run.body.end(), packet.data.begin(), packet.data.end());
  ++run.packets;
  if ((packet.record.flags & media::kPacketDiscard) != 0) return {};
  const MutexLock lock(mutex_);
  if (run.serial == cursor_.serial) cursor_.sent_us += media::ticks_to_us(packet.record.duration, track_.time_base);
  return {};
}

Status LocalStream::send(Run& run, std::uint16_t flags) {
  if (std::exchange(run.is_first, false)) flags |= net::kRunSegmentStart;
  if (run.packets == 0) run.body.assign(net::kRunHeaderBytes, 0);
  net::store_run_header(run.body.data(), {run.segment, run.first_ordinal, run.packets});
  auto body = std::make_shared<net::Body>();
  ZOE_CHECK(body->append(run.body, run.body.size()));
  const net::Message message{{.length = static_cast<std::uint32_t>(run.body.size()),
                              .kind = net::Kind::kMedia,
                              .flags = flags,
                              .stream = number_,
                              .serial = run.serial},
                             std::move(body)};
  ZOE_TRY(net::MediaRun media, net::parse_media(message));
  {
    const MutexLock lock(mutex_);
    read_bytes_ += run.body.size();
  }
  run.first_ordinal += run.packets;
  run.packets = 0;
  run.body.clear();
  callbacks_.media(std::move(media));
  return {};
}

void LocalStream::go_on_to_next() {
  const auto segments = static_cast<std::int64_t>(index_->segments().size());
  cursor_.segment += cursor_.is_backward ? -1 : 1;
  if (cursor_.segment >= 0 && cursor_.segment < segments) return;
  cursor_.segment = cursor_.is_backward ? segments - 1 : 0;
  cursor_.has_ended = !cursor_.is_looping;
}

}  // namespace zoe::player
