#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "engine/core/file.hpp"
#include "engine/core/unique_fd.hpp"

namespace zoe {
namespace {

std::string parent_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status write_all(int fd, Bytes bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return fail(errno_error("write " + path, errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

// Makes a rename in the folder last through a power cut. Some file systems refuse to sync a folder: that is no failure.
void sync_folder(const std::string& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

std::string user_name(uid_t uid) {
  std::array<char, 1024> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found) return found->pw_name;
  return "user " + std::to_string(uid);
}

std::string home_folder() {
  if (const char* home = std::getenv("HOME"); home && home[0] == '/') return home;
  std::array<char, 1024> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found) return found->pw_dir;
  return "/";
}

// The XDG base directory specification: a relative value is to be ignored.
std::string xdg_folder(const char* variable, const char* below_home) {
  const char* value = std::getenv(variable);
  const std::string base = value && value[0] == '/' ? value : home_folder() + below_home;
  return base + "/zoetrope";
}

Status make_folders(const std::string& path) {
  if (path.empty() || path == "/" || path == ".") return {};
  if (::access(path.c_str(), F_OK) == 0) return {};
  ZOE_CHECK(make_folders(parent_of(path)));
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return fail(errno_error("make folder " + path, errno));
  return {};
}

// True when following the names of `relative` one by one climbs above where it began.
bool climbs_out(std::string_view relative) {
  int depth = 0;
  while (!relative.empty()) {
    const auto slash = relative.find('/');
    const std::string_view name = relative.substr(0, slash);
    if (name == "..") {
      if (--depth < 0) return true;
    } else if (!name.empty() && name != ".") {
      ++depth;
    }
    relative = slash == std::string_view::npos ? std::string_view() : relative.substr(slash + 1);
  }
  return false;
}

enum class Wait { kForDisk = 1, kForNothing };

Status replace_file(const std::string& path, Bytes bytes, unsigned mode, Wait wait) {
  std::string temporary = path + ".XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // made with 0600
  if (!fd) return fail(errno_error("make a temporary file for " + path, errno));
  const auto write_it = [&]() -> Status {
    ZOE_CHECK(write_all(fd.get(), bytes, path));
    if (::fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) return fail(errno_error("chmod " + path, errno));
    if (wait == Wait::kForDisk && ::fsync(fd.get()) != 0) return fail(errno_error("sync " + path, errno));
    if (::rename(temporary.c_str(), path.c_str()) != 0) return fail(errno_error("replace " + path, errno));
    return {};
  };
  const Status written = write_it();
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  if (wait == Wait::kForDisk) sync_folder(parent_of(path));
  return {};
}

}  // namespace

Result<std::vector<std::uint8_t>> read_file(const std::string& path, std::size_t most_bytes) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer; it means nothing for a regular file.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return fail(errno_error("open " + path, errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail(errno_error("stat " + path, errno));
  if (!S_ISREG(info.st_mode)) return fail(Errc::kIo, "read " + path + ": not a regular file");
  const auto too_large = [&] {
    return fail(Errc::kTooLarge,
                "read " + path + ": larger than the " + std::to_string(most_bytes) + " bytes that are allowed here");
  };
  if (static_cast<std::uint64_t>(info.st_size) > most_bytes) return too_large();

  // The size is a hint: the file may grow while it is read, and files of /proc say 0.
  constexpr std::size_t kLeastStep = 4096;
  std::vector<std::uint8_t> bytes;
  std::size_t size = 0;
  bytes.resize(static_cast<std::size_t>(info.st_size) + 1);
  while (true) {
    if (size == bytes.size()) bytes.resize(size + std::max(kLeastStep, size));
    const ssize_t got = ::read(fd.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0) {
      if (errno == EINTR) continue;
      return fail(errno_error("read " + path, errno));
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > most_bytes) return too_large();
  }
  bytes.resize(size);
  return bytes;
}

Status write_file_atomic(const std::string& path, Bytes bytes, unsigned mode) {
  return replace_file(path, bytes, mode, Wait::kForDisk);
}

Status write_cache_file(const std::string& path, Bytes bytes, unsigned mode) {
  return replace_file(path, bytes, mode, Wait::kForNothing);
}

Status make_private_folder(const std::string& path) {
  ZOE_CHECK(make_folders(parent_of(path)));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fail(errno_error("make folder " + path, errno));
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return fail(errno_error("stat " + path, errno));
  if (!S_ISDIR(info.st_mode)) return fail(Errc::kConflict, path + " is in the way: it is a file, not a folder");
  if (info.st_uid != ::geteuid()) {
    return fail(Errc::kDenied, "folder " + path + " belongs to " + user_name(info.st_uid) + ", not to " +
                                   user_name(::geteuid()) +
                                   " who runs this program: give it away, or name another one");
  }
  if ((info.st_mode & 0077) != 0 && ::chmod(path.c_str(), 0700) != 0)
    return fail(errno_error("close folder " + path + " to other users", errno));
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0)
    return fail(errno_error("folder " + path + " is not writable for " + user_name(::geteuid()), errno));
  return {};
}

Result<std::string> resolve_inside(const std::string& root, std::string_view relative) {
  if (relative.find('\0') != std::string_view::npos) return fail(Errc::kInvalidArgument, "a path holds a NUL byte");
  const std::string shown(relative.substr(0, 256));
  const auto outside = [&] { return fail(Errc::kDenied, "'" + shown + "' leads out of the folder"); };
  if ((!relative.empty() && relative.front() == '/') || climbs_out(relative)) return outside();

  std::array<char, PATH_MAX> buffer{};
  if (!::realpath(root.c_str(), buffer.data())) return fail(errno_error("resolve " + root, errno));
  const std::string base = buffer.data();
  const std::string joined = base + "/" + std::string(relative);
  if (!::realpath(joined.c_str(), buffer.data())) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)
      return fail(Errc::kNotFound, "'" + shown + "' does not exist");
    if (errno == ELOOP) return outside();
    return fail(errno_error("resolve '" + shown + "'", errno));
  }
  const std::string resolved = buffer.data();
  const std::string prefix = base == "/" ? base : base + "/";
  if (resolved != base && resolved.compare(0, prefix.size(), prefix) != 0) return outside();
  return resolved;
}

std::string user_data_folder() { return xdg_folder("XDG_DATA_HOME", "/.local/share"); }
std::string user_config_folder() { return xdg_folder("XDG_CONFIG_HOME", "/.config"); }
std::string user_state_folder() { return xdg_folder("XDG_STATE_HOME", "/.local/state"); }

std::string program_folder() {
  std::array<char, PATH_MAX> buffer{};
  const ssize_t size = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (size <= 0) return ".";
  return parent_of(std::string(buffer.data(), static_cast<std::size_t>(size)));
}

}  // namespace zoe
