#include "plugins/analysis_script/manifest.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/core/file.hpp"
#include "plugins/analysis_script/toml_reader.hpp"

namespace zoe::plugins::analysis_script {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{64} << 10;
constexpr std::size_t kMostWords = 256;
constexpr std::size_t kMostWordBytes = 4096;
constexpr std::size_t kMostParameters = 64;
constexpr std::size_t kMostChoices = 256;
constexpr std::int64_t kMostWhole = std::int64_t{1} << 53;  // what JSON carries everywhere
constexpr std::array<std::string_view, 4> kPlaces{"{media}", "{parameters}", "{work}", "{folder}"};
constexpr std::array<std::string_view, 6> kTypes{"integer", "number", "boolean", "text", "choice", "file"};

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 48 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// "{mdia}" is a mistake and "{ print $1 }" a program.
bool has_unknown_place(std::string_view word) {
  for (auto at = word.find('{'); at != std::string_view::npos; at = word.find('{', at + 1)) {
    const auto end = word.find('}', at);
    if (end == std::string_view::npos) return false;
    const std::string_view place = word.substr(at, end - at + 1);
    if (is_id(place.substr(1, place.size() - 2)) && std::ranges::find(kPlaces, place) == kPlaces.end()) return true;
  }
  return false;
}

Status check_command(const TomlReader& top, const std::vector<std::string>& command) {
  if (command.empty() || command[0].empty()) return top.wrong("command", "a list that begins with the program");
  for (const std::string& word : command) {
    if (word.find('\0') != std::string::npos) return top.wrong("command", "words without a zero byte");
    if (has_unknown_place(word))
      return top.wrong("command", "words that hold no other places than {media}, {parameters}, {work} and {folder}");
  }
  return {};
}

Result<Limits> read_limits(const TomlReader& top) {
  Limits limits;
  ZOE_TRY(const std::optional<TomlReader> table, top.table("limits"));
  if (!table) return limits;
  ZOE_TRY(limits.seconds, table->integer("seconds", limits.seconds, 1, 7 * 86'400));
  ZOE_TRY(limits.memory_mib, table->integer("memory_mib", limits.memory_mib, 16, 1 << 20));
  ZOE_TRY(limits.output_mib, table->integer("output_mib", limits.output_mib, 1, 1 << 16));
  ZOE_TRY(limits.file_mib, table->integer("file_mib", limits.file_mib, 1, 1 << 20));
  ZOE_TRY(limits.processes, table->integer("processes", limits.processes, 1, 4096));
  ZOE_TRY(limits.nice, table->integer("nice", limits.nice, 0, 19));
  ZOE_TRY(limits.at_once, table->integer("at_once", limits.at_once, 1, 64));
  ZOE_CHECK(table->check_unknown());
  return limits;
}

Status read_bounds(const TomlReader& table, json& parameter) {
  for (const char* bound : {"min", "max"}) {
    ZOE_TRY(const std::optional<json> value, table.scalar(bound));
    if (!value) continue;
    const bool is_whole = parameter["type"] == "integer";
    if (!(is_whole ? value->is_number_integer() : value->is_number()))
      return table.wrong(bound, is_whole ? "a whole number" : "a number");
    parameter[bound] = *value;
  }
  if (parameter.contains("min") && parameter.contains("max") && parameter["min"] > parameter["max"])
    return table.wrong("min", "at most max");
  return {};
}

// What the type asks of the default, and what it is where there is none.
Status read_default(const TomlReader& table, json& parameter) {
  const std::string type = parameter["type"];
  ZOE_TRY(const std::optional<json> given, table.scalar("default"));
  if (type == "choice") {
    const json& choices = parameter["choices"];
    const json value = given ? *given : choices[0];
    if (std::ranges::find(choices, value) == choices.end()) return table.wrong("default", "one of its choices");
    parameter["default"] = value;
    return {};
  }
  if (type == "boolean") {
    if (given && !given->is_boolean()) return table.wrong("default", "true or false");
    parameter["default"] = given ? *given : json(false);
    return {};
  }
  if (type == "text" || type == "file") {
    if (given && !given->is_string()) return table.wrong("default", "text");
    parameter["default"] = given ? *given : json("");
    return {};
  }
  const bool is_whole = type == "integer";
  const json value = given ? *given : parameter.value("min", json(0));
  const bool is_number = is_whole ? value.is_number_integer() : value.is_number();
  if (!is_number || (is_whole && std::abs(value.get<std::int64_t>()) > kMostWhole))
    return table.wrong("default", is_whole ? "a whole number" : "a number");
  if ((parameter.contains("min") && value < parameter["min"]) ||
      (parameter.contains("max") && value > parameter["max"]))
    return table.wrong("default", "from min to max");
  parameter["default"] = value;
  return {};
}

Result<json> read_parameter(const TomlReader& table) {
  json parameter = json::object();
  ZOE_TRY(const std::string name, table.text("name", 48));
  if (!is_id(name)) return table.wrong("name", "1 to 48 of a-z, 0-9 and _");
  ZOE_TRY(const std::string title, table.text("title", 128, name));
  ZOE_TRY(const std::string type, table.text("type", 16));
  if (std::ranges::find(kTypes, type) == kTypes.end())
    return table.wrong("type", R"("integer", "number", "boolean", "text", "choice" or "file")");
  parameter["name"] = name;
  parameter["title"] = title;
  parameter["type"] = type;
  if (type == "integer" || type == "number") ZOE_CHECK(read_bounds(table, parameter));
  if (type == "choice") {
    ZOE_TRY(const std::vector<std::string> choices, table.texts("choices", kMostChoices, 128));
    if (choices.empty()) return table.wrong("choices", "a list of texts");
    parameter["choices"] = choices;
  }
  ZOE_CHECK(read_default(table, parameter));
  ZOE_CHECK(table.check_unknown());
  return parameter;
}

Result<json> read_parameters(const TomlReader& top) {
  json all = json::array();
  ZOE_TRY(const std::vector<TomlReader> tables, top.tables("parameters", kMostParameters));
  for (const TomlReader& table : tables) {
    ZOE_TRY(json parameter, read_parameter(table));
    for (const json& other : all)
      if (other["name"] == parameter["name"]) return table.wrong("name", "another name than those before it");
    all.push_back(std::move(parameter));
  }
  return all;
}

}  // namespace

std::vector<std::string> Manifest::file_parameters() const {
  std::vector<std::string> names;
  for (const json& each : parameters)
    if (each["type"] == "file") names.push_back(each["name"]);
  return names;
}

Result<Manifest> parse_manifest(std::string_view text, const std::string& file) {
  if (text.size() > kMostBytes) return fail(Errc::kMalformed, file + ": a manifest has at most 64 KiB");
  Manifest manifest;
  manifest.file = file;
  manifest.folder = file.substr(0, file.find_last_of('/'));
  ZOE_TRY(const TomlDocument document, TomlDocument::parse(text, file));
  const TomlReader top = document.top();
  ZOE_TRY(manifest.id, top.text("id", 48));
  if (!is_id(manifest.id)) return top.wrong("id", "1 to 48 of a-z, 0-9 and _");
  ZOE_TRY(manifest.name, top.text("name", 64));
  ZOE_TRY(manifest.description, top.text("description", 1024, ""));
  ZOE_TRY(manifest.version, top.text("version", 32));
  ZOE_TRY(manifest.command, top.texts("command", kMostWords, kMostWordBytes));
  ZOE_CHECK(check_command(top, manifest.command));
  ZOE_TRY(manifest.needs, top.texts("needs", kMostWords, 256));
  for (const std::string& program : manifest.needs)
    if (program.empty() || program.find('\0') != std::string::npos) return top.wrong("needs", "names of programs");
  ZOE_TRY(manifest.limits, read_limits(top));
  ZOE_TRY(manifest.parameters, read_parameters(top));
  ZOE_CHECK(top.check_unknown());
  return manifest;
}

Result<Manifest> load_manifest(const std::string& file) {
  ZOE_TRY(const auto bytes, read_file(file, kMostBytes));
  return parse_manifest(as_text(bytes), file);
}

std::vector<std::string> fill_in(const std::vector<std::string>& command, const Places& places) {
  const std::array<const std::string*, 4> values{&places.media, &places.parameters, &places.work, &places.folder};
  std::vector<std::string> words;
  for (const std::string& word : command) {
    std::string filled;
    for (std::size_t at = 0; at < word.size();) {
      const auto is_here = [&](std::string_view place) { return std::string_view(word).substr(at).starts_with(place); };
      const auto place = std::ranges::find_if(kPlaces, is_here);
      if (place == kPlaces.end()) {
        filled += word[at++];
      } else {
        filled += *values[static_cast<std::size_t>(place - kPlaces.begin())];
        at += place->size();
      }
    }
    words.push_back(std::move(filled));
  }
  return words;
}

}  // namespace zoe::plugins::analysis_script
