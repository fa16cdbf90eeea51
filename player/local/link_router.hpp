// One link for playback over two: the server's, and that of this machine's files.
#pragma once

#include <cstdint>
#include <functional>

#include "engine/core/threads.hpp"
#include "player/client/stream_link.hpp"
#include "player/local/local_link.hpp"

namespace zoe::player {

// Thread-safe. What is played lives on one of the two at a time (`prepare` says which): the other's coming and going is
// not passed on, so that a file plays on whatever becomes of the server. `server` outlives it.
class LinkRouter final : public StreamLink, private StreamListener {
 public:
  explicit LinkRouter(StreamLink& server);
  ~LinkRouter() override;

  void set_listener(StreamListener* listener) override;
  bool is_ready() const override;
  // This media is going to be opened. Not from inside a callback.
  void prepare(const std::string& media);
  void open_stream(const StreamRequest& request, std::function<void(Result<StreamInfo>)> done) override;
  void seek_stream(const SeekRequest& request, std::function<void(Result<SeekReply>)> done) override;
  void set_stream_rate(std::uint32_t stream, Rational rate, int max_fps) override;
  void set_stream_looping(std::uint32_t stream, bool is_looping) override;
  void close_stream(std::uint32_t stream) override;
  void list_sounds(const std::string& media, std::function<void(Result<std::vector<SoundTrack>>)> done) override;
  void list_renditions(const std::string& media,
                       std::function<void(Result<std::vector<RenditionOffer>>)> done) override;
  void grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) override;
  Traffic traffic() const override;

 private:
  void on_media(net::MediaRun run) override;
  void on_stream_failed(std::uint32_t stream, std::uint32_t serial, Error error) override;
  void on_link_ready() override;
  void on_link_lost(Error error) override;

  StreamLink& link_of(std::uint32_t stream);

  StreamLink& server_;
  LocalLink local_;

  mutable Mutex mutex_;
  StreamListener* listener_ ZOE_GUARDED_BY(mutex_) = nullptr;
  bool is_local_ ZOE_GUARDED_BY(mutex_) = false;
};

}  // namespace zoe::player
