// A server's streams without a server: the segments of a clip as the `copy` rendition sends them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/media/source_reader.hpp"
#include "engine/media/track_index.hpp"
#include "player/client/stream_link.hpp"

namespace zoe::test {

// Behaves as docs/protocol.md says: credit, serials, falling order for negative rates, END, looping. Any thread.
class ClipLink final : public player::StreamLink {
 public:
  // The track of that index; the best video track without one. Throws std::runtime_error where the clip cannot be read.
  explicit ClipLink(const std::string& path, std::optional<int> track = {});
  ~ClipLink() override;

  const media::TrackIndex& index() const { return *index_; }
  const media::TrackInfo& track() const { return track_; }

  void set_listener(player::StreamListener* listener) override;
  bool is_ready() const override;
  void open_stream(const player::StreamRequest& request, std::function<void(Result<player::StreamInfo>)> done) override;
  void seek_stream(const player::SeekRequest& request, std::function<void(Result<player::SeekReply>)> done) override;
  void set_stream_rate(std::uint32_t stream, Rational rate, int max_fps) override;
  void set_stream_looping(std::uint32_t stream, bool is_looping) override;
  void close_stream(std::uint32_t stream) override;
  void grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) override;
  Traffic traffic() const override;

  // --- what a test may do and ask
  // No answer and no media from here on until it is switched off: a link that is slow.
  void hold(bool is_held);
  // The connection drops, and comes back.
  void drop();
  void restore();
  // What follows the first packets of each segment is rubbish from here on.
  void spoil_after(std::size_t packets);
  // The next stream.open, or the stream that runs, fails with this.
  void fail_next_open(Error error);
  void fail_stream(Error error);

  struct Counts {
    int opens = 0;
    int seeks = 0;
    int closes = 0;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::int64_t most_unused_credit_us = 0;
    std::vector<std::uint32_t> sent_segments;
  };
  Counts counts() const;

 private:
  struct Cursor {
    std::uint32_t stream = 0;
    std::uint32_t serial = 0;
    std::int64_t segment = 0;
    std::size_t packet = 0;
    bool is_backward = false;
    bool is_looping = false;
    bool has_ended = false;
    std::int64_t granted_us = 0;
    std::int64_t sent_us = 0;
  };

  struct Packet {
    media::PacketRecord record;
    std::vector<std::uint8_t> data;
  };

  void run();
  bool send_run() ZOE_REQUIRES(mutex_);
  void load(std::uint32_t segment) ZOE_REQUIRES(mutex_);
  void later(std::function<void()> answer) ZOE_REQUIRES(mutex_);

  media::TrackInfo track_;
  std::int64_t origin_us_ = 0;  // the time stamp of the media's first frame
  media::TrackIndexPtr index_;
  std::unique_ptr<media::SourceReader> reader_;

  mutable Mutex mutex_;
  CondVar wake_;
  bool is_stopping_ ZOE_GUARDED_BY(mutex_) = false;
  bool is_ready_ ZOE_GUARDED_BY(mutex_) = true;
  bool is_held_ ZOE_GUARDED_BY(mutex_) = false;
  Cursor cursor_ ZOE_GUARDED_BY(mutex_);
  std::uint32_t next_stream_ ZOE_GUARDED_BY(mutex_) = 1;
  std::vector<std::function<void()>> answers_ ZOE_GUARDED_BY(mutex_);
  std::optional<Error> open_error_ ZOE_GUARDED_BY(mutex_);
  std::size_t sound_packets_ ZOE_GUARDED_BY(mutex_) = SIZE_MAX;
  std::optional<std::uint32_t> loaded_ ZOE_GUARDED_BY(mutex_);
  std::vector<Packet> packets_ ZOE_GUARDED_BY(mutex_);
  Counts counts_ ZOE_GUARDED_BY(mutex_);

  Mutex listener_mutex_;
  player::StreamListener* listener_ ZOE_GUARDED_BY(listener_mutex_) = nullptr;
  std::jthread thread_;
};

}  // namespace zoe::test
