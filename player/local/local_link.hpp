// Files of this machine, played through the same pipeline as a server's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "engine/core/threads.hpp"
#include "player/client/stream_link.hpp"
#include "player/local/local_stream.hpp"

namespace zoe::player {

// Thread-safe, and always ready. Takes media that is_local_media says yes to.
class LocalLink final : public StreamLink {
 public:
  static constexpr std::uint32_t kFirstStream = 0x8000'0000;  // so that no server's number is one of ours
  static constexpr std::size_t kMostStreams = 8;

  LocalLink() = default;
  ~LocalLink() override;

  void set_listener(StreamListener* listener) override;
  bool is_ready() const override { return true; }
  void open_stream(const StreamRequest& request, std::function<void(Result<StreamInfo>)> done) override;
  void seek_stream(const SeekRequest& request, std::function<void(Result<SeekReply>)> done) override;
  void set_stream_rate(std::uint32_t stream, Rational rate, int max_fps) override;
  void set_stream_looping(std::uint32_t stream, bool is_looping) override;
  void close_stream(std::uint32_t stream) override;
  // Looks into the file: blocks for a moment.
  void list_sounds(const std::string& media, std::function<void(Result<std::vector<SoundTrack>>)> done) override;
  void grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) override;
  Traffic traffic() const override;

 private:
  using StreamPtr = std::shared_ptr<LocalStream>;
  StreamPtr find(std::uint32_t stream) const;

  mutable Mutex mutex_;
  std::map<std::uint32_t, StreamPtr> streams_ ZOE_GUARDED_BY(mutex_);
  std::uint32_t next_stream_ ZOE_GUARDED_BY(mutex_) = kFirstStream;
  std::uint64_t read_bytes_ ZOE_GUARDED_BY(mutex_) = 0;  // by streams that are gone

  Mutex listener_mutex_;
  StreamListener* listener_ ZOE_GUARDED_BY(listener_mutex_) = nullptr;
};

}  // namespace zoe::player
