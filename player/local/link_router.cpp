#include "player/local/link_router.hpp"

#include <utility>

#include "player/local/local_media.hpp"

namespace zoe::player {

LinkRouter::LinkRouter(StreamLink& server) : server_(server) {
  local_.set_listener(this);
  server_.set_listener(this);
}

LinkRouter::~LinkRouter() {
  server_.set_listener(nullptr);
  local_.set_listener(nullptr);
}

StreamLink& LinkRouter::link_of(std::uint32_t stream) {
  if (stream >= LocalLink::kFirstStream) return local_;
  return server_;
}

void LinkRouter::set_listener(StreamListener* listener) {
  const MutexLock lock(mutex_);
  listener_ = listener;
}

bool LinkRouter::is_ready() const {
  {
    const MutexLock lock(mutex_);
    if (is_local_) return true;
  }
  return server_.is_ready();
}

void LinkRouter::prepare(const std::string& media) {
  const bool is_server_ready = server_.is_ready();
  const MutexLock lock(mutex_);
  const bool is_local = is_local_media(media);
  if (std::exchange(is_local_, is_local) == is_local || listener_ == nullptr) return;
  if (is_local || is_server_ready)
    listener_->on_link_ready();
  else
    listener_->on_link_lost({Errc::kUnavailable, "no server is connected"});
}

void LinkRouter::open_stream(const StreamRequest& request, std::function<void(Result<StreamInfo>)> done) {
  if (is_local_media(request.media)) return local_.open_stream(request, std::move(done));
  server_.open_stream(request, std::move(done));
}

void LinkRouter::seek_stream(const SeekRequest& request, std::function<void(Result<SeekReply>)> done) {
  link_of(request.stream).seek_stream(request, std::move(done));
}

void LinkRouter::set_stream_rate(std::uint32_t stream, Rational rate, int max_fps) {
  link_of(stream).set_stream_rate(stream, rate, max_fps);
}

void LinkRouter::set_stream_looping(std::uint32_t stream, bool is_looping) {
  link_of(stream).set_stream_looping(stream, is_looping);
}

void LinkRouter::close_stream(std::uint32_t stream) { link_of(stream).close_stream(stream); }

void LinkRouter::list_sounds(const std::string& media, std::function<void(Result<std::vector<SoundTrack>>)> done) {
  if (is_local_media(media)) return local_.list_sounds(media, std::move(done));
  server_.list_sounds(media, std::move(done));
}

void LinkRouter::list_renditions(const std::string& media,
                                 std::function<void(Result<std::vector<RenditionOffer>>)> done) {
  if (is_local_media(media)) return local_.list_renditions(media, std::move(done));
  server_.list_renditions(media, std::move(done));
}

void LinkRouter::grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) {
  link_of(stream).grant_credit(stream, serial, total_us);
}

StreamLink::Traffic LinkRouter::traffic() const {
  Traffic traffic = server_.traffic();
  traffic.received_bytes += local_.traffic().received_bytes;
  return traffic;
}

void LinkRouter::on_media(net::MediaRun run) {
  const MutexLock lock(mutex_);
  if (listener_ != nullptr) listener_->on_media(std::move(run));
}

void LinkRouter::on_stream_failed(std::uint32_t stream, std::uint32_t serial, Error error) {
  const MutexLock lock(mutex_);
  if (listener_ != nullptr) listener_->on_stream_failed(stream, serial, std::move(error));
}

void LinkRouter::on_link_ready() {
  const MutexLock lock(mutex_);
  if (listener_ != nullptr && !is_local_) listener_->on_link_ready();
}

void LinkRouter::on_link_lost(Error error) {
  const MutexLock lock(mutex_);
  if (listener_ != nullptr && !is_local_) listener_->on_link_lost(std::move(error));
}

}  // namespace zoe::player
