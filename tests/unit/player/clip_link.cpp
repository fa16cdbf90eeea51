#include "tests/unit/player/clip_link.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "engine/media/probe.hpp"
#include "engine/net/wire.hpp"

namespace zoe::test {
namespace {

constexpr std::size_t kPacketsInARun = 7;

template <typename T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

}  // namespace

ClipLink::ClipLink(const std::string& path, std::optional<int> track) {
  const media::MediaInfo info = value_of(media::probe(path));
  const auto pictures = value_of(media::TrackIndex::build(path, *info.best_video()));
  origin_us_ = media::ticks_to_us(pictures->start_pts(), pictures->time_base());
  track_ = track ? *info.track(*track) : *info.best_video();
  if (track) next_stream_ = 1000;  // beside the pictures' stream
  index_ = value_of(media::TrackIndex::build(path, track_));
  reader_ = value_of(media::SourceReader::open(path, track_, index_));
  track_.start = index_->start_pts();
  thread_ = std::jthread([this] { run(); });
}

ClipLink::~ClipLink() {
  {
    const MutexLock lock(mutex_);
    is_stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
}

void ClipLink::set_listener(player::StreamListener* listener) {
  const MutexLock lock(listener_mutex_);
  listener_ = listener;
}

bool ClipLink::is_ready() const {
  const MutexLock lock(mutex_);
  return is_ready_;
}

void ClipLink::later(std::function<void()> answer) {
  answers_.push_back(std::move(answer));
  wake_.notify_all();
}

void ClipLink::open_stream(const player::StreamRequest& request, std::function<void(Result<player::StreamInfo>)> done) {
  const MutexLock lock(mutex_);
  ++counts_.opens;
  if (!is_ready_ || open_error_) {
    const Error error = open_error_.value_or(Error{Errc::kUnavailable, "no connection"});
    open_error_.reset();
    later([done = std::move(done), error] { done(fail(error)); });
    return;
  }
  const std::int64_t pts = media::us_to_ticks(origin_us_ + request.position_us, track_.time_base);
  cursor_ = {.stream = next_stream_++,
             .serial = request.serial,
             .segment = request.segment ? std::int64_t{*request.segment} : std::int64_t{index_->find_segment(pts)},
             .is_backward = request.rate.is_negative(),
             .is_looping = request.is_looping,
             .granted_us = request.credit_us};
  player::StreamInfo info{.stream = cursor_.stream,
                          .serial = request.serial,
                          .track = track_,
                          .rendition = request.rendition,
                          .segments = static_cast<std::uint32_t>(index_->segments().size()),
                          .duration_us = media::ticks_to_us(index_->end_pts() - track_.start, track_.time_base)};
  later([done = std::move(done), info = std::move(info)] { done(info); });
}

void ClipLink::seek_stream(const player::SeekRequest& request, std::function<void(Result<player::SeekReply>)> done) {
  const MutexLock lock(mutex_);
  ++counts_.seeks;
  if (!is_ready_ || request.stream != cursor_.stream || request.serial <= cursor_.serial) {
    later([done = std::move(done)] { done(fail(Errc::kConflict, "a seek that the protocol forbids")); });
    return;
  }
  const std::int64_t pts = media::us_to_ticks(origin_us_ + request.position_us, track_.time_base);
  cursor_.serial = request.serial;
  cursor_.segment = request.segment ? *request.segment : index_->find_segment(pts);
  cursor_.packet = 0;
  cursor_.is_backward = request.rate.is_negative();
  cursor_.has_ended = false;
  cursor_.granted_us = request.credit_us;
  cursor_.sent_us = 0;
  const player::SeekReply reply{.serial = request.serial, .segment = static_cast<std::uint32_t>(cursor_.segment)};
  later([done = std::move(done), reply] { done(reply); });
}

void ClipLink::set_stream_rate(std::uint32_t, Rational, int) {}

void ClipLink::set_stream_looping(std::uint32_t stream, bool is_looping) {
  const MutexLock lock(mutex_);
  if (stream == cursor_.stream) cursor_.is_looping = is_looping;
}

void ClipLink::close_stream(std::uint32_t stream) {
  const MutexLock lock(mutex_);
  ++counts_.closes;
  if (stream == cursor_.stream) cursor_ = {};
}

void ClipLink::grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) {
  const MutexLock lock(mutex_);
  if (stream != cursor_.stream || serial != cursor_.serial) return;
  cursor_.granted_us = std::max(cursor_.granted_us, total_us);
  counts_.most_unused_credit_us = std::max(counts_.most_unused_credit_us, cursor_.granted_us - cursor_.sent_us);
  wake_.notify_all();
}

player::StreamLink::Traffic ClipLink::traffic() const {
  const MutexLock lock(mutex_);
  return {.received_bytes = counts_.bytes};
}

void ClipLink::hold(bool is_held) {
  const MutexLock lock(mutex_);
  is_held_ = is_held;
  wake_.notify_all();
}

void ClipLink::drop() {
  {
    const MutexLock lock(mutex_);
    is_ready_ = false;
    cursor_ = {};
    answers_.clear();
  }
  const MutexLock lock(listener_mutex_);
  if (listener_ != nullptr) listener_->on_link_lost({Errc::kUnavailable, "the cable was pulled"});
}

void ClipLink::restore() {
  {
    const MutexLock lock(mutex_);
    is_ready_ = true;
  }
  const MutexLock lock(listener_mutex_);
  if (listener_ != nullptr) listener_->on_link_ready();
}

void ClipLink::spoil_after(std::size_t packets) {
  const MutexLock lock(mutex_);
  sound_packets_ = packets;
  loaded_.reset();
}

void ClipLink::fail_next_open(Error error) {
  const MutexLock lock(mutex_);
  open_error_ = std::move(error);
}

void ClipLink::fail_stream(Error error) {
  std::uint32_t stream = 0;
  std::uint32_t serial = 0;
  {
    const MutexLock lock(mutex_);
    stream = cursor_.stream;
    serial = cursor_.serial;
    cursor_.has_ended = true;
  }
  const MutexLock lock(listener_mutex_);
  if (listener_ != nullptr) listener_->on_stream_failed(stream, serial, std::move(error));
}

ClipLink::Counts ClipLink::counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

void ClipLink::run() {
  const MutexLock lock(mutex_);
  while (!is_stopping_) {
    if (!is_held_ && !answers_.empty()) {
      const auto answer = std::move(answers_.front());
      answers_.erase(answers_.begin());
      mutex_.unlock();
      answer();
      mutex_.lock();
      continue;
    }
    if (!is_held_ && send_run()) continue;
    wake_.wait(mutex_);
  }
}

void ClipLink::load(std::uint32_t segment) {
  if (loaded_ == segment) return;
  packets_.clear();
  const Status read = reader_->read_segment(segment, [this](const media::PacketView& packet) ZOE_REQUIRES(mutex_) {
    packets_.push_back({packet.record, {packet.data.begin(), packet.data.end()}});
    if (packets_.size() > sound_packets_) packets_.back().data.assign(packet.data.size(), 0xff);
    return Status();
  });
  if (!read) throw std::runtime_error(read.error().message);
  loaded_ = segment;
}

bool ClipLink::send_run() {
  if (cursor_.stream == 0 || cursor_.has_ended || cursor_.sent_us >= cursor_.granted_us) return false;
  const auto segment = static_cast<std::uint32_t>(cursor_.segment);
  load(segment);
  if (cursor_.packet == 0) counts_.sent_segments.push_back(segment);
  std::vector<std::uint8_t> body(net::kRunHeaderBytes);
  std::uint32_t count = 0;
  const std::size_t first = cursor_.packet;
  for (; count < kPacketsInARun && cursor_.packet < packets_.size() && cursor_.sent_us < cursor_.granted_us; ++count) {
    const Packet& packet = packets_[cursor_.packet++];
    media::PacketRecord record = packet.record;
    record.ordinal = static_cast<std::uint32_t>(cursor_.packet - 1);
    const std::size_t at = body.size();
    body.resize(at + media::kPacketRecordBytes);
    media::store_record(body.data() + at, record);
    body.insert(body.end(), packet.data.begin(), packet.data.end());
    if ((record.flags & media::kPacketDiscard) == 0)
      cursor_.sent_us += media::ticks_to_us(record.duration, track_.time_base);
  }
  net::store_run_header(body.data(), {segment, static_cast<std::uint32_t>(first), count});
  std::uint16_t flags = first == 0 ? net::kRunSegmentStart : 0;
  if (cursor_.packet == packets_.size()) {
    flags |= net::kRunSegmentEnd;
    cursor_.packet = 0;
    cursor_.segment += cursor_.is_backward ? -1 : 1;
    const auto segments = static_cast<std::int64_t>(index_->segments().size());
    const bool is_out = cursor_.segment < 0 || cursor_.segment == segments;
    if (is_out && cursor_.is_looping) cursor_.segment = cursor_.is_backward ? segments - 1 : 0;
    if (is_out && !cursor_.is_looping) {
      flags |= net::kRunEnd;
      cursor_.has_ended = true;
    }
  }
  auto shared = std::make_shared<net::Body>();
  if (!shared->append(body, body.size())) throw std::runtime_error("no memory");
  net::Message message{{.length = static_cast<std::uint32_t>(body.size()),
                        .kind = net::Kind::kMedia,
                        .flags = flags,
                        .stream = cursor_.stream,
                        .serial = cursor_.serial},
                       std::move(shared)};
  net::MediaRun run = value_of(net::parse_media(message));
  counts_.packets += count;
  counts_.bytes += body.size();
  mutex_.unlock();
  {
    const MutexLock lock(listener_mutex_);
    if (listener_ != nullptr) listener_->on_media(std::move(run));
  }
  mutex_.lock();
  return true;
}

}  // namespace zoe::test
