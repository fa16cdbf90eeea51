#include "plugins/analysis_script/script_line.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"

namespace zoe::plugins::analysis_script {
namespace {

using nlohmann::json;

constexpr std::size_t kMostName = 64;
constexpr std::size_t kMostText = 1024;
constexpr std::int64_t kMostTime = std::int64_t{1} << 53;  // 285 years
// What rounding makes of an edge; it is put back onto it.
constexpr double kRounding = 0.01;
// A pitch is 105 by 68 metres; players leave it, but not the stadium.
constexpr double kBesidePitch = 50;

tl::unexpected<Error> wrong(std::string_view what) { return fail(Errc::kMalformed, std::string(what)); }

// Reads the values of one object; null counts as absent.
class Fields {
 public:
  explicit Fields(const json& object) : object_(object) {}

  const json* find(const char* name) const {
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  Result<std::string> text(const char* name, std::size_t most) const {
    const json* value = find(name);
    const auto* text = value ? value->get_ptr<const std::string*>() : nullptr;
    if (!text || text->empty() || text->size() > most || text->find('\0') != std::string::npos)
      return wrong(fmt::format("\"{}\" must be text of 1 to {} bytes", name, most));
    return *text;
  }
  Result<std::string> text_if_any(const char* name, std::size_t most) const {
    const json* value = find(name);
    if (!value || *value == "") return std::string();
    return text(name, most);
  }

  Result<std::int64_t> whole(const char* name, std::int64_t low, std::int64_t high) const {
    const json* value = find(name);
    std::int64_t number = low - 1;
    if (value && value->is_number_integer() &&
        !(value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{INT64_MAX}))
      number = value->get<std::int64_t>();
    if (number < low || number > high)
      return wrong(fmt::format("\"{}\" must be a whole number from {} to {}", name, low, high));
    return number;
  }

  Result<double> real(const char* name, double low, double high) const {
    const json* value = find(name);
    const double number = value && value->is_number() ? value->get<double>() : std::nan("");
    if (!(number >= low && number <= high))
      return wrong(fmt::format("\"{}\" must be a number from {:g} to {:g}", name, low, high));
    return number;
  }

  Result<std::optional<double>> real_if_any(const char* name, double low, double high) const {
    if (!find(name)) return std::optional<double>();
    ZOE_TRY(const double number, real(name, low, high));
    return std::optional<double>(number);
  }

  // A list of exactly N numbers.
  template <std::size_t N>
  Result<std::array<double, N>> numbers(const char* name, const char* wanted) const {
    const json* value = find(name);
    std::array<double, N> all{};
    if (!value || !value->is_array() || value->size() != N)
      return wrong(fmt::format("\"{}\" must be {}", name, wanted));
    for (std::size_t i = 0; i < N; ++i) {
      const json& each = (*value)[i];
      if (!each.is_number() || !std::isfinite(each.get<double>()))
        return wrong(fmt::format("\"{}\" must be {}", name, wanted));
      all[i] = each.get<double>();
    }
    return all;
  }

 private:
  const json& object_;
};

Result<ScriptLine> read_hello(const Fields& fields) {
  ZOE_TRY(const std::int64_t protocol, fields.whole("protocol", 1, 1'000'000));
  if (protocol != kProtocol)
    return fail(Errc::kUnsupported, fmt::format("it speaks protocol {}, this server speaks {}", protocol, kProtocol));
  HelloLine line;
  ZOE_TRY(line.name, fields.text_if_any("name", kMostName));
  ZOE_TRY(line.version, fields.text_if_any("version", kMostName));
  return line;
}

Result<ScriptLine> read_progress(const Fields& fields) {
  ProgressLine line;
  ZOE_TRY(line.fraction, fields.real("fraction", 0, 1));
  ZOE_TRY(line.message, fields.text_if_any("message", kMostText));
  return line;
}

Status read_box(const Fields& fields, TrackLine& line) {
  constexpr const char* kWanted = "[x, y, width, height], each 0 to 1 and all of it inside the picture";
  ZOE_TRY(const auto box, fields.numbers<4>("box", kWanted));
  const auto [x, y, width, height] = std::tuple(box[0], box[1], box[2], box[3]);
  const bool is_inside = x >= -kRounding && y >= -kRounding && width > 0 && height > 0 && x + width <= 1 + kRounding &&
                         y + height <= 1 + kRounding;
  if (!is_inside) return wrong(fmt::format("\"box\" must be {}", kWanted));
  line.x = std::clamp(x, 0.0, 1.0);
  line.y = std::clamp(y, 0.0, 1.0);
  line.width = std::min(width, 1 - line.x);
  line.height = std::min(height, 1 - line.y);
  return {};
}

Result<ScriptLine> read_track(const Fields& fields) {
  TrackLine line;
  ZOE_TRY(line.time_us, fields.whole("time_us", 0, kMostTime));
  ZOE_TRY(const std::int64_t id, fields.whole("id", 1, INT32_MAX));
  line.id = static_cast<std::uint32_t>(id);
  ZOE_TRY(line.object_class, fields.text("class", kMostName));
  ZOE_TRY(line.team, fields.text_if_any("team", kMostName));
  ZOE_TRY(line.label, fields.text_if_any("label", kMostName));
  ZOE_CHECK(read_box(fields, line));
  ZOE_TRY(const std::optional<double> confidence, fields.real_if_any("confidence", 0, 1));
  line.confidence = confidence.value_or(1);
  if (!fields.find("pitch")) return line;
  constexpr const char* kWanted = "[x, y], metres on a pitch of 105 by 68";
  ZOE_TRY(const auto pitch, fields.numbers<2>("pitch", kWanted));
  const bool is_near = pitch[0] >= -kBesidePitch && pitch[0] <= 105 + kBesidePitch && pitch[1] >= -kBesidePitch &&
                       pitch[1] <= 68 + kBesidePitch;
  if (!is_near) return wrong(fmt::format("\"pitch\" must be {}", kWanted));
  line.pitch = TrackLine::Place{pitch[0], pitch[1]};
  return line;
}

Result<ScriptLine> read_event(const Fields& fields) {
  EventLine line;
  ZOE_TRY(line.kind, fields.text("kind", kMostName));
  ZOE_TRY(line.time_us, fields.whole("time_us", 0, kMostTime));
  if (fields.find("end_us")) {
    ZOE_TRY(line.end_us, fields.whole("end_us", line.time_us, kMostTime));
  }
  ZOE_TRY(line.text, fields.text_if_any("text", kMostText));
  ZOE_TRY(line.confidence, fields.real_if_any("confidence", 0, 1));
  ZOE_TRY(line.team, fields.text_if_any("team", kMostName));
  return line;
}

Result<ScriptLine> read_series(const Fields& fields) {
  SeriesLine line;
  ZOE_TRY(line.name, fields.text("name", kMostName));
  ZOE_TRY(line.unit, fields.text_if_any("unit", kMostName));
  ZOE_TRY(line.title, fields.text_if_any("title", kMostName));
  ZOE_TRY(line.time_us, fields.whole("time_us", 0, kMostTime));
  ZOE_TRY(line.value, fields.real("value", -1e15, 1e15));
  return line;
}

bool is_color(const json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text && text->size() == 7 && (*text)[0] == '#' &&
         std::all_of(text->begin() + 1, text->end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

bool is_text(const json& value) { return value.is_string() && value.get_ref<const std::string&>().size() <= kMostText; }

Status check_teams(const json& teams) {
  if (!teams.is_object() || teams.size() > 16) return wrong("\"teams\" must be an object of at most 16 teams");
  for (const json& team : teams) {
    if (!team.is_object() || (team.contains("name") && !is_text(team["name"])) ||
        (team.contains("color") && !is_color(team["color"])))
      return wrong(R"(each of "teams" must be like {"name": "…", "color": "#rrggbb"})");
  }
  return {};
}

// A table's cells are numbers and texts, a grid's numbers from 0 to 1, row by row.
bool is_table(const json& table) {
  if (!table.is_object() || !table.contains("title") || !is_text(table["title"])) return false;
  const auto columns = table.find("columns");
  const auto rows = table.find("rows");
  if (columns == table.end() || !columns->is_array() || rows == table.end() || !rows->is_array()) return false;
  const auto is_cell = [](const json& cell) { return cell.is_null() || cell.is_number() || is_text(cell); };
  return std::all_of(columns->begin(), columns->end(), is_text) &&
         std::all_of(rows->begin(), rows->end(), [&](const json& row) {
           return row.is_array() && row.size() == columns->size() && std::all_of(row.begin(), row.end(), is_cell);
         });
}

bool is_grid(const json& grid) {
  if (!grid.is_object() || !grid.contains("title") || !is_text(grid["title"])) return false;
  const auto size = [&](const char* name) -> std::size_t {
    const auto found = grid.find(name);
    return found != grid.end() && found->is_number_unsigned() && *found <= 1000 ? found->get<std::size_t>() : 0;
  };
  const auto values = grid.find("values");
  const std::size_t cells = size("columns") * size("rows");
  if (cells == 0 || values == grid.end() || !values->is_array() || values->size() != cells) return false;
  return std::all_of(values->begin(), values->end(),
                     [](const json& each) { return each.is_number() && each >= 0 && each <= 1; });
}

Status check_values(const json& values) {
  if (!values.is_object()) return wrong("\"values\" must be an object");
  for (const json& value : values)
    if (!value.is_number() && !is_text(value) && !value.is_boolean())
      return wrong("each of \"values\" must be a number or a text");
  return {};
}

Result<ScriptLine> read_summary(json object) {
  const Fields fields(object);
  object.erase("type");
  if (const json* text = fields.find("text");
      text && (!text->is_string() || text->get_ref<const std::string&>().size() > 16'384))
    return wrong("\"text\" must be text of at most 16384 bytes");
  if (const json* values = fields.find("values")) ZOE_CHECK(check_values(*values));
  if (const json* teams = fields.find("teams")) ZOE_CHECK(check_teams(*teams));
  struct List {
    const char* name;
    bool (*is_right)(const json& each);
    const char* wanted;
  };
  for (const List& each : {List{"tables", is_table, "each with a title, columns, and rows of as many cells"},
                           List{"grids", is_grid, "each with a title, columns, rows, and as many values from 0 to 1"},
                           List{"not_seen", is_text, "of texts"}}) {
    const json* list = fields.find(each.name);
    if (list && (!list->is_array() || !std::all_of(list->begin(), list->end(), each.is_right)))
      return wrong(fmt::format("\"{}\" must be a list, {}", each.name, each.wanted));
  }
  return SummaryLine{net::to_text(object)};
}

Result<ScriptLine> read_error(const Fields& fields) {
  ErrorLine line;
  ZOE_TRY(line.message, fields.text("message", kMostText));
  return line;
}

}  // namespace

Result<ScriptLine> parse_line(std::string_view text) {
  auto parsed = net::parse_json_object(text, kMostLineBytes);
  if (!parsed) return fail(Errc::kMalformed, "it is no JSON object: " + parsed.error().message);
  const Fields fields(*parsed);
  ZOE_TRY(const std::string type, fields.text("type", kMostName));
  if (type == "hello") return read_hello(fields);
  if (type == "progress") return read_progress(fields);
  if (type == "track") return read_track(fields);
  if (type == "event") return read_event(fields);
  if (type == "series") return read_series(fields);
  if (type == "summary") return read_summary(std::move(*parsed));
  if (type == "error") return read_error(fields);
  return wrong("there is no \"type\" called \"" + type + "\"");
}

}  // namespace zoe::plugins::analysis_script
