#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>

#include "engine/plugin/host/process_view.hpp"

namespace zoe::plugin {
namespace {

namespace fs = std::filesystem;

// The outermost frames lie within this distance of a stack's end, behind the thread's own block and its static
// thread-local storage.
constexpr std::uintptr_t kMostScannedBytes = 256U << 10;

struct Mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  bool is_code = false;
  std::string path;

  bool holds(std::uintptr_t address) const { return address >= begin && address < end; }
};

// "7f0000-7f1000 r-xp 00000000 08:01 123   /path" of /proc/self/maps; a file that was deleted has " (deleted)" behind.
std::optional<Mapping> parse_mapping(const std::string& line) {
  Mapping mapping;
  char access[5] = {};
  int path_at = 0;
  if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %*s %n", &mapping.begin, &mapping.end, access,
                  &path_at) < 3)
    return std::nullopt;
  mapping.is_code = access[2] == 'x';
  if (path_at > 0 && static_cast<std::size_t>(path_at) < line.size())
    mapping.path = line.substr(static_cast<std::size_t>(path_at));
  constexpr std::string_view kDeleted = " (deleted)";
  if (mapping.path.ends_with(kDeleted)) mapping.path.resize(mapping.path.size() - kDeleted.size());
  return mapping;
}

std::vector<Mapping> read_map() {
  std::vector<Mapping> mappings;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (auto mapping = parse_mapping(line)) mappings.push_back(std::move(*mapping));
  return mappings;
}

// The stack pointer of a thread that sleeps in the kernel: the word before the last in its "syscall" file.
std::optional<std::uintptr_t> stack_pointer(const fs::path& task) {
  std::ifstream file(task / "syscall");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto last = line.rfind(' ');
  if (last == std::string::npos || last == 0) return std::nullopt;  // "running"
  const auto before = line.rfind(' ', last - 1);
  if (before == std::string::npos) return std::nullopt;
  std::uintptr_t value = 0;
  return std::sscanf(line.c_str() + before, "%" SCNxPTR, &value) == 1 ? std::optional(value) : std::nullopt;
}

// The words of the stack, outermost last. Read by the kernel: the thread may end, and its stack go, at any time.
std::vector<std::uintptr_t> read_stack(std::uintptr_t from, std::uintptr_t to) {
  from = std::max(from, to - std::min(to, kMostScannedBytes));
  from &= ~static_cast<std::uintptr_t>(sizeof(void*) - 1);
  std::vector<std::uintptr_t> words((to - from) / sizeof(void*));
  const iovec local{words.data(), words.size() * sizeof(void*)};
  const iovec remote{reinterpret_cast<void*>(from), words.size() * sizeof(void*)};
  const ssize_t got = ::process_vm_readv(::getpid(), &local, 1, &remote, 1, 0);
  words.resize(got > 0 ? static_cast<std::size_t>(got) / sizeof(void*) : 0);
  return words;
}

std::string name_of(const fs::path& task) {
  std::ifstream file(task / "comm");
  std::string name;
  std::getline(file, name);
  return name;
}

// Threads start in the program or in a plugin; the system's libraries only stand between.
bool is_first_code_of(const std::string& library, const std::vector<Mapping>& owners,
                      const std::vector<std::uintptr_t>& stack) {
  for (auto word = stack.rbegin(); word != stack.rend(); ++word)
    for (const Mapping& owner : owners)
      if (owner.holds(*word)) return owner.path == library;
  return false;
}

}  // namespace

bool is_in_map(const std::string& path) {
  const auto mappings = read_map();
  return std::any_of(mappings.begin(), mappings.end(), [&path](const Mapping& m) { return m.path == path; });
}

std::size_t count_threads() {
  std::size_t count = 0;
  std::error_code ignored;
  for (fs::directory_iterator task("/proc/self/task", ignored), end; !ignored && task != end; task.increment(ignored))
    ++count;
  return count;
}

std::vector<std::string> threads_of_library(const std::string& path) {
  std::error_code ignored;
  const std::string program = fs::read_symlink("/proc/self/exe", ignored).string();
  const std::string beside = fs::path(path).parent_path().string() + "/";
  const std::vector<Mapping> mappings = read_map();
  std::vector<Mapping> owners;
  for (const Mapping& mapping : mappings)
    if (mapping.is_code && (mapping.path == program || mapping.path.starts_with(beside))) owners.push_back(mapping);

  std::vector<std::string> names;
  const std::string first = std::to_string(::getpid());
  for (fs::directory_iterator task("/proc/self/task", ignored), end; !ignored && task != end; task.increment(ignored)) {
    if (task->path().filename() == first) continue;
    const auto pointer = stack_pointer(task->path());
    if (!pointer) continue;
    const auto stack =
        std::find_if(mappings.begin(), mappings.end(), [&](const Mapping& m) { return m.holds(*pointer); });
    if (stack == mappings.end()) continue;
    if (is_first_code_of(path, owners, read_stack(*pointer, stack->end))) names.push_back(name_of(task->path()));
  }
  return names;
}

}  // namespace zoe::plugin
