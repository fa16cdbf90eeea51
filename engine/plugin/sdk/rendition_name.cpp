#include "engine/plugin/sdk/rendition_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace zoe::sdk {
namespace {

constexpr std::array<int, 7> kLines{2160, 1440, 1080, 720, 480, 360, 240};

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || digits.size() > 4 || error != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  return value;
}

tl::unexpected<Error> refused(std::string_view name, const NameRules& rules, const std::string& why) {
  return fail(Errc::kInvalidArgument, "\"" + std::string(name.substr(0, 80)) + "\" is no " + std::string(rules.shown) +
                                          " rendition: " + why + " (for example \"" + std::string(rules.family) +
                                          "@720p\")");
}

}  // namespace

std::span<const int> rung_lines() { return kLines; }

Result<PictureSettings> parse_rendition_name(std::string_view name, const NameRules& rules, int default_quality) {
  PictureSettings settings{.quality = default_quality};
  std::string_view rest = name;
  if (!rest.starts_with(rules.family))
    return refused(name, rules, "it does not begin with \"" + std::string(rules.family) + "\"");
  rest.remove_prefix(rules.family.size());
  if (rest.empty()) return settings;
  if (rest.front() != '@') return refused(name, rules, "its settings begin with '@'");
  bool has_quality = false;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(part.size());
    if (part.starts_with('q')) {
      const std::optional<int> quality = number(part.substr(1));
      if (!quality || *quality < rules.least_quality || *quality > rules.most_quality || has_quality)
        return refused(
            name, rules,
            "one quality from q" + std::to_string(rules.least_quality) + " to q" + std::to_string(rules.most_quality));
      settings.quality = *quality;
      has_quality = true;
    } else if (part.ends_with('p')) {
      const std::optional<int> lines = number(part.substr(0, part.size() - 1));
      if (!lines || settings.lines != 0 || std::find(kLines.begin(), kLines.end(), *lines) == kLines.end())
        return refused(name, rules, "one size of 2160p, 1440p, 1080p, 720p, 480p, 360p and 240p");
      settings.lines = *lines;
    } else if (part == "jfif" && rules.has_jfif && !settings.is_jfif) {
      settings.is_jfif = true;
    } else {
      return refused(name, rules, "a setting is a quality or a size");
    }
  }
  return settings;
}

std::string rendition_name(const PictureSettings& settings, const NameRules& rules) {
  std::string name = std::string(rules.family) + "@q" + std::to_string(settings.quality);
  if (settings.lines != 0) name += "," + std::to_string(settings.lines) + "p";
  if (settings.is_jfif) name += ",jfif";
  return name;
}

PictureSize reduced_size(PictureSize source, int lines) {
  const int shorter = std::min(source.width, source.height);
  if (lines <= 0 || shorter <= lines) return source;
  const auto reduced = [&](int side) {
    const std::int64_t half = (std::int64_t{side} * lines + shorter) / (std::int64_t{shorter} * 2);
    return static_cast<int>(std::max<std::int64_t>(half, 1) * 2);
  };
  return {reduced(source.width), reduced(source.height)};
}

}  // namespace zoe::sdk
