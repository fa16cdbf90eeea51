// media::MediaInfo as JSON: the form of the disk cache.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "engine/media/track.hpp"

namespace zoe::server {

nlohmann::json media_to_json(const media::MediaInfo& info);

// Throws nlohmann::json::exception, or std::exception, for anything that media_to_json did not write.
media::MediaInfo media_from_json(const nlohmann::json& json);

// Raw bytes (a path, a codec's header) as a JSON text: two hexadecimal digits each.
std::string bytes_to_hex(std::string_view bytes);
std::string bytes_from_hex(std::string_view hex);

}  // namespace zoe::server
