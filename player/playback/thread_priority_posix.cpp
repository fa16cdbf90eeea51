#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "player/playback/thread_priority.hpp"

namespace zoe::player {
namespace {

// A nice value of 5 weighs a third of 0: enough to give way, and enough to live on.
constexpr int kNice = 5;

}  // namespace

void lower_thread_priority() {
#if defined(__linux__)
  // On Linux a nice value belongs to a thread, and new threads inherit it.
  const auto thread = static_cast<id_t>(syscall(SYS_gettid));
  static_cast<void>(setpriority(PRIO_PROCESS, thread, kNice));
#endif
}

}  // namespace zoe::player
