#include "player/client/note_messages.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "player/client/json_fields.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostNumber = (std::int64_t{1} << 53) - 1;
constexpr std::int64_t kMostUs = std::int64_t{1} << 47;
constexpr std::size_t kMostShort = 256;
constexpr std::size_t kMostPage = 500;
constexpr double kGrain = 10'000;  // to which the server rounds places

struct Kind {
  NoteKind kind;
  std::string_view name;
  std::size_t least_points;
  std::size_t most_points;
};
constexpr std::array<Kind, 4> kKinds{{{NoteKind::kLine, "line", 2, kMostNotePoints},
                                      {NoteKind::kArrow, "arrow", 2, 2},
                                      {NoteKind::kEllipse, "ellipse", 2, 2},
                                      {NoteKind::kText, "text", 1, 1}}};

// "#rrggbb".
bool read_color(std::string_view text, std::uint32_t& color) {
  if (text.size() != 7 || text[0] != '#') return false;
  const auto read = std::from_chars(text.data() + 1, text.data() + text.size(), color, 16);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

bool read_point(const json& value, NotePoint& point) {
  if (!value.is_array() || value.size() != 2 || !value[0].is_number() || !value[1].is_number()) return false;
  const auto x = value[0].get<double>();
  const auto y = value[1].get<double>();
  point = {static_cast<float>(x), static_cast<float>(y)};
  return x >= 0 && x <= 1 && y >= 0 && y <= 1;  // false for what is no number
}

json point_json(const NotePoint& point) {
  return {std::round(static_cast<double>(point.x) * kGrain) / kGrain,
          std::round(static_cast<double>(point.y) * kGrain) / kGrain};
}

}  // namespace

Result<NoteShape> parse_shape(const json& value) {
  Fields fields(value, "shape");
  const std::string name = fields.text("kind", kMostShort);
  const auto* const kind =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& each) { return each.name == name; });
  if (kind == kKinds.end()) fields.complain("kind", "is unknown");
  NoteShape shape;
  if (!read_color(fields.text("color", kMostShort), shape.color)) fields.complain("color", "is not #rrggbb");
  const json* width = fields.find("width");
  const double wide = width != nullptr && width->is_number() ? width->get<double>() : 0;
  // Rounded on its way: a hair beyond a bound is that bound.
  const bool is_wide =
      wide >= static_cast<double>(kLeastNoteWidth) / 2 && wide <= 2 * static_cast<double>(kMostNoteWidth);
  if (!is_wide) fields.complain("width", "is out of bounds");
  const json* points = fields.find("points");
  if (points != nullptr && !points->is_array()) fields.complain("points", "is not a list");
  if (!fields.is_ok()) return fail(fields.error());
  if (points->size() < kind->least_points || points->size() > kind->most_points)
    fields.complain("points", "has too few or too many");
  shape.kind = kind->kind;
  shape.width = std::clamp(static_cast<float>(wide), kLeastNoteWidth, kMostNoteWidth);
  if (shape.kind == NoteKind::kText) shape.text = fields.text("text", kMostNoteText);
  if (!fields.is_ok()) return fail(fields.error());
  shape.points.resize(points->size());
  for (std::size_t i = 0; i < shape.points.size(); ++i)
    if (!read_point((*points)[i], shape.points[i])) fields.complain("points", "holds what is no place in the picture");
  if (!fields.is_ok()) return fail(fields.error());
  return shape;
}

Result<NoteOf> parse_note(const json& value) {
  Fields fields(value, "note");
  NoteOf read;
  read.media = fields.text("media", kMostShort);
  read.note.note = static_cast<std::uint64_t>(fields.integer("note", 1, kMostNumber));
  read.note.time_us = fields.integer("time_us", 0, kMostUs);
  read.note.name = fields.text("name", kMostShort);
  read.note.created_utc_ns = fields.integer("created_utc_ns", 0, INT64_MAX);
  const json* shape = fields.find("shape");
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(read.note.shape, parse_shape(*shape));
  const auto may_delete = value.find("may_delete");  // not in events: that differs from one to the other
  read.note.may_delete = may_delete != value.end() && *may_delete == json(true);
  return read;
}

Result<NotePage> parse_notes(const json& result) {
  Fields fields(result, "notes");
  NotePage page;
  page.total = fields.integer("total", 0, kMostNumber);
  const json* notes = fields.find("notes");
  if (notes != nullptr && !notes->is_array()) fields.complain("notes", "is not a list");
  if (!fields.is_ok()) return fail(fields.error());
  page.is_last = notes->empty();
  for (std::size_t i = 0; i < std::min(notes->size(), kMostPage); ++i)
    if (auto read = parse_note((*notes)[i])) page.notes.push_back(std::move(read->note));
  return page;
}

json shape_json(const NoteShape& shape) {
  const auto* const kind =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& each) { return each.kind == shape.kind; });
  json value = {{"kind", kind->name},
                {"color", fmt::format("#{:06x}", shape.color & 0xFFFFFFU)},
                {"width", std::round(static_cast<double>(shape.width) * kGrain) / kGrain},
                {"points", json::array()}};
  for (const NotePoint& each : shape.points) value["points"].push_back(point_json(each));
  if (shape.kind == NoteKind::kText) value["text"] = shape.text;
  return value;
}

}  // namespace zoe::player
