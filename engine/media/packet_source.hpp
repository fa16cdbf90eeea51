// The packets of one track of video or sound as segments carry them: read by the demuxer, unpacked where two lie in
// one.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/core/result.hpp"
#include "engine/media/demuxer.hpp"
#include "engine/media/ffmpeg.hpp"
#include "engine/media/track.hpp"

namespace zoe::media {

// Owns the open file. One thread at a time. Read from the start, a file gives the same packets every time; after a seek
// the first ones may differ.
class PacketSource {
 public:
  // kMalformed where the track is not there, kUnsupported for subtitles; else what Demuxer::open says. `kExamine` also
  // learns what the container needs to work out missing time stamps.
  enum class Purpose { kExamine = 1, kRead };
  static Result<std::unique_ptr<PacketSource>> open(const std::string& path, const TrackInfo& track, Purpose purpose,
                                                    std::stop_token stop);

  // The next packet that holds data; false at the end of the file.
  Result<bool> read(AVPacket& packet);

  Status seek_time(std::int64_t time);
  Status seek_position(std::int64_t position);

  // Nothing was read or sought yet: it stands at the file's start.
  bool is_fresh() const { return is_fresh_; }

  // The container is one whose time stamps may jump.
  bool may_jump() const;
  // A byte position is a better place to seek to than a time.
  bool seeks_by_position() const;

  Demuxer& demuxer() { return *demuxer_; }

 private:
  PacketSource(std::unique_ptr<Demuxer> demuxer, AvPtr<AVBSFContext> filter, int stream_index)
      : demuxer_(std::move(demuxer)), filter_(std::move(filter)), stream_index_(stream_index) {}
  void flush();

  std::unique_ptr<Demuxer> demuxer_;
  AvPtr<AVBSFContext> filter_;  // may be null
  int stream_index_ = 0;
  bool is_at_end_ = false;
  bool is_fresh_ = true;
};

// Tells packets apart: by their data and, where the container knows it, by where they lie in the file.
std::uint32_t packet_checksum(const AVPacket& packet);

}  // namespace zoe::media
