// One line of a script's output, checked against docs/analysis-scripts.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/core/result.hpp"

namespace zoe::plugins::analysis_script {

inline constexpr std::size_t kMostLineBytes = std::size_t{64} << 10;
inline constexpr std::int64_t kProtocol = 1;

struct HelloLine {
  std::string name;
  std::string version;
};
struct ProgressLine {
  double fraction = 0;
  std::string message;
};
struct TrackLine {
  std::int64_t time_us = 0;
  std::uint32_t id = 0;
  std::string object_class;
  std::string team;
  std::string label;
  double x = 0, y = 0, width = 0, height = 0;
  double confidence = 0;
  struct Place {
    double x = 0;
    double y = 0;
  };
  std::optional<Place> pitch;
};
struct EventLine {
  std::string kind;
  std::int64_t time_us = 0;
  std::optional<std::int64_t> end_us;
  std::string text;
  std::optional<double> confidence;
  std::string team;
};
struct SeriesLine {
  std::string name;
  std::string unit;
  std::string title;
  std::int64_t time_us = 0;
  double value = 0;
};
struct SummaryLine {
  std::string json;  // an object, without its type
};
struct ErrorLine {
  std::string message;
};

using ScriptLine = std::variant<HelloLine, ProgressLine, TrackLine, EventLine, SeriesLine, SummaryLine, ErrorLine>;

// kMalformed, whose words say what is wrong with it and would be right. What it has besides is passed over, so that
// newer scripts can say more.
Result<ScriptLine> parse_line(std::string_view text);

}  // namespace zoe::plugins::analysis_script
