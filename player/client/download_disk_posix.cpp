#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/core/file.hpp"
#include "engine/core/unique_fd.hpp"
#include "player/client/download_disk.hpp"

namespace zoe::player {
namespace {

// A message may name a file whose letters run from right to left.
std::string quoted(const std::string& path) { return "\u201C" + path + "\u201D"; }

Error disk_error(const std::string& what, int errnum) {
  Error error = errno_error(what, errnum);
  if (errnum == ENOSPC || errnum == EDQUOT) error.code = Errc::kNoMemory;
  if (errnum == EFBIG) error.message += " (the file system cannot hold files of this size)";
  return error;
}

class SystemPart final : public PartFile {
 public:
  SystemPart(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  Result<std::uint64_t> size() override {
    struct stat info {};
    if (::fstat(fd_.get(), &info) != 0) return fail(disk_error("look at " + quoted(path_), errno));
    return static_cast<std::uint64_t>(info.st_size);
  }

  // The size stays what was written. Where the file system cannot set room aside, there must be as much free.
  Status reserve(std::uint64_t size_bytes) override {
    ZOE_TRY(const std::uint64_t held, size());
    if (size_bytes <= held) return {};
    const auto from = static_cast<off_t>(held);
    const auto rest = static_cast<off_t>(size_bytes - held);
    int done = -1;
    do {
      done = ::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, from, rest);
    } while (done != 0 && errno == EINTR);
    if (done == 0) return {};
    if (errno != EOPNOTSUPP && errno != ENOSYS) return fail(disk_error("make room for " + quoted(path_), errno));
    struct statvfs room {};
    if (::fstatvfs(fd_.get(), &room) != 0) return {};  // what cannot be told shows while writing
    if (static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize < size_bytes - held)
      return fail(disk_error("make room for " + quoted(path_), ENOSPC));
    return {};
  }

  Status write(std::uint64_t offset, Bytes bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return fail(disk_error("write " + quoted(path_), errno));
      bytes = bytes.subspan(static_cast<std::size_t>(written));
      offset += static_cast<std::uint64_t>(written);
    }
    return {};
  }

  Status read(std::uint64_t offset, std::span<std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      const ssize_t got = ::pread(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(disk_error("read " + quoted(path_), errno));
      if (got == 0) return fail(Errc::kIo, "read " + quoted(path_) + ": it is shorter than it was");
      bytes = bytes.subspan(static_cast<std::size_t>(got));
      offset += static_cast<std::uint64_t>(got);
    }
    return {};
  }

  Status truncate(std::uint64_t size_bytes) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size_bytes)) != 0)
      return fail(disk_error("shorten " + quoted(path_), errno));
    return {};
  }

  Status sync() override {
    if (::fdatasync(fd_.get()) != 0) return fail(disk_error("sync " + quoted(path_), errno));
    return {};
  }

 private:
  const std::string path_;
  const UniqueFd fd_;  // with a lock that ends with it
};

class SystemDisk final : public DownloadDisk {
 public:
  Status make_folder(const std::string& folder) override {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!std::filesystem::is_directory(folder, error))
      return fail(Errc::kIo, "The folder " + quoted(folder) + " cannot be made; choose another one.");
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
      return fail(Errc::kDenied, "Nothing may be written into " + quoted(folder) + "; choose another folder.");
    return {};
  }

  bool exists(const std::string& path) override {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0;
  }

  Result<std::vector<std::uint8_t>> read_small(const std::string& path, std::size_t most_bytes) override {
    return read_file(path, most_bytes);
  }

  Status replace_small(const std::string& path, Bytes bytes) override {
    Status written = write_file_atomic(path, bytes, 0600);
    return written;
  }

  Result<std::unique_ptr<PartFile>> open_part(const std::string& path, Open how) override {
    int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    if (how == Open::kNew) flags |= O_CREAT | O_EXCL;
    UniqueFd fd(::open(path.c_str(), flags, 0666));
    if (!fd && errno == ELOOP) return fail(Errc::kConflict, quoted(path) + " is a link, not a file");
    if (!fd) return fail(disk_error("open " + quoted(path), errno));
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return fail(disk_error("look at " + quoted(path), errno));
    if (!S_ISREG(info.st_mode)) return fail(Errc::kConflict, quoted(path) + " is not a regular file");
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      return fail(Errc::kUnavailable, "Another program is downloading " + quoted(path) + ".");
    return std::make_unique<SystemPart>(path, std::move(fd));
  }

  Status publish(const std::string& part, const std::string& path) override {
    if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return synced(path);
    if (errno != EINVAL && errno != ENOSYS) return fail(disk_error("give " + quoted(part) + " its name", errno));
    // The file system knows nothing of that: a second name, which fails where there is one, then without the first.
    if (::link(part.c_str(), path.c_str()) == 0) {
      ::unlink(part.c_str());
      return synced(path);
    }
    if (errno != EPERM && errno != EOPNOTSUPP) return fail(disk_error("give " + quoted(part) + " its name", errno));
    // Nor of links (FAT): made empty where nothing is, which fails where something is, and then replaced.
    {
      const UniqueFd place(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (!place) return fail(disk_error("give " + quoted(part) + " its name", errno));
    }
    if (::rename(part.c_str(), path.c_str()) != 0) return fail(disk_error("give " + quoted(part) + " its name", errno));
    return synced(path);
  }

  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(disk_error("remove " + quoted(path), errno));
    return {};
  }

 private:
  // The new name survives a loss of power. Some file systems refuse to sync a folder: that is no failure.
  static Status synced(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path();
    const UniqueFd fd(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd) ::fsync(fd.get());
    return {};
  }
};

}  // namespace

std::unique_ptr<DownloadDisk> DownloadDisk::system() { return std::make_unique<SystemDisk>(); }

}  // namespace zoe::player
