#include "server/api/note_shape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPoints = 256;  // of a line that was drawn by hand
constexpr std::size_t kMostText = 200;
constexpr double kLeastWidth = 0.001;  // of the picture's height
constexpr double kMostWidth = 0.05;
constexpr double kGrain = 10'000;

struct Kind {
  std::string_view name;
  std::size_t least_points;
  std::size_t most_points;
};
constexpr std::array<Kind, 4> kKinds{{{"line", 2, kMostPoints}, {"arrow", 2, 2}, {"ellipse", 2, 2}, {"text", 1, 1}}};

tl::unexpected<Error> wrong(const char* part, std::string_view why) {
  return fail(Errc::kInvalidArgument, fmt::format("params.shape.{}: {}", part, why));
}

const json* part_of(const json& shape, const char* name) {
  const auto found = shape.find(name);
  return found == shape.end() ? nullptr : &*found;
}

bool is_color(const json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return text.size() == 7 && text[0] == '#' && std::all_of(text.begin() + 1, text.end(), is_digit);
}

Result<json> read_points(const json& shape, const Kind& kind) {
  const json* points = part_of(shape, "points");
  if (points == nullptr || !points->is_array() || points->size() < kind.least_points ||
      points->size() > kind.most_points)
    return wrong("points", fmt::format("{} has {} to {} of them", kind.name, kind.least_points, kind.most_points));
  json read = json::array();
  for (const json& each : *points) {
    const bool is_place = each.is_array() && each.size() == 2 && each[0].is_number() && each[1].is_number();
    if (!is_place) return wrong("points", "each is [x, y]");
    const double x = each[0].get<double>();
    const double y = each[1].get<double>();
    const bool is_inside = x >= 0 && x <= 1 && y >= 0 && y <= 1;  // false for what is no number
    if (!is_inside) return wrong("points", "x and y are fractions of the picture, 0 to 1");
    read.push_back({std::round(x * kGrain) / kGrain, std::round(y * kGrain) / kGrain});
  }
  return read;
}

}  // namespace

Result<json> read_shape(const json& shape) {
  if (!shape.is_object()) return fail(Errc::kInvalidArgument, "params.shape: must be an object");
  const json* kind_name = part_of(shape, "kind");
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& each) {
    return kind_name != nullptr && kind_name->is_string() && kind_name->get_ref<const std::string&>() == each.name;
  });
  if (kind == kKinds.end()) return wrong("kind", "must be line, arrow, ellipse or text");
  const json* color = part_of(shape, "color");
  if (color == nullptr || !is_color(*color)) return wrong("color", "must be #rrggbb");
  const json* width = part_of(shape, "width");
  const bool is_width = width != nullptr && width->is_number() && width->get<double>() >= kLeastWidth &&
                        width->get<double>() <= kMostWidth;
  if (!is_width)
    return wrong("width", fmt::format("must be {} to {} of the picture's height", kLeastWidth, kMostWidth));
  ZOE_TRY(json points, read_points(shape, *kind));
  json read = {{"kind", kind->name},
               {"color", *color},
               {"width", std::round(width->get<double>() * kGrain) / kGrain},
               {"points", std::move(points)}};
  if (kind->name != "text") return read;
  const json* text = part_of(shape, "text");
  if (text == nullptr || !text->is_string() || text->get_ref<const std::string&>().size() > kMostText)
    return wrong("text", fmt::format("must be a text of at most {} bytes", kMostText));
  const std::string shown = printable_utf8(text->get_ref<const std::string&>());
  if (shown.find_first_not_of(' ') == std::string::npos) return wrong("text", "there is nothing in it");
  read["text"] = std::string(cut_utf8(shown, kMostText));
  return read;
}

}  // namespace zoe::server
