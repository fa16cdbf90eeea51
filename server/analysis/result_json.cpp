#include "server/analysis/result_json.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace zoe::server {

using nlohmann::json;

// Five digits are finer than the 65535ths that are kept.
double share_of(std::uint16_t value) { return std::round(value / 65'535.0 * 1e5) / 1e5; }

double metres_of(std::int16_t value) { return value / 100.0; }

json point_json(const ResultPoint& point) {
  json place = json::array({point.time_us, point.id, share_of(point.x), share_of(point.y), share_of(point.width),
                            share_of(point.height), share_of(point.confidence), nullptr, nullptr});
  if (point.has_pitch()) {
    place[7] = metres_of(point.pitch_x);
    place[8] = metres_of(point.pitch_y);
  }
  return place;
}

json object_json(const ResultObject& object) {
  json view = {{"id", object.id}, {"class", object.object_class}};
  if (!object.team.empty()) view["team"] = object.team;
  if (!object.label.empty()) view["label"] = object.label;
  return view;
}

json event_json(const ResultEvent& event) {
  json view = {{"kind", event.kind}, {"time_us", event.time_us}};
  if (event.end_us >= event.time_us) view["end_us"] = event.end_us;
  if (!event.text.empty()) view["text"] = event.text;
  if (!std::isnan(event.confidence)) view["confidence"] = std::round(event.confidence * 1e4) / 1e4;
  if (!event.team.empty()) view["team"] = event.team;
  return view;
}

json series_json(const ResultSeries& series) {
  json view = {{"name", series.name}};
  if (!series.title.empty()) view["title"] = series.title;
  if (!series.unit.empty()) view["unit"] = series.unit;
  return view;
}

}  // namespace zoe::server
