#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "engine/core/file.hpp"
#include "server/host/data_folder.hpp"

namespace zoe::server {
namespace {

constexpr const char* kAdvice = "; choose another data folder with --data-dir, or make this one writable";

Error unusable(const std::string& path, Error error) {
  error.message = "the data folder " + path + " cannot be used: " + error.message + kAdvice;
  return error;
}

// The number that the holder of the lock has written, for the message.
std::string holder_of(int fd) {
  char text[32] = {};
  const ssize_t got = ::pread(fd, text, sizeof text - 1, 0);
  std::string number;
  for (ssize_t i = 0; i < got && text[i] >= '0' && text[i] <= '9'; ++i) number.push_back(text[i]);
  return number.empty() ? "another process" : "process " + number;
}

}  // namespace

DataFolder::DataFolder(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

Result<DataFolder> DataFolder::open(const std::string& path) {
  if (auto made = make_private_folder(path); !made) return fail(unusable(path, std::move(made).error()));
  const std::string lock_path = path + "/lock";
  UniqueFd lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return fail(unusable(path, errno_error("open " + lock_path, errno)));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(unusable(path, errno_error("lock " + lock_path, errno)));
    return fail(Errc::kConflict, "the data folder " + path + " is in use by another zoetrope-server (" +
                                     holder_of(lock.get()) + "); stop that one, or give this one its own --data-dir");
  }
  const std::string number = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.get(), 0) != 0 ||
      ::pwrite(lock.get(), number.data(), number.size(), 0) != static_cast<ssize_t>(number.size()))
    return fail(unusable(path, errno_error("write " + lock_path, errno)));
  return DataFolder(path, std::move(lock));
}

Result<std::string> DataFolder::folder(const std::string& name) const {
  const std::string inner = file(name);
  if (auto made = make_private_folder(inner); !made) return fail(unusable(path_, std::move(made).error()));
  return inner;
}

}  // namespace zoe::server
