// What the fetcher asks the server about sound.
#pragma once

#include <memory>
#include <optional>

#include "player/client/stream_link.hpp"
#include "player/playback/playback_core.hpp"

namespace zoe::player {

// A part of FetchWorker, on its thread: so that requests about pictures go first, and those of both in the order of
// their serials.
class SoundFetcher {
 public:
  SoundFetcher(std::shared_ptr<PlaybackCore> core, StreamLink& link)
      : owner_(std::move(core)), core_(*owner_), link_(link) {}

  // Does at most one thing, the lock released while it talks to the link; false when there is nothing to do.
  bool turn() ZOE_REQUIRES(core_.mutex);

 private:
  void list() ZOE_REQUIRES(core_.mutex);
  void open() ZOE_REQUIRES(core_.mutex);
  void seek(std::optional<std::uint32_t> segment, std::int64_t credit_us) ZOE_REQUIRES(core_.mutex);
  bool tell_settings() ZOE_REQUIRES(core_.mutex);
  bool follow_plan() ZOE_REQUIRES(core_.mutex);

  const std::shared_ptr<PlaybackCore> owner_;
  PlaybackCore& core_;
  StreamLink& link_;
};

}  // namespace zoe::player
