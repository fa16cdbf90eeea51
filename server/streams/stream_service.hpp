// Opens streams: resolves a rendition's name through the codec plugins and joins it to the segment store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/result.hpp"
#include "engine/media/track.hpp"
#include "server/library/media_entry.hpp"
#include "server/streams/segment_disk.hpp"
#include "server/streams/segment_store.hpp"
#include "server/streams/stream.hpp"

namespace zoe::plugin {
class Registry;
}

namespace zoe::server {

class IndexCache;

struct StreamServiceConfig {
  std::size_t store_bytes = SegmentStore::kDefaultBudget;
  SegmentDiskConfig disk;
  std::size_t workers = 0;                            // threads that make segments; 0: as many as the machine has cores
  std::size_t parked_bytes = std::size_t{256} << 20;  // of decoders kept to go on with
};

struct OpenRequest {
  MediaEntryPtr media;
  std::string rendition;     // "copy", "jpeg", "jpeg@q80", …
  std::optional<int> track;  // index in the container; the best video track
  StreamStart start;
};

// What `stream.open` and `stream.rendition` answer with.
struct StreamDescription {
  StreamPosition position;  // where it begins; position.position_us is the protocol's start_us
  media::TrackInfo track;   // what the packets decode to
  std::string rendition;    // canonical
  std::uint32_t segments = 0;
  std::int64_t duration_us = 0;
};

struct RenditionInfo {
  std::string name;
  std::string codec;
  int width = 0;
  int height = 0;
  std::int64_t bit_rate = 0;  // 0 when not known
};

// How a rendition is cut, for who asks for its segments one by one.
struct SegmentList {
  std::string rendition;       // canonical
  media::TrackInfo track;      // what the packets decode to
  std::int64_t first_pts = 0;  // of the track's first frame, in ticks
  std::int64_t lead = 0;       // ticks by which its first packet's decoding comes before its showing
  // Where the track begins, since the first frame of the media's best video track; below 0 where it begins earlier.
  std::int64_t offset_us = 0;
  std::vector<std::int64_t> starts_us;      // of each segment, since the track's first frame
  std::vector<std::uint32_t> first_frames;  // of each segment, counted from 0 in the order in which they are shown
  std::uint32_t frames = 0;
  std::int64_t duration_us = 0;
  bool is_closed = true;  // no segment holds packets that are sent for their neighbours
};

struct OpenedStream {
  std::shared_ptr<Stream> stream;
  StreamDescription description;
};

// Thread-safe. Streams that it opened must be gone, or closed, before it is.
class StreamService {
 public:
  StreamService(const StreamServiceConfig& config, const plugin::Registry& registry, IndexCache& indexes, Log& log,
                Metrics& metrics);
  ~StreamService();
  StreamService(const StreamService&) = delete;
  StreamService& operator=(const StreamService&) = delete;

  // Blocks while the track's index is built: a worker's job. kNotFound (no such track, file gone), kUnsupported (no
  // codec plugin of that family, or none that takes this track), kInvalidArgument.
  Result<OpenedStream> open(std::uint32_t id, const OpenRequest& request, std::weak_ptr<StreamObserver> observer,
                            std::stop_token stop = {});

  // The same for a stream that is open: it goes on at `position_us` in another rendition of `track`.
  Result<StreamDescription> change_rendition(Stream& stream, const OpenRequest& request, std::stop_token stop = {});

  // How the rendition of `request` is cut; its start is not looked at. Blocks and fails as `open`.
  Result<SegmentList> segments(const OpenRequest& request, std::stop_token stop = {});

  // The renditions that the codec plugins recommend for a track, plugin by plugin in the order of their ids, each one's
  // best first.
  std::vector<RenditionInfo> renditions(const media::TrackInfo& track) const;

  // A codec plugin was replaced, or may have been: the streams that run take the new generation at their next segment,
  // and let go of the old one. Returns at once.
  void codecs_changed();

  SegmentStore::Stats store_stats() const;

  // No further segments are made; those that wait fail with kUnavailable.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::server
