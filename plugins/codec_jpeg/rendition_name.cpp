#include "plugins/codec_jpeg/rendition_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace zoe::plugins {
namespace {

constexpr std::string_view kFamily = "jpeg";
constexpr std::array<int, 7> kLines{2160, 1440, 1080, 720, 480, 360, 240};

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || digits.size() > 4 || error != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  return value;
}

tl::unexpected<Error> refused(std::string_view name, const char* why) {
  return fail(Errc::kInvalidArgument, "\"" + std::string(name.substr(0, 80)) + "\" is no JPEG rendition: " + why +
                                          " (for example \"jpeg@q60,720p\")");
}

}  // namespace

std::span<const int> jpeg_lines() { return kLines; }

Result<JpegSettings> parse_jpeg_name(std::string_view name, int default_quality) {
  JpegSettings settings{.quality = default_quality};
  std::string_view rest = name;
  if (!rest.starts_with(kFamily)) return refused(name, "it does not begin with \"jpeg\"");
  rest.remove_prefix(kFamily.size());
  if (rest.empty()) return settings;
  if (rest.front() != '@') return refused(name, "its settings begin with '@'");
  bool has_quality = false;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(part.size());
    if (part.starts_with('q')) {
      const std::optional<int> quality = number(part.substr(1));
      if (!quality || *quality < 1 || *quality > 100 || has_quality)
        return refused(name, "one quality from q1 to q100");
      settings.quality = *quality;
      has_quality = true;
    } else if (part.ends_with('p')) {
      const std::optional<int> lines = number(part.substr(0, part.size() - 1));
      if (!lines || settings.lines != 0 || std::find(kLines.begin(), kLines.end(), *lines) == kLines.end())
        return refused(name, "one size of 2160p, 1440p, 1080p, 720p, 480p, 360p and 240p");
      settings.lines = *lines;
    } else {
      return refused(name, "a setting is a quality or a size");
    }
  }
  return settings;
}

std::string jpeg_name(const JpegSettings& settings) {
  std::string name = std::string(kFamily) + "@q" + std::to_string(settings.quality);
  if (settings.lines != 0) name += "," + std::to_string(settings.lines) + "p";
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

}  // namespace zoe::plugins
