// What a server may answer: whatever it is, the player's readers take it apart within its bounds or refuse it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/core/byte_io.hpp"
#include "engine/net/json.hpp"
#include "player/client/analysis_messages.hpp"
#include "player/client/library_messages.hpp"
#include "player/client/personal_messages.hpp"
#include "player/client/server_messages.hpp"
#include "player/client/track_store.hpp"

namespace {

using namespace zoe;

// What a script found may be anything: what was read of it is in bounds, and can be looked at at any time.
void look_at_analysis(const nlohmann::json& value) {
  if (auto page = player::parse_tracks(value)) {
    if (page->points.size() > player::kMostPagePoints) std::abort();
    std::vector<std::int64_t> times{INT64_MIN / 2, -1, 0, INT64_MAX / 2};
    for (const player::TrackPoint& point : page->points) times.push_back(point.time_us);
    if (times.size() > 64) times.resize(64);
    player::TrackStore store;
    store.put(std::make_shared<const player::TrackSpan>(0, page->objects, page->points, page->until_us, false), 0);
    std::vector<player::VisibleTrack> visible;
    std::vector<player::TrailPoint> trail;
    for (const std::int64_t time_us : times) {
      store.visible_at(time_us, visible);
      for (const player::VisibleTrack& each : visible) {
        if (!(each.at.width > 0 && each.at.width <= 16)) std::abort();
        store.trail_of(each.what->id, time_us, trail);
      }
    }
  }
  if (const auto summary = player::parse_job_summary(value)) {
    for (const player::AnalysisTable& table : summary->tables)
      for (const auto& row : table.rows)
        if (row.size() != table.columns.size()) std::abort();
    for (const player::AnalysisGrid& grid : summary->grids)
      if (grid.values.size() != static_cast<std::size_t>(grid.columns * grid.rows)) std::abort();
  }
  if (const auto events = player::parse_events(value)) {
    for (const player::AnalysisEvent& event : events->events)
      if (event.time_us < 0 || event.end_us < event.time_us) std::abort();
  }
  static_cast<void>(player::parse_jobs(value));
  static_cast<void>(player::parse_series(value));
  static_cast<void>(player::parse_job_change(value));
  const auto analysers = player::parse_analysers(value);
  if (!analysers) return;
  for (const player::Analyser& analyser : *analysers) {
    std::vector<std::pair<std::string, std::string>> chosen;
    for (const player::AnalyserParameter& parameter : analyser.parameters) chosen.emplace_back(parameter.name, "1");
    static_cast<void>(player::start_params("m", analyser, chosen));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
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
  look_at_analysis(*value);
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
