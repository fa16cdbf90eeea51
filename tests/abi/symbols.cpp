#include "tests/abi/symbols.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

#include "tests/support/process.hpp"

namespace zoe::test {
namespace {

struct Symbol {
  std::string bind;  // "GLOBAL", "WEAK", "UNIQUE"
  bool is_defined = false;
  std::string name;
  std::string version;  // may be empty
};

std::string output_of(const std::vector<std::string>& command) {
  const RunResult result = run(command);
  if (!result.ok()) throw std::runtime_error(command.front() + " fails: " + result.err);
  return result.out;
}

// Columns: number, value, size, type, bind, visibility, section, name[@VERSION or @@VERSION], [(number)].
std::vector<Symbol> dynamic_symbols(const std::string& file) {
  std::istringstream lines(output_of({"readelf", "--dyn-syms", "-W", file}));
  std::vector<Symbol> symbols;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number;
    std::string skipped;
    std::string section;
    Symbol symbol;
    words >> number >> skipped >> skipped >> skipped >> symbol.bind >> skipped >> section >> symbol.name;
    if (number.empty() || number.front() < '0' || number.front() > '9' || symbol.name.empty() || symbol.bind == "LOCAL")
      continue;
    symbol.is_defined = section != "UND";
    const auto at = symbol.name.find('@');
    if (at != std::string::npos) {
      symbol.version = symbol.name.substr(symbol.name.find_first_not_of('@', at));
      symbol.name.resize(at);
    }
    symbols.push_back(std::move(symbol));
  }
  return symbols;
}

// Library name (DT_NEEDED) -> the path that the loader finds for it, for all that the file needs in the end.
std::map<std::string, std::string> library_paths(const std::string& file) {
  std::istringstream lines(output_of({"ldd", file}));
  std::map<std::string, std::string> paths;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::string arrow;
    std::string path;
    words >> name >> arrow >> path;
    if (arrow == "=>") {
      paths[name] = path;
    } else if (name.starts_with('/')) {
      paths[name.substr(name.rfind('/') + 1)] = name;  // the loader itself
    }
  }
  return paths;
}

using Names = std::set<std::string, std::less<>>;

// What a library of the system defines: each name alone, and with its version. Read once.
const Names& defined_by(const std::string& path) {
  static std::map<std::string, Names> known;
  const auto [found, is_new] = known.try_emplace(path);
  if (is_new) {
    for (const Symbol& symbol : dynamic_symbols(path)) {
      if (!symbol.is_defined) continue;
      found->second.insert(symbol.name);
      found->second.insert(symbol.name + "@" + symbol.version);
    }
  }
  return found->second;
}

// The sanitizers' runtime lies in the program.
bool is_of_a_sanitizer([[maybe_unused]] const std::string& name) {
#if defined(ZOE_ASAN) || defined(ZOE_TSAN)
  for (const char* prefix : {"__asan_", "__ubsan_", "__tsan_", "__sanitizer_", "__sancov_"})
    if (name.starts_with(prefix)) return true;
#endif
  return false;
}

// The names between brackets in readelf's lines that contain `tag`.
std::vector<std::string> dynamic_entries(const std::string& section, const std::string& tag) {
  std::istringstream lines(section);
  std::vector<std::string> values;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(tag) == std::string::npos) continue;
    const auto open = line.find('[');
    values.push_back(open == std::string::npos ? line : line.substr(open + 1, line.find(']') - open - 1));
  }
  return values;
}

}  // namespace

std::vector<std::string> faults_of_plugin(const std::string& file) {
  std::vector<std::string> faults;
  const std::string section = output_of({"readelf", "-d", "-W", file});
  const auto paths = library_paths(file);
  std::vector<const Names*> needed;
  for (const std::string& name : dynamic_entries(section, "(NEEDED)")) {
    const auto path = paths.find(name);
    if (path == paths.end()) throw std::runtime_error(file + " needs " + name + ", which is not found");
    needed.push_back(&defined_by(path->second));
  }

  bool has_entry = false;
  for (const Symbol& symbol : dynamic_symbols(file)) {
    if (symbol.bind == "UNIQUE") faults.push_back("has the unique symbol " + symbol.name);
    if (symbol.is_defined) {
      has_entry = has_entry || symbol.name == "zoe_plugin_entry";
      if (symbol.name != "zoe_plugin_entry") faults.push_back("exports " + symbol.name);
      continue;
    }
    if (symbol.name.starts_with("__cxa_thread_atexit"))
      faults.push_back("has a thread-local object with a destructor (" + symbol.name + ")");
    if (symbol.bind == "WEAK" || is_of_a_sanitizer(symbol.name)) continue;
    const std::string wanted = symbol.version.empty() ? symbol.name : symbol.name + "@" + symbol.version;
    if (std::ranges::none_of(needed, [&](const Names* names) { return names->contains(wanted); }))
      faults.push_back("needs " + wanted + ", which none of its libraries defines");
  }
  if (!has_entry) faults.push_back("does not export zoe_plugin_entry");
  if (!dynamic_entries(section, "TEXTREL").empty()) faults.push_back("has relocations in its code");
  if (!dynamic_entries(section, "NODELETE").empty()) faults.push_back("says that it must not be unloaded");
  return faults;
}

}  // namespace zoe::test
