#include "tests/rooms/room_figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace zoe::rooms {
namespace {

// A frame that comes again later than this is another showing of it.
constexpr std::int64_t kSameShowingNs = 250 * kNsPerMs;
constexpr std::int64_t kSampleNs = 5 * kNsPerMs;
constexpr double kTwoFramesMs = 2000.0 / 30;

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::size_t>(std::llround(share * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

// When `of` showed the frame nearest in time to `when`; nothing within kSameShowingNs: -1.
std::int64_t showing_of(const std::vector<Shown>& of, const Shown& when) {
  std::int64_t best = -1;
  auto it = std::lower_bound(of.begin(), of.end(), when.at_ns - kSameShowingNs,
                             [](const Shown& each, std::int64_t at) { return each.at_ns < at; });
  for (; it != of.end() && it->at_ns <= when.at_ns + kSameShowingNs; ++it)
    if (it->pts_us == when.pts_us && (best < 0 || std::abs(it->at_ns - when.at_ns) < std::abs(best - when.at_ns)))
      best = it->at_ns;
  return best;
}

void measure_skew(const std::vector<std::vector<Shown>>& shown, std::int64_t began_ns, std::int64_t ended_ns,
                  Figures& out) {
  std::vector<double> differences;
  for (const Shown& each : shown.front()) {
    if (each.at_ns < began_ns || each.at_ns > ended_ns) continue;
    std::vector<std::int64_t> times{each.at_ns};
    for (std::size_t i = 1; i < shown.size(); ++i)
      if (const std::int64_t at = showing_of(shown[i], each); at >= 0) times.push_back(at);
    if (times.size() < 2) continue;
    ++out.frames;
    for (std::size_t i = 0; i < times.size(); ++i)
      for (std::size_t j = i + 1; j < times.size(); ++j)
        differences.push_back(static_cast<double>(std::abs(times[i] - times[j])) / kNsPerMs);
  }
  out.pairs = differences.size();
  out.worst_ms = differences.empty() ? 0 : *std::max_element(differences.begin(), differences.end());
  const auto over = std::count_if(differences.begin(), differences.end(), [](double ms) { return ms > kTwoFramesMs; });
  out.over_two_frames = differences.empty() ? 0 : static_cast<double>(over) / static_cast<double>(differences.size());
  out.p50_ms = percentile(differences, 0.5);
  out.p99_ms = percentile(differences, 0.99);
}

void measure_sameness(const std::vector<std::vector<Shown>>& shown, std::int64_t began_ns, std::int64_t ended_ns,
                      Figures& out) {
  std::vector<std::size_t> at(shown.size(), 0);
  std::uint64_t pairs = 0;
  std::uint64_t same = 0;
  for (std::int64_t now = began_ns; now < ended_ns; now += kSampleNs) {
    std::vector<std::int64_t> frames;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      while (at[i] + 1 < shown[i].size() && shown[i][at[i] + 1].at_ns <= now) ++at[i];
      if (!shown[i].empty()) frames.push_back(shown[i][at[i]].pts_us);
    }
    std::sort(frames.begin(), frames.end());
    pairs += frames.size() * (frames.size() - 1) / 2;
    for (std::size_t from = 0; from < frames.size();) {
      std::size_t to = from;
      while (to < frames.size() && frames[to] == frames[from]) ++to;
      same += (to - from) * (to - from - 1) / 2;
      from = to;
    }
  }
  out.same_frame = pairs == 0 ? 0 : static_cast<double>(same) / static_cast<double>(pairs);
}

}  // namespace

void measure(const std::vector<std::vector<Shown>>& shown, std::int64_t began_ns, std::int64_t ended_ns, Figures& out) {
  out.cores = shown.size();
  if (shown.size() < 2) return;
  measure_skew(shown, began_ns, ended_ns, out);
  measure_sameness(shown, began_ns, ended_ns, out);
}

std::string to_table(const Figures& figures) {
  return fmt::format(
      "{} cores, {} commands, {} frames compared in {} pairs\n"
      "difference between any two: p50 {:.2f} ms, p99 {:.2f} ms, worst {:.2f} ms; over two frames (66.7 ms): {:.4f} %\n"
      "samples in which two show the same frame: {:.2f} %\n"
      "pauses that left all on one frame: {} of {}\n",
      figures.cores, figures.commands, figures.frames, figures.pairs, figures.p50_ms, figures.p99_ms, figures.worst_ms,
      100 * figures.over_two_frames, 100 * figures.same_frame, figures.pauses_on_one_frame, figures.pauses);
}

std::string to_json(const Figures& figures) {
  const nlohmann::json json{{"cores", figures.cores},
                            {"commands", figures.commands},
                            {"frames", figures.frames},
                            {"pairs", figures.pairs},
                            {"p50_ms", figures.p50_ms},
                            {"p99_ms", figures.p99_ms},
                            {"worst_ms", figures.worst_ms},
                            {"over_two_frames", figures.over_two_frames},
                            {"same_frame", figures.same_frame},
                            {"pauses", figures.pauses},
                            {"pauses_on_one_frame", figures.pauses_on_one_frame}};
  return json.dump(2) + "\n";
}

}  // namespace zoe::rooms
