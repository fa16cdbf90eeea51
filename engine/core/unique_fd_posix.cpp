#include <unistd.h>

#include "engine/core/unique_fd.hpp"

namespace zoe {

void UniqueFd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

}  // namespace zoe
