#include "server/api/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace zoe::server {

Result<UniqueFd> memory_file(std::string_view bytes) {
  UniqueFd fd(::memfd_create("zoetrope", MFD_CLOEXEC));
  if (!fd) return fail(errno_error("make a file in memory", errno));
  while (!bytes.empty()) {
    const ssize_t got = ::write(fd.get(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(errno_error("write a file in memory", errno));
    bytes.remove_prefix(static_cast<std::size_t>(got));
  }
  return fd;
}

}  // namespace zoe::server
