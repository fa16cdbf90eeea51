#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "engine/core/clock.hpp"
#include "server/library/media_entry.hpp"

namespace zoe::server {

std::string_view MediaEntry::folder() const {
  const auto slash = relative_path.find_last_of('/');
  return slash == std::string::npos ? std::string_view() : std::string_view(relative_path).substr(0, slash);
}

std::string MediaEntry::version() const {
  return id + "-" + std::to_string(size_bytes) + "-" + std::to_string(mtime_ns);
}

Result<UniqueFd> open_media_file(const MediaEntry& entry) {
  UniqueFd fd(::open(entry.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR)
      return fail(Errc::kNotFound, "the file of \"" + entry.title + "\" is no longer there");
    return fail(errno_error("open " + entry.path, errno));
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail(errno_error("look at " + entry.path, errno));
  const std::int64_t mtime_ns = info.st_mtim.tv_sec * kNsPerS + info.st_mtim.tv_nsec;
  if (!S_ISREG(info.st_mode) || static_cast<std::uint64_t>(info.st_size) != entry.size_bytes ||
      mtime_ns != entry.mtime_ns)
    return fail(Errc::kNotFound, "the file of \"" + entry.title + "\" has changed; list the library again");
  return fd;
}

}  // namespace zoe::server
