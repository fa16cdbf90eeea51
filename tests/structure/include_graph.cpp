#include "tests/structure/include_graph.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "tests/support/temp_dir.hpp"

namespace zoe::test {
namespace {

using Rooms = std::set<std::string, std::less<>>;

// Room -> rooms that it may include from, besides itself. tests/ may include from all.
const std::map<std::string, Rooms, std::less<>>& graph() {
  static const std::map<std::string, Rooms, std::less<>> rooms = {
      {"engine/core", {}},
      {"engine/media", {"engine/core"}},
      {"engine/net", {"engine/core"}},
      {"engine/plugin/abi", {}},
      {"engine/plugin/bridge", {"engine/plugin/abi", "engine/core"}},
      {"engine/plugin/sdk", {"engine/plugin/abi", "engine/plugin/bridge", "engine/core", "engine/media"}},
      {"engine/plugin/host", {"engine/plugin/abi", "engine/plugin/bridge", "engine/core"}},
      {"engine/plugin", {"engine/plugin/host", "engine/plugin/bridge", "engine/plugin/abi", "engine/core"}},
      {"engine/app", {"engine/core"}},
      {"engine/render", {"engine/core", "engine/media"}},
      {"engine/audio", {"engine/core", "engine/media"}},
      {"engine/ui", {"engine/core", "engine/app", "engine/render"}},
      {"server",
       {"engine/core", "engine/media", "engine/net", "engine/plugin", "engine/plugin/abi", "engine/plugin/bridge",
        "engine/plugin/host"}},
      {"plugins", {"engine/plugin/abi", "engine/plugin/sdk", "engine/core", "engine/media", "engine/net"}},
      {"player",
       {"engine/core", "engine/media", "engine/net", "engine/plugin", "engine/plugin/abi", "engine/plugin/bridge",
        "engine/plugin/host", "engine/app", "engine/render", "engine/audio", "engine/ui"}},
  };
  return rooms;
}

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

// The path between quotes of an #include line; empty for any other line.
std::string_view quoted_include(std::string_view line) {
  line = trim(line);
  if (!line.starts_with('#')) return {};
  line = trim(line.substr(1));
  if (!line.starts_with("include")) return {};
  line = trim(line.substr(7));
  if (!line.starts_with('"')) return {};
  const auto end = line.find('"', 1);
  return end == std::string_view::npos ? std::string_view{} : line.substr(1, end - 1);
}

// A plugin may include its own folder and what plugins are offered; the other rooms what the graph says.
std::string why_forbidden(const std::string& room, std::string_view included) {
  if (included.starts_with("build/generated/")) return {};  // premake5.lua wrote it from files of the room itself
  const std::string included_room = room_of(included);
  if (included_room.empty() || included.find("..") != std::string_view::npos)
    return "is not a path from the top of the repository into one of its rooms";
  if (room == included_room || room == "tests") return {};
  const std::string kind = room.starts_with("plugins/") ? "plugins" : room;
  const auto allowed = graph().find(kind);
  if (allowed != graph().end() && allowed->second.contains(included_room)) return {};
  return room + " may not include from " + included_room;
}

}  // namespace

std::string room_of(std::string_view path) {
  if (is_below(path, "tests")) return "tests";
  if (is_below(path, "plugins")) {
    const auto end = path.find('/', std::string_view("plugins/").size());
    return end == std::string_view::npos ? std::string() : std::string(path.substr(0, end));
  }
  std::string best;
  for (const auto& [room, allowed] : graph()) {
    if (room != "plugins" && is_below(path, room) && room.size() > best.size()) best = room;
  }
  return best;
}

std::vector<IncludeFault> check_includes(const std::vector<SourceFile>& files) {
  std::vector<IncludeFault> faults;
  for (const SourceFile& file : files) {
    const std::string room = room_of(file.path);
    if (room.empty()) {
      faults.push_back({file.path, 0, "", "lies in no room that the include graph knows"});
      continue;
    }
    std::istringstream lines(file.text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      const std::string_view included = quoted_include(line);
      if (included.empty()) continue;
      std::string reason = why_forbidden(room, included);
      if (!reason.empty()) faults.push_back({file.path, number, std::string(included), std::move(reason)});
    }
  }
  return faults;
}

std::vector<SourceFile> read_sources(const std::string& root) {
  constexpr std::array kRoots = {"engine", "server", "plugins", "player", "tests"};
  constexpr std::array<std::string_view, 4> kExtensions = {".c", ".h", ".cpp", ".hpp"};
  std::vector<SourceFile> files;
  for (const char* top : kRoots) {
    const std::filesystem::path folder = std::filesystem::path(root) / top;
    if (!std::filesystem::is_directory(folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string extension = entry.path().extension();
      if (!entry.is_regular_file() || std::ranges::find(kExtensions, extension) == kExtensions.end()) continue;
      files.push_back({std::filesystem::relative(entry.path(), root), read_whole_file(entry.path())});
    }
  }
  return files;
}

}  // namespace zoe::test
