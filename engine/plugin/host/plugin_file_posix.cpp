#include "engine/plugin/host/plugin_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "engine/core/byte_io.hpp"

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
  return {};
}

Status copy_all(int from, int to, std::uint64_t size, const std::string& path) {
  std::vector<char> step(kCopyStep);
  for (std::uint64_t offset = 0; offset < size;) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(step.size(), size - offset));
    if (!read_at(from, offset, step.data(), part)) return fail(Errc::kIo, "the plugin changed while it was copied");
    for (std::size_t done = 0; done < part;) {
      const ssize_t written = ::write(to, step.data() + done, part - done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return fail(errno_error("write " + path, errno));
      done += static_cast<std::size_t>(written);
    }
    offset += part;
  }
  return {};
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
  file.size_bytes = static_cast<std::uint64_t>(info.st_size);
  if (file.size_bytes > kMostPluginBytes) return fail(Errc::kTooLarge, path + " is no plugin: larger than 256 MiB");
  ZOE_CHECK(check_library(file));
  return file;
}

Status copy_plugin_file(const PluginFile& file, const std::string& path) {
  const UniqueFd to(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!to) return fail(errno_error("make " + path, errno));
  Status copied = copy_all(file.fd.get(), to.get(), file.size_bytes, path);
  if (!copied) ::unlink(path.c_str());
  return copied;
}

}  // namespace zoe::plugin
