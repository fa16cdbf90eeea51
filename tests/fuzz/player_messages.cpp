// What a server may answer: whatever it is, the player's readers take it apart within its bounds or refuse it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/core/byte_io.hpp"
#include "engine/net/json.hpp"
#include "player/client/library_messages.hpp"
#include "player/client/personal_messages.hpp"
#include "player/client/server_messages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zoe;
  const std::string_view text = as_text({data, size});
  const auto value = net::parse_json_object(text, 1U << 20);
  if (!value) return 0;
  if (const auto info = player::parse_stream_info(*value)) {
    const media::TrackInfo& track = info->track;
    const bool is_bounded = info->segments > 0 && track.width > 0 && track.height > 0 && track.time_base.num > 0 &&
                            track.time_base.den > 0 && track.sample_aspect_ratio.num > 0;
    if (!is_bounded) std::abort();
    static_cast<void>(media::ticks_to_us(track.start, track.time_base));
    static_cast<void>(track.display_width());
  }
  if (const auto page = player::parse_library_page(*value)) {
    if (page->total < 0) std::abort();
  }
  if (const auto details = player::parse_details(*value); details && details->preview) {
    for (const std::int64_t time_us : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, INT64_MAX / 2}) {
      const auto place = details->preview->place_of(time_us);
      const bool is_inside = place.sheet >= 0 && place.sheet < details->preview->sheets && place.column >= 0 &&
                             place.column < details->preview->columns && place.row >= 0 &&
                             place.row < details->preview->rows;
      if (!is_inside) std::abort();
    }
  }
  static_cast<void>(player::parse_favourites(*value));
  static_cast<void>(player::parse_playlists(*value));
  static_cast<void>(player::parse_playlist(*value));
  static_cast<void>(player::parse_history(*value));
  static_cast<void>(player::parse_sessions(*value));
  if (const auto settings = player::parse_settings(*value); settings && settings->default_speed.is_zero()) std::abort();
  static_cast<void>(player::parse_roots(*value));
  static_cast<void>(player::parse_folders(*value));
  static_cast<void>(player::parse_server_info(*value));
  static_cast<void>(player::parse_signed_in(*value));
  static_cast<void>(player::parse_seek_reply(*value));
  static_cast<void>(player::parse_stream_failure(*value));
  return 0;
}
