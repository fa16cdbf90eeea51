#include "engine/plugin/host/plugin_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <vector>

#include <fmt/core.h>
#include <xxhash.h>

namespace zoe::plugin {
namespace {

constexpr std::uint64_t kMostPluginBytes = 256U << 20;
constexpr std::size_t kMostProgramHeaders = 256;
constexpr std::size_t kCopyStep = 256U << 10;

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "name this machine's ELF number here"
#endif

// The folder part and the file part of a path.
std::pair<std::string, std::string> split(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

Status check_owner(const std::string& path, const struct stat& info) {
  if (info.st_uid != 0 && info.st_uid != ::geteuid()) {
    return fail(Errc::kDenied, path + " belongs to user " + std::to_string(info.st_uid) +
                                   "; plugins run inside the server, so it must belong to the server's user or root");
  }
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(Errc::kDenied, path + " can be written by others than its owner; close it with: chmod go-w " + path);
  }
  return {};
}

// Reads exactly `size` bytes at `offset`; false where the file is shorter or cannot be read.
bool read_at(int fd, std::uint64_t offset, void* to, std::size_t size) {
  auto* bytes = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = ::pread(fd, bytes, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

// What the loader maps must lie in the file: it does not check that itself, and a truncated library would kill the
// program with SIGBUS.
Status check_library(const PluginFile& file) {
  const auto no_plugin = [&file](const std::string& why) {
    return fail(Errc::kMalformed, file.path + " is no plugin: " + why);
  };
  Elf64_Ehdr header{};
  if (!read_at(file.fd.get(), 0, &header, sizeof header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return no_plugin("it is not a shared library");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != kMachine)
    return no_plugin("it was built for another kind of machine");
  if (header.e_type != ET_DYN) return no_plugin("it is not a shared library");
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0 || header.e_phnum > kMostProgramHeaders)
    return no_plugin("its program headers are damaged");
  std::vector<Elf64_Phdr> parts(header.e_phnum);
  if (!read_at(file.fd.get(), header.e_phoff, parts.data(), parts.size() * sizeof(Elf64_Phdr)))
    return no_plugin("it is cut short");
  for (const Elf64_Phdr& part : parts) {
    if (part.p_type != PT_LOAD && part.p_type != PT_DYNAMIC) continue;
    if (part.p_offset > file.size_bytes || part.p_filesz > file.size_bytes - part.p_offset)
      return no_plugin("it is cut short");
  }
  // Linkers put the section headers last: a file that ends before them is half a file.
  const std::uint64_t sections = std::uint64_t{header.e_shnum} * header.e_shentsize;
  if (header.e_shoff > file.size_bytes || sections > file.size_bytes - header.e_shoff)
    return no_plugin("it is cut short");
  return {};
}

// A read lease is granted only while nobody has the file open for writing. Where the file system has no leases, or the
// file is another's, nobody can tell: then the watcher's close-write and the checks of the content have to do.
Status check_not_written(int fd, const std::string& path) {
  // Whoever opens it in the instant in which we hold the lease makes the kernel send this signal; SIGIO would end us.
  ::fcntl(fd, F_SETSIG, SIGURG);
  if (::fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
    ::fcntl(fd, F_SETLEASE, F_UNLCK);
    return {};
  }
  if (errno != EAGAIN) return {};
  return fail(Errc::kUnavailable, path + " is still being written; it is taken up when its writer has closed it");
}

bool is_same_content(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

struct FreeHash {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

Result<std::string> copy_all(const PluginFile& file, int to, const std::string& path) {
  const int from = file.fd.get();
  const std::uint64_t size = file.size_bytes;
  const std::unique_ptr<XXH3_state_t, FreeHash> hash(XXH3_createState());
  if (!hash) return fail(Errc::kNoMemory, "no memory to copy " + file.path);
  XXH3_128bits_reset(hash.get());
  const auto changed = [&file] {
    return fail(Errc::kUnavailable, file.path + " was changed while it was copied; put it into the folder again");
  };
  struct stat before {};
  if (::fstat(from, &before) != 0) return fail(errno_error("stat " + file.path, errno));
  std::vector<char> step(kCopyStep);
  for (std::uint64_t offset = 0; offset < size;) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(step.size(), size - offset));
    if (!read_at(from, offset, step.data(), part)) return changed();
    XXH3_128bits_update(hash.get(), step.data(), part);
    for (std::size_t done = 0; done < part;) {
      const ssize_t written = ::write(to, step.data() + done, part - done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return fail(errno_error("write " + path, errno));
      done += static_cast<std::size_t>(written);
    }
    offset += part;
  }
  struct stat after {};
  if (::fstat(from, &after) != 0) return fail(errno_error("stat " + file.path, errno));
  if (!is_same_content(before, after)) return changed();
  const XXH128_hash_t sum = XXH3_128bits_digest(hash.get());
  return fmt::format("{:016x}{:016x}", sum.high64, sum.low64);
}

}  // namespace

Result<PluginFile> open_plugin_file(const std::string& path) {
  const auto [folder, name] = split(path);
  const UniqueFd folder_fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_fd) return fail(errno_error("open folder " + folder, errno));
  struct stat info {};
  if (::fstat(folder_fd.get(), &info) != 0) return fail(errno_error("stat " + folder, errno));
  ZOE_CHECK(check_owner(folder, info));

  PluginFile file;
  file.path = path;
  // O_NONBLOCK: a FIFO of that name must not stop the server.
  file.fd.reset(::openat(folder_fd.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!file.fd && errno == ELOOP)
    return fail(Errc::kDenied, path + " is a symbolic link; put the plugin's file itself into the folder");
  if (!file.fd) return fail(errno_error("open " + path, errno));
  if (::fstat(file.fd.get(), &info) != 0) return fail(errno_error("stat " + path, errno));
  if (!S_ISREG(info.st_mode)) return fail(Errc::kMalformed, path + " is no plugin: it is not a regular file");
  ZOE_CHECK(check_owner(path, info));
  ZOE_CHECK(check_not_written(file.fd.get(), path));
  file.size_bytes = static_cast<std::uint64_t>(info.st_size);
  if (file.size_bytes > kMostPluginBytes) return fail(Errc::kTooLarge, path + " is no plugin: larger than 256 MiB");
  ZOE_CHECK(check_library(file));
  return file;
}

Result<std::string> copy_plugin_file(const PluginFile& file, const std::string& path) {
  const UniqueFd to(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!to) return fail(errno_error("make " + path, errno));
  auto copied = copy_all(file, to.get(), path);
  if (!copied) ::unlink(path.c_str());
  return copied;
}

StagedFile::~StagedFile() {
  if (!path.empty()) ::unlink(path.c_str());
}

}  // namespace zoe::plugin
