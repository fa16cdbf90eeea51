// zoetrope-plugin-check: takes a plugin through its whole life in a process of its own, so that a server can try a new
// file without risking itself.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/file.hpp"
#include "engine/plugin/host/trial.hpp"
#include "engine/plugin/host/trial_child.hpp"

namespace {

constexpr const char* kUsage =
    "Usage: zoetrope-plugin-check [OPTION]... FILE\n"
    "Loads the plugin FILE, initialises it, runs its self-test, ends and unloads it.\n"
    "\n"
    "  --settings FILE     its settings as a JSON object, as the server would hand them over\n"
    "  --certificate FILE  a PEM certificate chain for a transport (with --key)\n"
    "  --key FILE          its private key\n"
    "  --folder FOLDER     where it may write (default: a folder of its own, removed afterwards)\n"
    "  --line FD           used by the server: talk over this socket, under limits of memory and time\n"
    "  --quiet             print nothing but the failure\n"
    "  --help              this text\n"
    "\n"
    "Exit status: 0 it works, 1 it does not (the last line of the output says why), 2 wrong usage,\n"
    "3 it works, but could not be removed from memory.\n";

constexpr std::size_t kMostTextBytes = 1U << 20;

struct Arguments {
  std::string file;
  std::string settings_file;
  std::string certificate_file;
  std::string key_file;
  std::string folder;
  std::string line;
  bool is_quiet = false;
  bool wants_help = false;
};

std::optional<Arguments> parse(const std::vector<std::string_view>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    std::string* value = nullptr;
    if (word == "--settings") value = &arguments.settings_file;
    if (word == "--certificate") value = &arguments.certificate_file;
    if (word == "--key") value = &arguments.key_file;
    if (word == "--folder") value = &arguments.folder;
    if (word == "--line") value = &arguments.line;
    if (value) {
      if (i + 1 == words.size()) return std::nullopt;
      *value = words[++i];
    } else if (word == "--quiet") {
      arguments.is_quiet = true;
    } else if (word == "--help") {
      arguments.wants_help = true;
    } else if (word.starts_with("-") || !arguments.file.empty()) {
      return std::nullopt;
    } else {
      arguments.file = word;
    }
  }
  if (arguments.file.empty() && !arguments.wants_help) return std::nullopt;
  return arguments;
}

// The text of a file, or nothing where none was named.
zoe::Result<std::string> text_of(const std::string& path) {
  if (path.empty()) return std::string();
  ZOE_TRY(const auto bytes, zoe::read_file(path, kMostTextBytes));
  return std::string(zoe::as_text(bytes));
}

zoe::Result<zoe::plugin::TrialReport> run(const Arguments& arguments) {
  zoe::plugin::TrialOptions options;
  options.log_level = arguments.is_quiet ? zoe::LogLevel::kOff : zoe::LogLevel::kInfo;
  ZOE_TRY(options.settings_json, text_of(arguments.settings_file));
  ZOE_TRY(options.certificate_pem, text_of(arguments.certificate_file));
  ZOE_TRY(options.key_pem, text_of(arguments.key_file));
  if (!arguments.folder.empty()) {
    options.folder = arguments.folder;
    return zoe::plugin::try_plugin(arguments.file, options);
  }
  std::string folder = std::filesystem::temp_directory_path().string() + "/zoetrope-check-XXXXXX";
  if (!::mkdtemp(folder.data())) return zoe::fail(zoe::errno_error("make a folder like " + folder, errno));
  options.folder = folder;
  auto report = zoe::plugin::try_plugin(arguments.file, options);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return report;
}

void limit(int resource, rlim_t most) {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &now) != 0) return;
  now.rlim_cur = std::min(now.rlim_max, most);
  now.rlim_max = now.rlim_cur;
  ::setrlimit(static_cast<__rlimit_resource>(resource), &now);
}

// Before anything of the plugin runs. What a plugin needs to show that it works lies far below these.
void limit_resources() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, 120);
  limit(RLIMIT_FSIZE, 512U << 20);
  limit(RLIMIT_NOFILE, 512);
#if !defined(ZOE_ASAN) && !defined(ZOE_TSAN)
  limit(RLIMIT_AS, rlim_t{8} << 30);  // address space: each thread and each allocator arena only reserves much
#endif
}

// The server's way: the words go over the line. Ends at once, whatever a hanging plugin still does.
[[noreturn]] void run_for_server(const Arguments& arguments, int fd) {
  limit_resources();
  zoe::plugin::TrialLine line(fd);
  zoe::plugin::TrialOptions options;
  options.folder = arguments.folder;
  options.log_level = zoe::LogLevel::kOff;
  options.deadline = std::chrono::hours(1);  // the server has its own
  options.stage = [&line](std::string_view stage) { line.stage(stage); };
  options.settings = [&](std::string_view id) { return line.ask(id, &options.certificate_pem, &options.key_pem); };
  const auto report = zoe::plugin::try_plugin(arguments.file, options);
  if (!report)
    line.failed(report.error());
  else if (report->unload.is_resident)
    line.resident(report->unload.why);
  else
    line.works({report->info.id, report->info.name, report->info.version, report->info.kind});
  std::_Exit(report ? 0 : 1);
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parse({argv + 1, argv + argc});
  int line = -1;
  const char* number = arguments ? arguments->line.c_str() : "";
  const bool is_for_server = std::from_chars(number, number + std::strlen(number), line).ec == std::errc{};
  if (!arguments || is_for_server != !arguments->line.empty()) {
    std::cerr << kUsage;
    return 2;
  }
  if (is_for_server) run_for_server(*arguments, line);
  if (arguments->wants_help) {
    std::cout << kUsage;
    return 0;
  }
  const auto report = run(*arguments);
  if (!report) {
    std::cerr << report.error().message << '\n';
    return 1;
  }
  if (report->unload.is_resident) {
    std::cerr << arguments->file << " works, but could not be removed from memory: " << report->unload.why << '\n';
    return 3;
  }
  if (!arguments->is_quiet)
    std::cout << report->info.id << ' ' << report->info.version << " (" << report->info.kind << ") works\n";
  return 0;
}
