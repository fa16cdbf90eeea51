// Media and tracks as the API shows them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "server/library/artwork_store.hpp"
#include "server/library/media_entry.hpp"

namespace zoe::server {

// An item of library.list.
nlohmann::json media_view(const MediaEntry& entry);

// Its sidecar files; the index of each is its name in requests.
nlohmann::json subtitles_view(const MediaEntry& entry);

// How its preview sheets are laid out, null where there are none.
nlohmann::json preview_view(const MediaEntry& entry, const ArtworkStore& artwork);

// `tracks` and `chapters` of library.get.
nlohmann::json tracks_view(const media::MediaInfo& info);
nlohmann::json chapters_view(const media::MediaInfo& info);

// `track` of stream.open: what the packets decode to.
nlohmann::json stream_track_view(const media::TrackInfo& track);

}  // namespace zoe::server
