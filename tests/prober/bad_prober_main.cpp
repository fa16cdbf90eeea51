// The prober as hostile files would have it: it looks into files as the real one does, unless their names say what
// befalls it.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include "server/library/examiner.hpp"
#include "server/library/prober.hpp"

namespace {

using namespace zoe;
using namespace zoe::server;

int g_line = -1;

Result<Findings> suffer(const ExamineOrder& order, const ExamineProgress& progress) {
  const auto is_called = [&](const char* word) { return order.path.find(word) != std::string::npos; };
  if (is_called("crash")) ::raise(SIGSEGV);
  if (is_called("quit")) ::_exit(7);
  if (is_called("hang"))
    for (;;) ::usleep(10'000);
  if (is_called("endless"))
    for (;;) {
      ::usleep(10'000);
      ZOE_CHECK(progress(0.5));
    }
  if (is_called("bomb")) {
    std::vector<std::string> eaten;
    for (;;) eaten.emplace_back(std::size_t{16} << 20, 'x');
  }
  if (is_called("babble")) static_cast<void>(!::write(g_line, "{\"findings\": 7}\n", 16));
  if (is_called("art-only") && !order.is_checked) ::raise(SIGSEGV);
  return examine(order, progress);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  g_line = std::atoi(argv[2]);
  return run_prober_child(g_line, static_cast<std::size_t>(std::strtoull(argv[4], nullptr, 10)), suffer);
}
