// Results as the control API tells them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "server/analysis/result_reader.hpp"

namespace zoe::server {

// [time_us, id, x, y, width, height, confidence, pitch_x, pitch_y]
nlohmann::json point_json(const ResultPoint& point);
nlohmann::json object_json(const ResultObject& object);
nlohmann::json event_json(const ResultEvent& event);
// Without points.
nlohmann::json series_json(const ResultSeries& series);

// A fraction of the picture, and metres, as the numbers that they are.
double share_of(std::uint16_t value);
double metres_of(std::int16_t value);

}  // namespace zoe::server
