#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "engine/core/unique_fd.hpp"
#include "server/library/file_use.hpp"

namespace zoe::server {

FileUse use_of_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return FileUse::kUnknown;
  if (::fcntl(fd.get(), F_SETLEASE, F_RDLCK) == 0) {
    ::fcntl(fd.get(), F_SETLEASE, F_UNLCK);
    return FileUse::kWhole;
  }
  return errno == EAGAIN ? FileUse::kBeingWritten : FileUse::kUnknown;
}

}  // namespace zoe::server
