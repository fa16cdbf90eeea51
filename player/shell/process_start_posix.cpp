#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "player/shell/process_start.hpp"

namespace zoe::player {

// Field 22 of /proc/self/stat: clock ticks from the machine's start to the process's. The second field is the program's
// name in brackets and may hold anything, so counting begins behind the last bracket.
std::int64_t process_start_ns(const Clock& clock) {
  const std::int64_t now_ns = clock.now_ns();
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  std::size_t at = text.rfind(')');
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = text.find(' ', at + 1);
  if (at == std::string::npos) return now_ns;
  const std::int64_t ticks = std::strtoll(text.c_str() + at, nullptr, 10);
  timespec since_boot{};
  if (ticks <= 0 || clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0) return now_ns;
  const std::int64_t start_ns = ticks * (kNsPerS / sysconf(_SC_CLK_TCK));
  const std::int64_t age_ns = since_boot.tv_sec * kNsPerS + since_boot.tv_nsec - start_ns;
  return age_ns < 0 || age_ns > 60 * kNsPerS ? now_ns : now_ns - age_ns;
}

}  // namespace zoe::player
