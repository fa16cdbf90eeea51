#include "server/host/operator_tables.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace zoe::server {
namespace {

using nlohmann::json;
using Row = std::vector<std::string>;

std::string text(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

double number(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

bool is_true(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

const json& list(const json& object, const char* name) {
  static const json kNone = json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : kNone;
}

// What deserves a person's attention about a plugin.
std::string remark(const json& plugin) {
  std::string words;
  const auto add = [&words](const std::string& more) { words += (words.empty() ? "" : "; ") + more; };
  if (!is_true(plugin, "is_enabled")) add("disabled");
  if (!is_true(plugin, "is_file_there")) add("its file is gone");
  if (const auto last = plugin.find("last"); last != plugin.end() && last->is_object() && !is_true(*last, "ok"))
    add(text(*last, "action") + " failed: " + text(*last, "message"));
  for (const json& resident : list(plugin, "resident"))
    add("generation " + text(resident, "generation") + " stays in memory: " + text(resident, "why"));
  return words;
}

}  // namespace

std::string aligned_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string bytes_text(double bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string plugins_table(const json& result) {
  std::vector<Row> rows = {{"PLUGIN", "KIND", "GENERATION", "VERSION", "STATE", "PINS", "MEMORY", "REMARKS"}};
  for (const json& plugin : list(result, "plugins")) {
    const json& generations = list(plugin, "generations");
    const std::string id = text(plugin, "id");
    if (generations.empty()) rows.push_back({id, text(plugin, "kind"), "-", text(plugin, "version"), "-", "-", "-"});
    for (const json& generation : generations)
      rows.push_back({id, text(plugin, "kind"), text(generation, "generation"), text(generation, "version"),
                      text(generation, "state"), text(generation, "pins"),
                      bytes_text(number(generation, "memory_bytes"))});
    rows.back().push_back(remark(plugin));
  }
  return aligned_table(rows);
}

std::string status_table(const json& result) {
  const auto uptime = static_cast<std::int64_t>(number(result, "uptime_s"));
  std::vector<Row> rows = {
      {"clients", text(result, "clients")},
      {"streams", text(result, "streams")},
      {"up", fmt::format("{}:{:02}:{:02}", uptime / 3600, uptime / 60 % 60, uptime % 60)},
      {"sent", bytes_text(number(result, "bytes_sent"))},
      {"processor", fmt::format("{:.1f} s", number(result, "cpu_s"))},
      {"memory", bytes_text(number(result, "rss_bytes"))},
  };
  if (const auto store = result.find("store"); store != result.end() && store->is_object())
    rows.push_back(
        {"segments", fmt::format("{} ({} of {})", text(*store, "segments"), bytes_text(number(*store, "bytes")),
                                 bytes_text(number(*store, "budget_bytes")))});
  return aligned_table(rows);
}

std::string log_text(const json& line) {
  const auto seconds = static_cast<std::time_t>(number(line, "utc_ns") / 1e9);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ} {:<7} [{}] {}\n", fmt::gmtime(seconds), text(line, "level"),
                     text(line, "component"), text(line, "text"));
}

}  // namespace zoe::server
