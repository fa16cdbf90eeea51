// What a codec is called in playlists.
#pragma once

#include <string>

#include "engine/media/track.hpp"

namespace zoe::transport_http {

// The codec as RFC 6381 writes it ("avc1.64001f"); empty where this does not know how.
std::string codec_text(const media::TrackInfo& track);

}  // namespace zoe::transport_http
