// A line of an analysis script's output, which is a stranger's program: understood or refused, and what is understood
// lies in its bounds.
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "plugins/analysis_script/script_line.hpp"

namespace {

using namespace zoe::plugins::analysis_script;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_share(double value) { return value >= 0 && value <= 1; }

void check(const TrackLine& line) {
  require(line.time_us >= 0 && line.id > 0 && is_share(line.confidence));
  require(is_share(line.x) && is_share(line.y) && is_share(line.width) && is_share(line.height));
  require(line.x + line.width <= 1.000001 && line.y + line.height <= 1.000001);
  require(!line.pitch || (std::isfinite(line.pitch->x) && std::isfinite(line.pitch->y)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto line = parse_line({reinterpret_cast<const char*>(data), size});
  if (!line) {
    require(!line.error().message.empty());
    return 0;
  }
  if (const auto* track = std::get_if<TrackLine>(&*line)) check(*track);
  if (const auto* event = std::get_if<EventLine>(&*line))
    require(event->time_us >= 0 && (!event->end_us || *event->end_us >= event->time_us) && event->kind.size() <= 64);
  if (const auto* series = std::get_if<SeriesLine>(&*line)) require(std::isfinite(series->value));
  if (const auto* summary = std::get_if<SummaryLine>(&*line)) require(!summary->json.empty());
  return 0;
}
