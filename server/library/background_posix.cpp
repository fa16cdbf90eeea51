#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server/library/background.hpp"

namespace zoe::server {

void enter_background() {
  constexpr int kNiceness = 15;
  // Linux counts niceness per thread; `ioprio_set` has no wrapper in the C library. Both may fail: then it is felt.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kNiceness);
#if defined(SYS_ioprio_set)
  constexpr int kWhoThread = 1;
  constexpr int kClassBestEffort = 2 << 13;
  constexpr int kLowest = 7;
  ::syscall(SYS_ioprio_set, kWhoThread, 0, kClassBestEffort | kLowest);
#endif
}

}  // namespace zoe::server
