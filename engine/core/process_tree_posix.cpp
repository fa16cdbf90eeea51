#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/core/process_tree.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe {
namespace {

constexpr std::size_t kMostEnvironment = std::size_t{1} << 20;

// At most `most` bytes of a file in /proc; empty where the process is gone.
std::string read_proc(int pid, const char* name, std::size_t most) {
  const std::string path = "/proc/" + std::to_string(pid) + "/" + name;
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> part;
  while (fd && text.size() < most) {
    const ssize_t got = ::read(fd.get(), part.data(), part.size());
    if (got <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}

void for_each_process(const std::function<void(int pid)>& body) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), ::closedir);
  if (!folder) return;
  while (const dirent* entry = ::readdir(folder.get())) {
    int pid = 0;
    const char* end = entry->d_name + std::strlen(entry->d_name);
    const auto [rest, error] = std::from_chars(entry->d_name, end, pid);
    if (error == std::errc() && rest == end) body(pid);
  }
}

// proc(5): "pid (name) state ppid …", of which the name may hold anything; rss is the 24th field, in pages.
std::optional<ProcessFacts> facts_of(int pid) {
  const std::string text = read_proc(pid, "stat", 4096);
  const auto name_end = text.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  ProcessFacts facts{.pid = pid};
  std::string_view rest = std::string_view(text).substr(name_end + 2);
  for (int field = 3; field <= 24 && !rest.empty(); ++field) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    std::int64_t number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    if (field == 4) facts.parent = static_cast<int>(number);
    if (field == 24 && number > 0)
      facts.memory_bytes = static_cast<std::uint64_t>(number) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  return facts;
}

}  // namespace

std::vector<ProcessFacts> descendants_of(int pid) {
  std::vector<ProcessFacts> others;
  for_each_process([&](int each) {
    if (auto facts = facts_of(each)) others.push_back(*facts);
  });
  std::vector<ProcessFacts> found;
  std::vector<int> parents{pid};
  while (!parents.empty()) {
    std::vector<int> next;
    for (const int parent : parents)
      for (const ProcessFacts& each : others)
        if (each.parent == parent && each.pid != pid) {
          found.push_back(each);
          next.push_back(each.pid);
        }
    parents = std::move(next);
  }
  return found;
}

bool has_in_environment(int pid, const std::string& variable) {
  const std::string all = read_proc(pid, "environ", kMostEnvironment);
  for (std::size_t at = 0; at < all.size();) {
    const std::string_view each(all.c_str() + at);
    if (each == variable) return true;
    at += each.size() + 1;
  }
  return false;
}

std::uint64_t count_tasks_of(unsigned user) {
  std::uint64_t count = 0;
  for_each_process([&](int pid) {
    struct stat facts {};
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    if (::stat(tasks.c_str(), &facts) == 0 && facts.st_uid == user && facts.st_nlink > 2) count += facts.st_nlink - 2;
  });
  return count;
}

}  // namespace zoe
