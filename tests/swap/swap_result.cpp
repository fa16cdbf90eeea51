// What a run came to, judged and written down.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "tests/swap/swap_run.hpp"

namespace zoe::test {
namespace {

// Media files that are open, connections that end, pools that grow to their size: not what each swap might leave
// behind.
constexpr std::int64_t kDescriptorSlack = 8;
constexpr std::int64_t kMappingSlack = 64;  // memory pools and stacks of threads that come and go
constexpr std::int64_t kThreadSlack = 8;
constexpr double kMemoryGrowth = 1.10;  // of the resident memory after the first round
constexpr std::int64_t kMemorySlackKib = 32 << 10;

nlohmann::json to_json_of(const ProcessSample& sample) {
  return {{"descriptors", sample.descriptors},
          {"mappings", sample.mappings},
          {"plugin_libraries", sample.plugin_libraries},
          {"threads", sample.threads},
          {"resident_kib", sample.resident_kib}};
}

}  // namespace

std::vector<std::string> SwapResult::complaints(Form form) const {
  std::vector<std::string> all = failures;
  const auto expect = [&all](bool holds, std::string words) {
    if (!holds) all.push_back(std::move(words));
  };
  expect(clients_failed == 0, fmt::format("{} clients were dropped", clients_failed));
  expect(frames > 0, "no frame was shown");
  expect(lost == 0, fmt::format("{} packets were lost", lost));
  expect(repeated == 0, fmt::format("{} packets came twice", repeated));
  expect(take_overs_failed == 0, fmt::format("{} tickets were refused", take_overs_failed));
  const auto moves = static_cast<std::uint64_t>(transport_swaps) * static_cast<std::uint64_t>(clients);
  expect(transport_swaps == 0 || resumes > 0, "no client was ever told to resume");
  expect(resumes <= moves, fmt::format("{} resumes, where {} swaps of {} clients' transport ask for {}", resumes,
                                       transport_swaps, clients, moves));
  expect(after.plugin_libraries == static_cast<std::int64_t>(plugins.size()),
         fmt::format("{} plugin libraries are mapped, {} serve: {}", after.plugin_libraries, plugins.size(),
                     fmt::join(after.plugin_names, ", ")));
  expect(after.descriptors <= before.descriptors + kDescriptorSlack,
         fmt::format("descriptors grew from {} to {}", before.descriptors, after.descriptors));
  expect(after.threads <= before.threads + kThreadSlack,
         fmt::format("threads grew from {} to {}", before.threads, after.threads));
  if (form == Form::kShort) return all;
  expect(after.mappings <= before.mappings + kMappingSlack,
         fmt::format("mappings grew from {} to {}", before.mappings, after.mappings));
  expect(static_cast<double>(after.resident_kib) <=
             static_cast<double>(before.resident_kib) * kMemoryGrowth + static_cast<double>(kMemorySlackKib),
         fmt::format("memory grew from {} to {} KiB", before.resident_kib, after.resident_kib));
  expect(longest_wait_swaps_ms <= longest_wait_quiet_ms + frame_ms,
         fmt::format("a viewer waited {:.1f} ms for a frame while plugins were swapped, {:.1f} ms while none was",
                     longest_wait_swaps_ms, longest_wait_quiet_ms));
  return all;
}

std::string SwapResult::to_table() const {
  std::string out = fmt::format("{:<24}{:<12}{:>8}{:>16}\n", "plugin", "kind", "swaps", "longest, ms");
  for (const Plugin& each : plugins)
    out += fmt::format("{:<24}{:<12}{:>8}{:>16.0f}\n", each.id, each.kind, each.swaps, each.longest_ms);
  out += fmt::format("\n{:<24}{} ({} dropped, {} resumed in all, {} tickets refused)\n", "clients", clients,
                     clients_failed, resumes, take_overs_failed);
  out += fmt::format("{:<24}{} ({} lost, {} twice)\n", "frames", frames, lost, repeated);
  out += fmt::format("\n{:<24}{:>12}{:>12}\n", "", "no swaps", "swaps");
  out += fmt::format("{:<24}{:>12.1f}{:>12.1f}\n", "longest gap, ms", longest_gap_quiet_ms, longest_gap_swaps_ms);
  out += fmt::format("{:<24}{:>12.1f}{:>12.1f}   (a frame is {:.1f} ms)\n", "late by at most, ms",
                     longest_wait_quiet_ms, longest_wait_swaps_ms, frame_ms);
  out += fmt::format("\n{:<24}{:>12}{:>12}\n", "the server's", "first round", "end");
  const auto row = [&out](const char* name, std::int64_t first, std::int64_t last) {
    out += fmt::format("{:<24}{:>12}{:>12}\n", name, first, last);
  };
  row("descriptors", before.descriptors, after.descriptors);
  row("mappings", before.mappings, after.mappings);
  row("plugin libraries", before.plugin_libraries, after.plugin_libraries);
  row("threads", before.threads, after.threads);
  row("memory, KiB", before.resident_kib, after.resident_kib);
  return out;
}

nlohmann::json SwapResult::to_json() const {
  nlohmann::json json{{"clients", clients},
                      {"clients_failed", clients_failed},
                      {"frames", frames},
                      {"lost", lost},
                      {"repeated", repeated},
                      {"resumes", resumes},
                      {"take_overs_failed", take_overs_failed},
                      {"transport_swaps", transport_swaps},
                      {"frame_ms", frame_ms},
                      {"longest_wait_quiet_ms", longest_wait_quiet_ms},
                      {"longest_wait_swaps_ms", longest_wait_swaps_ms},
                      {"longest_gap_quiet_ms", longest_gap_quiet_ms},
                      {"longest_gap_swaps_ms", longest_gap_swaps_ms},
                      {"before", to_json_of(before)},
                      {"after", to_json_of(after)},
                      {"complaints", complaints(Form::kLong)},
                      {"plugins", nlohmann::json::array()}};
  for (const Plugin& each : plugins)
    json["plugins"].push_back(
        {{"id", each.id}, {"kind", each.kind}, {"swaps", each.swaps}, {"longest_ms", each.longest_ms}});
  return json;
}

}  // namespace zoe::test
