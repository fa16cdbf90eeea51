// One stream of a local file: what a server's stream does, read from the file by a thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/media/source_reader.hpp"
#include "engine/media/track_index.hpp"
#include "player/client/stream_link.hpp"

namespace zoe::player {

// Behaves as docs/protocol.md says of the `copy` rendition: credit, serials, falling order for negative rates, END,
// looping. Functions: any thread; callbacks come on its own. The destructor ends what it does and joins.
class LocalStream {
 public:
  struct Callbacks {
    std::function<void(net::MediaRun run)> media;
    std::function<void(std::uint32_t stream, std::uint32_t serial, Error error)> failed;
  };

  // Examines the file first, which takes a pass over it; `done` is told what came of that.
  LocalStream(std::uint32_t number, std::string path, const StreamRequest& request, Callbacks callbacks,
              std::function<void(Result<StreamInfo>)> done);
  ~LocalStream();
  LocalStream(const LocalStream&) = delete;
  LocalStream& operator=(const LocalStream&) = delete;

  void seek(const SeekRequest& request, std::function<void(Result<SeekReply>)> done);
  void set_looping(bool is_looping);
  void grant(std::uint32_t serial, std::int64_t total_us);
  std::uint64_t read_bytes() const;
  // It could not be opened, and said so.
  bool is_over() const;

 private:
  struct Cursor {
    std::uint32_t serial = 0;
    std::int64_t segment = 0;
    bool is_backward = false;
    bool is_looping = false;
    bool has_ended = false;
    std::int64_t granted_us = 0;
    std::int64_t sent_us = 0;
  };
  struct Run;  // one being put together

  void work(const std::stop_token& stop);
  Result<StreamInfo> open(const std::stop_token& stop);
  Status send_segment(std::uint32_t segment, std::uint32_t serial);
  Status add_packet(const media::PacketView& packet, Run& run);
  Status send(Run& run, std::uint16_t flags);
  void go_on_to_next() ZOE_REQUIRES(mutex_);
  std::uint32_t segment_at(std::int64_t position_us) const;
  // Waits for credit. False where the cursor has gone elsewhere.
  bool may_send(std::uint32_t serial);

  const std::uint32_t number_;
  const std::string path_;
  const StreamRequest request_;
  const Callbacks callbacks_;

  // Of its own thread, but constant once it is opened.
  media::TrackInfo track_;
  media::TrackIndexPtr index_;
  std::int64_t origin_us_ = 0;  // the time stamp from which positions count, whatever the track
  std::unique_ptr<media::SourceReader> reader_;

  mutable Mutex mutex_;
  CondVar woken_;
  bool is_stopping_ ZOE_GUARDED_BY(mutex_) = false;
  bool is_over_ ZOE_GUARDED_BY(mutex_) = false;
  bool is_open_ ZOE_GUARDED_BY(mutex_) = false;
  Cursor cursor_ ZOE_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> answers_ ZOE_GUARDED_BY(mutex_);
  std::function<void(Result<StreamInfo>)> opened_;
  std::uint64_t read_bytes_ ZOE_GUARDED_BY(mutex_) = 0;
  std::jthread thread_;
};

}  // namespace zoe::player
