#include "tests/load/load_figures.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace zoe::load {
namespace {

constexpr double kBytesPerGb = 1e9;

double per_second(double amount, const Figures& figures) {
  return figures.measured_s > 0 ? amount / figures.measured_s : 0;
}

double cpu_per_gb(double cpu_s, const Figures& figures) {
  return figures.bytes > 0 && cpu_s >= 0 ? cpu_s / (static_cast<double>(figures.bytes) / kBytesPerGb) : -1;
}

nlohmann::json to_json(const Percentiles& p, std::size_t count) {
  return {{"count", count}, {"p50", p.p50}, {"p90", p.p90}, {"p99", p.p99}, {"max", p.most}};
}

std::string row(const char* name, const std::vector<double>& values) {
  const Percentiles p = percentiles(values);
  return fmt::format("{:<22}{:>8.1f} {:>8.1f} {:>8.1f} {:>8.1f}   ({} measured)\n", name, p.p50, p.p90, p.p99, p.most,
                     values.size());
}

nlohmann::json window_json(const Window& window) {
  return {{"name", window.name},
          {"seconds", window.seconds},
          {"frames", window.frames},
          {"late", window.late},
          {"missing", window.missing},
          {"worst_lateness_ms", window.worst_lateness_ms},
          {"longest_gap_ms", window.longest_gap_ms},
          {"longest_wait_ms", window.longest_wait_ms},
          {"lost", window.lost},
          {"repeated", window.repeated},
          {"resumes", window.resumes},
          {"longest_resume_ms", window.longest_resume_ms}};
}

}  // namespace

void Window::add_frame(double lateness_ms, double interval_ms) {
  ++frames;
  longest_gap_ms = std::max(longest_gap_ms, interval_ms + std::max(lateness_ms, 0.0));
  if (lateness_ms <= 0) return;
  ++late;
  worst_lateness_ms = std::max(worst_lateness_ms, lateness_ms);
  longest_wait_ms = std::max(longest_wait_ms, lateness_ms);
}

void Window::add_missing(std::uint64_t count, double behind_ms, double interval_ms) {
  late += count;
  missing += count;
  worst_lateness_ms = std::max(worst_lateness_ms, behind_ms);
  longest_gap_ms = std::max(longest_gap_ms, interval_ms + behind_ms);
  longest_wait_ms = std::max(longest_wait_ms, behind_ms);
}

void Window::add_resume(double took_ms) {
  ++resumes;
  longest_resume_ms = std::max(longest_resume_ms, took_ms);
}

Percentiles percentiles(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto rank = [&](double share) {
    const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::min(std::max<std::size_t>(at, 1), values.size()) - 1];
  };
  return {rank(0.5), rank(0.9), rank(0.99), values.back()};
}

std::string to_table(const Options& options, const Figures& figures) {
  std::string out;
  out += fmt::format("{:<22}{} ({} playing, {} failed, {} stalled on purpose)\n", "clients", options.clients,
                     figures.playing, figures.failed, options.stalled);
  out += fmt::format("{:<22}{:.1f} s of {}\n", "measured", figures.measured_s, options.rendition);
  const Window& all = figures.all;
  out += fmt::format("{:<22}{} ({:.0f} a second)\n", "frames delivered", all.frames,
                     per_second(static_cast<double>(all.frames), figures));
  out += fmt::format("{:<22}{} lost, {} came twice\n", "continuity", all.lost, all.repeated);
  out += fmt::format("{:<22}{} ({} of them never came; worst {:.1f} ms)\n", "late frames", all.late, all.missing,
                     all.worst_lateness_ms);
  out += fmt::format("{:<22}{:.1f} ms\n", "longest gap", all.longest_gap_ms);
  if (all.resumes > 0)
    out += fmt::format("{:<22}{} ({} tickets refused; longest {:.1f} ms)\n", "connections resumed", all.resumes,
                       figures.take_overs_failed, all.longest_resume_ms);
  out += fmt::format("{:<22}{} ({:.1f} MB a second)\n", "bytes", figures.bytes,
                     per_second(static_cast<double>(figures.bytes) / 1e6, figures));
  out += fmt::format("{:<22}{:>8} {:>8} {:>8} {:>8}\n", "", "p50", "p90", "p99", "max");
  out += row("start latency, ms", figures.start_ms);
  out += row("seek latency, ms", figures.seek_ms);
  if (figures.server_cpu_s >= 0)
    out += fmt::format("{:<22}{:.2f} s: {:.2f} of a core, {:.4f} % of one for each client, {:.3f} s a gigabyte\n",
                       "server CPU", figures.server_cpu_s, per_second(figures.server_cpu_s, figures),
                       100 * per_second(figures.server_cpu_s, figures) / std::max(figures.playing, 1),
                       cpu_per_gb(figures.server_cpu_s, figures));
  out += fmt::format("{:<22}{:.2f} s: {:.2f} of a core\n", "load tool CPU", figures.load_cpu_s,
                     per_second(figures.load_cpu_s, figures));
  for (const std::string& failure : figures.failures) out += "failed: " + failure + "\n";
  return out;
}

std::string to_json(const Options& options, const Figures& figures) {
  nlohmann::json json{
      {"clients", options.clients},
      {"playing", figures.playing},
      {"failed", figures.failed},
      {"stalled", options.stalled},
      {"stalled_bytes", figures.stalled_bytes},
      {"rendition", options.rendition},
      {"measured_s", figures.measured_s},
      {"frames_per_s", per_second(static_cast<double>(figures.all.frames), figures)},
      {"take_overs_failed", figures.take_overs_failed},
      {"bytes", figures.bytes},
      {"seeks", figures.seeks},
      {"start_ms", to_json(percentiles(figures.start_ms), figures.start_ms.size())},
      {"seek_ms", to_json(percentiles(figures.seek_ms), figures.seek_ms.size())},
      {"load_cpu_s", figures.load_cpu_s},
      {"failures", figures.failures},
  };
  json.update(window_json(figures.all));
  json.erase("name");
  for (const Window& window : figures.windows) json["windows"].push_back(window_json(window));
  if (figures.server_cpu_s >= 0) {
    json["server_cpu_s"] = figures.server_cpu_s;
    json["server_cpu_s_per_gb"] = cpu_per_gb(figures.server_cpu_s, figures);
  }
  return json.dump(2) + "\n";
}

std::string to_json(const Window& window) { return window_json(window).dump(); }

}  // namespace zoe::load
