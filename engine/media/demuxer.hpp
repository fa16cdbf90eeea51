// FFmpeg's demuxers over one file of our own, and nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/core/result.hpp"
#include "engine/media/ffmpeg.hpp"
#include "engine/media/probe.hpp"

namespace zoe::media {

// Owns the open file and the demuxer. One thread at a time; a stop request, from any thread, ends a blocking call.
//
// FFmpeg reads through this object alone: other files, devices and the network are out of its reach, whatever the
// container asks for. Playlists and still pictures are refused before their demuxer runs.
class Demuxer {
 public:
  static Result<std::unique_ptr<Demuxer>> open(const std::string& path, const ProbeLimits& limits,
                                               std::stop_token stop);
  ~Demuxer();
  Demuxer(const Demuxer&) = delete;
  Demuxer& operator=(const Demuxer&) = delete;

  // Reads on, and decodes a little, until every stream's parameters are known.
  Status find_streams();

  AVFormatContext& context() { return *context_; }

  // The stream, if there is one; some containers announce theirs only as they are read.
  AVStream* stream(int index);

  // Only packets of this stream are read from now on.
  void select(int stream_index);

  // False at the end of the file. A damaged part is skipped where the container allows that. kIo, kCancelled, kTimeout.
  Result<bool> read(AVPacket& packet);

  // To the key frame at or before `time`, in the stream's time base, or to the byte `position`. What a seek really
  // finds is for the reader to check.
  Status seek_time(int stream_index, std::int64_t time);
  Status seek_position(std::int64_t position);

  // The share of the file that was read, 0 to 1.
  double progress() const;

  void set_stop(std::stop_token stop);
  // For all calls that follow; without one, they end only when they are done or stopped.
  void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline);

 private:
  struct Input;

  explicit Demuxer(std::unique_ptr<Input> input);
  Error error(std::string_view what, int code) const;

  std::unique_ptr<Input> input_;  // outlives the contexts that read from it
  AvPtr<AVIOContext> io_;
  AvPtr<AVFormatContext> context_;
  int selected_ = -1;
};

}  // namespace zoe::media
