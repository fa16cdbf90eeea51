// A rendition of a track, resolved: what is needed to make any of its segments.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/media/track.hpp"
#include "engine/plugin/abi/codec.h"
#include "server/library/media_entry.hpp"
#include "server/streams/segment_table.hpp"

namespace zoe::media {
class TrackIndex;
}

namespace zoe::server {

// The functions of a codec plugin, and what keeps its generation loaded.
struct CodecPin {
  const zoe_codec_v1* codec = nullptr;
  zoe_plugin* plugin = nullptr;
  std::shared_ptr<const void> pin;  // the generation is not unloaded while this lives
  std::string id;                   // of the plugin
  std::string version;
  std::uint64_t generation = 0;
};

// Immutable; any thread. Made by one generation of its plugin, which stays as long as a job makes segments of it, or it
// is the current one of a LiveRendition.
struct Rendition {
  MediaEntryPtr media;
  media::TrackInfo track;   // the source's
  media::TrackInfo output;  // what its packets decode to; extradata filled in
  std::shared_ptr<const media::TrackIndex> index;
  CodecPin codec;
  zoe_rendition resolved{};                // as the plugin wrote it; its output.extradata is not used
  std::shared_ptr<const std::string> key;  // of SegmentKey: with the plugin's version, see segment_store.hpp
  std::string track_key;                   // "<media>/<version>/<track>"
  SegmentTablePtr table;

  std::string name() const { return resolved.name; }
  bool takes_frames() const { return codec.codec->input == ZOE_CODEC_INPUT_FRAMES; }
  bool is_costly() const { return (resolved.flags & ZOE_CODEC_COSTLY) != 0; }
  bool overlaps() const { return (resolved.flags & ZOE_CODEC_OVERLAPS) != 0; }
};

using RenditionPtr = std::shared_ptr<const Rendition>;

// Asks the plugin what `name` stands for. All but index, table and the output is filled in. kInvalidArgument,
// kUnsupported, or what the plugin says.
Result<std::shared_ptr<Rendition>> resolve_rendition(MediaEntryPtr media, const media::TrackInfo& track, CodecPin codec,
                                                     std::string_view name);

// Fills in the rest.
Status complete_rendition(Rendition& rendition, std::shared_ptr<const media::TrackIndex> index);

// The same rendition out of another generation of its plugin, completed. kUnsupported where a decoder of `now` could
// not go on with what it makes, or its segments are others.
Result<RenditionPtr> follow_rendition(const Rendition& now, CodecPin codec);

}  // namespace zoe::server
