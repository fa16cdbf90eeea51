#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "engine/media/file_input.hpp"

namespace zoe::media {

Result<FileInput> FileInput::open(const std::string& path) {
  if (path.find('\0') != std::string::npos) return fail(Errc::kInvalidArgument, "a file's name holds a zero byte");
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return fail(errno_error("open " + path, errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail(errno_error("stat " + path, errno));
  if (!S_ISREG(info.st_mode)) return fail(Errc::kUnsupported, path + " is not a regular file");
  return FileInput(std::move(fd), info.st_size, path);
}

Result<std::size_t> FileInput::read_at(std::int64_t offset, std::span<std::uint8_t> out) const {
  for (;;) {
    const ssize_t count = ::pread(fd_.get(), out.data(), out.size(), offset);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return fail(errno_error("read " + path_, errno));
  }
}

}  // namespace zoe::media
