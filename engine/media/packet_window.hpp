// Indexed packets by their ordinal, read from the file as they are asked for.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/core/result.hpp"
#include "engine/media/ffmpeg.hpp"
#include "engine/media/packet_source.hpp"
#include "engine/media/track_index.hpp"

namespace zoe::media {

// Owns the open file and a window of packets that were read but may be needed again. One thread at a time.
//
// The container's seeking is not believed: each packet must have the size and checksum that the index says. Where a
// seek leads astray, earlier places are tried, at last the file's start, opened anew.
class PacketWindow {
 public:
  static Result<std::unique_ptr<PacketWindow>> open(const std::string& path, const TrackInfo& track,
                                                    TrackIndexPtr index, std::stop_token stop);

  // Makes the first sent packet of `segment` the next one to be read, if it is not in reach already.
  Status go_to(std::uint32_t segment);

  // Packet `ordinal`, not before what `release` gave up, and at or after where `go_to` went. kUnavailable where the
  // file is not what was indexed. Valid until the next call.
  Result<const AVPacket*> packet(std::uint32_t ordinal);

  // Packets before `ordinal` will not be asked for again.
  void release(std::uint32_t ordinal);

  void set_stop(std::stop_token stop);

 private:
  PacketWindow(std::string path, const TrackInfo& track, TrackIndexPtr index)
      : path_(std::move(path)), track_(track), index_(std::move(index)) {}

  bool is_in_reach(std::uint32_t ordinal) const;
  Result<bool> try_from(std::uint32_t place, std::uint32_t ordinal);
  Result<bool> scan_for(std::uint32_t ordinal, std::uint64_t most_packets);
  Result<bool> read_next();
  Status reopen();
  bool matches(const AVPacket& packet, std::uint32_t ordinal) const;
  Error changed() const;
  void forget();

  const std::string path_;
  const TrackInfo track_;
  const TrackIndexPtr index_;
  std::stop_token stop_;
  std::unique_ptr<PacketSource> source_;

  // packets [first_, first_ + window_.size()); the file's next packet is the one after them.
  std::deque<AvPtr<AVPacket>> window_;
  std::uint32_t first_ = 0;
  bool is_placed_ = false;
};

}  // namespace zoe::media
