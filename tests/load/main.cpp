// zoetrope-load: many protocol clients at once, without windows.

#include <sys/resource.h>

#include <cstdio>

#include "engine/core/file.hpp"
#include "tests/load/load_figures.hpp"
#include "tests/load/load_options.hpp"
#include "tests/load/load_runner.hpp"

namespace {

// A descriptor a client, and the soft limit is often 1024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = zoe::load::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  raise_descriptor_limit();
  const auto figures = zoe::load::run_load(*options);
  if (!figures) {
    std::fprintf(stderr, "zoetrope-load: %s\n", figures.error().message.c_str());
    return 1;
  }
  std::fputs(to_table(*options, *figures).c_str(), stdout);
  if (!options->json_file.empty()) {
    const std::string json = to_json(*options, *figures);
    if (const auto status = zoe::write_file_atomic(options->json_file, zoe::as_bytes(json)); !status) {
      std::fprintf(stderr, "zoetrope-load: %s\n", status.error().message.c_str());
      return 1;
    }
  }
  return figures->failed > 0 ? 1 : 0;
}
