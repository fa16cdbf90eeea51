#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include <xxhash.h>

#include "engine/core/unique_fd.hpp"
#include "server/library/file_identity.hpp"

namespace zoe::server {
namespace {

constexpr std::uint64_t kSampleBytes = 32U << 10;
constexpr std::uint64_t kSamples = 8;

std::string hex_of(XXH128_hash_t hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  std::string text;
  for (const unsigned char byte : canonical.digest) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

// Fewer bytes than asked for where the file ends.
Result<std::size_t> read_at(int fd, std::uint8_t* to, std::size_t size, std::uint64_t offset, const std::string& path) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(fd, to + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno_error("read " + path, errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace

Result<std::string> content_id(const std::string& path) {
  // O_NONBLOCK: a pipe that took the file's place since it was found must not hold the scan up.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!fd) return fail(errno_error("open " + path, errno));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail(errno_error("look at " + path, errno));
  if (!S_ISREG(info.st_mode)) return fail(Errc::kUnsupported, path + " is not a regular file");

  const auto size = static_cast<std::uint64_t>(info.st_size);
  std::vector<std::uint8_t> content;
  const bool is_whole = size <= kSamples * kSampleBytes;
  const std::uint64_t samples = is_whole ? 1 : kSamples;
  const std::uint64_t sample_bytes = is_whole ? size : kSampleBytes;
  content.resize(sizeof size + samples * sample_bytes);
  std::size_t used = sizeof size;
  for (std::size_t i = 0; i < sizeof size; ++i) content[i] = static_cast<std::uint8_t>(size >> (8 * i));
  for (std::uint64_t i = 0; i < samples; ++i) {
    // Without overflow: (size - sample) * i fits, as no file reaches 2^60 bytes.
    const std::uint64_t offset = is_whole ? 0 : (size - sample_bytes) * i / (samples - 1);
    ZOE_TRY(const std::size_t got, read_at(fd.get(), content.data() + used, sample_bytes, offset, path));
    used += got;
  }
  return hex_of(XXH3_128bits(content.data(), used));
}

std::string copy_id(std::string_view content_id, std::string_view path) {
  std::string text(content_id);
  text.push_back('\0');
  text += path;
  return hex_of(XXH3_128bits(text.data(), text.size()));
}

}  // namespace zoe::server
