#include "engine/ui/theme.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/core/byte_io.hpp"
#include "engine/core/file.hpp"

namespace zoe::ui {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = 256U << 10;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads keys and keeps the first thing that is wrong.
class Reader {
 public:
  Reader(const Json& root, std::string name) : root_(root), name_(std::move(name)) {}

  Color color(std::string_view scheme, const char* key) {
    const std::string path = "color." + std::string(scheme) + "." + key;
    const Json* value = find(path);
    if (value == nullptr) return {};
    if (!value->is_string()) return complain<Color>(path, "must be a colour such as \"#ffb347\"");
    const auto parsed = Color::parse(value->get_ref<const std::string&>());
    return parsed ? *parsed : complain<Color>(path, parsed.error().message);
  }

  float number(const std::string& path, float low, float high) {
    const Json* value = find(path);
    if (value == nullptr) return low;
    const std::string range = "must be a number from " + shown(low) + " to " + shown(high);
    if (!value->is_number()) return complain<float>(path, range);
    const double number = value->get<double>();
    if (!(number >= low && number <= high)) return complain<float>(path, range);
    return static_cast<float>(number);
  }

  int integer(const std::string& path, int low, int high) {
    return static_cast<int>(number(path, static_cast<float>(low), static_cast<float>(high)));
  }

  Status status() const {
    if (problem_) return fail(Errc::kMalformed, *problem_);
    return {};
  }

 private:
  static std::string shown(float value) { return std::to_string(static_cast<int>(value)); }

  template <typename T>
  T complain(const std::string& path, const std::string& what) {
    if (!problem_) problem_ = name_ + ": " + path + ": " + what;
    return T{};
  }

  const Json* find(const std::string& path) {
    const Json* at = &root_;
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('.', begin), path.size());
      const auto found = at->is_object() ? at->find(path.substr(begin, end - begin)) : at->end();
      if (!at->is_object() || found == at->end()) return complain<const Json*>(path, "is missing");
      at = &*found;
      begin = end + 1;
    }
    return at;
  }

  const Json& root_;
  std::string name_;
  std::optional<std::string> problem_;
};

Palette read_palette(Reader& reader, std::string_view scheme) {
  const auto color = [&](const char* key) { return reader.color(scheme, key); };
  return {.ground = color("ground"),
          .glow = color("glow"),
          .surface = color("surface"),
          .raised = color("raised"),
          .raised_hover = color("raised_hover"),
          .raised_pressed = color("raised_pressed"),
          .field = color("field"),
          .line = color("line"),
          .line_strong = color("line_strong"),
          .text = color("text"),
          .text_muted = color("text_muted"),
          .text_faint = color("text_faint"),
          .accent = color("accent"),
          .accent_hover = color("accent_hover"),
          .accent_pressed = color("accent_pressed"),
          .on_accent = color("on_accent"),
          .good = color("good"),
          .warning = color("warning"),
          .error = color("error"),
          .track = color("track"),
          .scrim = color("scrim"),
          .shadow = color("shadow"),
          .lane_network = color("lane_network"),
          .lane_packets = color("lane_packets"),
          .lane_ring = color("lane_ring"),
          .lane_screen = color("lane_screen")};
}

constexpr std::array<const char*, kTextStyles> kStyleNames{"caption",  "body", "strong",    "title",
                                                           "headline", "icon", "icon_large"};

TypeToken read_type(Reader& reader, const std::string& name) {
  return {.size = reader.number("type." + name + ".size", 6, 200),
          .weight = reader.integer("type." + name + ".weight", 100, 900)};
}

double luminance(Color color) {
  const auto linear = [](std::uint8_t value) {
    const double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}

}  // namespace

Result<Color> Color::parse(std::string_view text) {
  const bool is_right_size = text.size() == 7 || text.size() == 9;
  const bool is_hex = is_right_size && text[0] == '#' &&
                      std::all_of(text.begin() + 1, text.end(), [](char c) { return hex_digit(c) >= 0; });
  if (!is_hex) return fail(Errc::kMalformed, "\"" + std::string(text.substr(0, 32)) + "\" is not #rrggbb or #rrggbbaa");
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint8_t>(hex_digit(text[at]) * 16 + hex_digit(text[at + 1]));
  };
  return Color{byte(1), byte(3), byte(5), text.size() == 9 ? byte(7) : std::uint8_t{255}};
}

Color blend(Color top, Color below) {
  const auto mix = [&](std::uint8_t over, std::uint8_t under) {
    return static_cast<std::uint8_t>((over * top.a + under * (255 - top.a) + 127) / 255);
  };
  return {mix(top.r, below.r), mix(top.g, below.g), mix(top.b, below.b), 255};
}

double contrast(Color text, Color below) {
  const double a = luminance(blend(text, below));
  const double b = luminance(below);
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

Result<Theme> Theme::parse(std::string_view json, const std::string& name, Scheme scheme) {
  const Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded()) return fail(Errc::kMalformed, name + ": is not JSON");
  Reader reader(root, name);
  Theme theme;
  if (reader.integer("version", 0, 1'000'000) != 1) {
    ZOE_CHECK(reader.status());
    return fail(Errc::kMalformed, name + ": version: only 1 is known");
  }
  theme.palette = read_palette(reader, scheme == Scheme::kLight ? "light" : "dark");
  const auto length = [&](const char* path) { return reader.number(path, 0, 400); };
  theme.space = {length("space.xs"), length("space.s"),  length("space.m"),
                 length("space.l"),  length("space.xl"), length("space.xxl")};
  theme.radius = {length("radius.small"), length("radius.medium"), length("radius.large")};
  theme.control = {length("control.height"), length("control.compact"), length("control.hairline")};
  for (std::size_t i = 0; i < kTextStyles; ++i) theme.type[i] = read_type(reader, kStyleNames[i]);
  const auto time = [&](const char* path) { return reader.integer(path, 0, 60'000); };
  theme.duration_ms = {time("duration_ms.fast"), time("duration_ms.medium"), time("duration_ms.slow"),
                       time("duration_ms.rest"), time("duration_ms.message")};
  ZOE_CHECK(reader.status());
  return theme;
}

Result<Theme> Theme::load(const std::string& path, Scheme scheme) {
  ZOE_TRY(const auto bytes, read_file(path, kMostBytes));
  return parse(as_text(bytes), path, scheme);
}

}  // namespace zoe::ui
