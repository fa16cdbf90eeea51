#include "player/local/local_link.hpp"

#include <utility>

#include "engine/media/probe.hpp"
#include "player/local/local_media.hpp"

namespace zoe::player {

LocalLink::~LocalLink() {
  std::map<std::uint32_t, StreamPtr> streams;
  const MutexLock lock(mutex_);
  streams.swap(streams_);
  mutex_.unlock();
  streams.clear();  // joins
  mutex_.lock();
}

void LocalLink::set_listener(StreamListener* listener) {
  const MutexLock lock(listener_mutex_);
  listener_ = listener;
}

LocalLink::StreamPtr LocalLink::find(std::uint32_t stream) const {
  const MutexLock lock(mutex_);
  const auto found = streams_.find(stream);
  return found == streams_.end() ? nullptr : found->second;
}

void LocalLink::open_stream(const StreamRequest& request, std::function<void(Result<StreamInfo>)> done) {
  LocalStream::Callbacks callbacks;
  callbacks.media = [this](net::MediaRun run) {
    const MutexLock lock(listener_mutex_);
    if (listener_ != nullptr) listener_->on_media(std::move(run));
  };
  callbacks.failed = [this](std::uint32_t stream, std::uint32_t serial, Error error) {
    const MutexLock lock(listener_mutex_);
    if (listener_ != nullptr) listener_->on_stream_failed(stream, serial, std::move(error));
  };
  MutexLock lock(mutex_);
  std::erase_if(streams_, [](const auto& each) { return each.second->is_over(); });
  if (streams_.size() >= kMostStreams) {
    lock.unlock();
    done(fail(Errc::kTooLarge, "too many streams are open"));
    lock.lock();
    return;
  }
  const std::uint32_t number = next_stream_++;
  if (next_stream_ < kFirstStream) next_stream_ = kFirstStream;
  streams_.emplace(number, std::make_shared<LocalStream>(number, local_path_of(request.media), request,
                                                         std::move(callbacks), std::move(done)));
}

void LocalLink::seek_stream(const SeekRequest& request, std::function<void(Result<SeekReply>)> done) {
  if (const StreamPtr stream = find(request.stream)) return stream->seek(request, std::move(done));
  done(fail(Errc::kNotFound, "the stream is not open"));
}

// Every frame is sent, and the sign of a rate changes by a seek.
void LocalLink::set_stream_rate(std::uint32_t, Rational, int) {}

void LocalLink::set_stream_looping(std::uint32_t stream, bool is_looping) {
  if (const StreamPtr found = find(stream)) found->set_looping(is_looping);
}

void LocalLink::list_sounds(const std::string& media, std::function<void(Result<std::vector<SoundTrack>>)> done) {
  const auto info = media::probe(local_path_of(media));
  if (!info) return done(fail(info.error()));
  std::vector<SoundTrack> sounds;
  for (const media::TrackInfo& track : info->tracks) {
    if (track.kind != media::TrackKind::kAudio) continue;
    sounds.push_back({.track = track.stream_index,
                      .language = track.language,
                      .title = track.title,
                      .codec = track.codec,
                      .channels = track.channels,
                      .is_default = track.is_default});
  }
  done(std::move(sounds));
}

void LocalLink::close_stream(std::uint32_t stream) {
  StreamPtr closed;
  const MutexLock lock(mutex_);
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  closed = std::move(found->second);
  streams_.erase(found);
  read_bytes_ += closed->read_bytes();
  mutex_.unlock();
  closed.reset();  // joins
  mutex_.lock();
}

void LocalLink::grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) {
  if (const StreamPtr found = find(stream)) found->grant(serial, total_us);
}

StreamLink::Traffic LocalLink::traffic() const {
  const MutexLock lock(mutex_);
  Traffic traffic{.received_bytes = read_bytes_};
  for (const auto& [number, stream] : streams_) traffic.received_bytes += stream->read_bytes();
  return traffic;
}

}  // namespace zoe::player
