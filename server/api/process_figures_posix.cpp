#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "server/api/process_figures.hpp"

namespace zoe::server {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessFigures process_figures() {
  ProcessFigures figures;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) figures.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen("/proc/self/statm", "re"));
  unsigned long pages = 0;
  if (file && std::fscanf(file.get(), "%*u %lu", &pages) == 1)
    figures.rss_bytes = std::uint64_t{pages} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return figures;
}

}  // namespace zoe::server
