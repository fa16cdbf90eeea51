// The fetcher: the one thread that asks the server for anything about streams.
#pragma once

#include <memory>
#include <thread>

#include "player/client/stream_link.hpp"
#include "player/playback/playback_core.hpp"
#include "player/playback/sound_fetcher.hpp"

namespace zoe::player {

// Owns its thread. One thread asks, so requests go out in the order of their serials; answers come on the connection's
// thread and find the core only while it lives.
class FetchWorker {
 public:
  FetchWorker(std::shared_ptr<PlaybackCore> core, StreamLink& link);
  ~FetchWorker();  // after PlaybackCore::is_stopping was set
  FetchWorker(const FetchWorker&) = delete;
  FetchWorker& operator=(const FetchWorker&) = delete;

 private:
  void run();
  // Does at most one thing, the lock released while it talks to the link; false when there is nothing to do.
  bool turn() ZOE_REQUIRES(core_.mutex);
  bool turn_pictures() ZOE_REQUIRES(core_.mutex);
  void list_renditions() ZOE_REQUIRES(core_.mutex);
  void open() ZOE_REQUIRES(core_.mutex);
  void seek(std::optional<std::uint32_t> segment, std::int64_t credit_us) ZOE_REQUIRES(core_.mutex);
  bool tell_settings() ZOE_REQUIRES(core_.mutex);
  bool follow_plan() ZOE_REQUIRES(core_.mutex);

  const std::shared_ptr<PlaybackCore> owner_;
  PlaybackCore& core_;
  StreamLink& link_;
  SoundFetcher sound_;
  std::jthread thread_;
};

}  // namespace zoe::player
