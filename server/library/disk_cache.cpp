#include "server/library/disk_cache.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <xxhash.h>

#include "engine/core/file.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::string DiskCache::file_of(std::string_view key) const {
  const XXH128_hash_t hash = XXH3_128bits(key.data(), key.size());
  char name[40];
  std::snprintf(name, sizeof name, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return config_.folder + "/" + name + config_.extension;
}

// A file: the magic, the length of the key, the key, the XXH3 of the body, and that.
std::optional<DiskCache::Stored> DiskCache::load(std::string_view key) const {
  if (!is_on()) return std::nullopt;
  const std::string path = file_of(key);
  auto bytes = read_file(path, config_.most_file_bytes);
  if (!bytes) return std::nullopt;
  Stored stored{std::move(*bytes), 0};
  ByteReader reader(stored.file);
  if (reader.read<std::uint64_t>() != config_.magic) return std::nullopt;
  const auto key_bytes = reader.read<std::uint32_t>();
  if (as_text(reader.read_bytes(key_bytes)) != key) return std::nullopt;
  const auto checksum = reader.read<std::uint64_t>();
  if (!reader.is_ok()) return std::nullopt;
  stored.begin = stored.file.size() - reader.remaining();
  const Bytes body = stored.body();
  if (XXH3_64bits(body.data(), body.size()) != checksum) return std::nullopt;
  // Used now: what was not used for longest goes first.
  std::error_code ignored;
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  return stored;
}

bool DiskCache::has(std::string_view key) const {
  std::error_code error;
  return is_on() && fs::file_size(file_of(key), error) > 0 && !error;
}

Status DiskCache::save(std::string_view key, Bytes body) {
  if (!is_on()) return {};
  std::vector<std::uint8_t> out;
  out.reserve(body.size() + key.size() + 20);
  ByteWriter writer(out);
  writer.write(config_.magic);
  writer.write(static_cast<std::uint32_t>(key.size()));
  writer.write_bytes(as_bytes(key));
  writer.write(static_cast<std::uint64_t>(XXH3_64bits(body.data(), body.size())));
  writer.write_bytes(body);
  if (out.size() > std::min<std::uint64_t>(config_.most_file_bytes, config_.most_bytes))
    return fail(Errc::kTooLarge, "too large for the cache in " + config_.folder);
  if (!leaves_room_for(out.size())) {
    const MutexLock lock(mutex_);
    make_room(out.size());
    if (!leaves_room_for(out.size()))
      return fail(Errc::kUnavailable, "the disk of " + config_.folder + " is nearly full: nothing more is kept there");
  }
  const Status written = write_cache_file(file_of(key), out);
  const MutexLock lock(mutex_);
  if (!written) {
    make_room(2 * out.size());
    return written;
  }
  bytes_ += out.size();
  // Down to four fifths, so that the folder is not read again for every further file.
  if (!is_counted_) shrink_to(config_.most_bytes);
  if (bytes_ > config_.most_bytes) shrink_to(config_.most_bytes / 5 * 4);
  return {};
}

std::uint64_t DiskCache::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

bool DiskCache::leaves_room_for(std::uint64_t bytes) const {
  std::error_code error;
  const fs::space_info space = fs::space(config_.folder, error);
  return error || space.available >= config_.least_free_bytes + bytes;
}

void DiskCache::make_room(std::uint64_t bytes) {
  if (!is_counted_) shrink_to(config_.most_bytes);
  shrink_to(bytes_ > bytes ? bytes_ - bytes : 0);
}

// Counts all that is there, and removes what was not used for longest until no more than `most` is left.
void DiskCache::shrink_to(std::uint64_t most) {
  struct CacheFile {
    fs::path path;
    fs::file_time_type used;
    std::uint64_t bytes = 0;
  };
  std::vector<CacheFile> files;
  bytes_ = 0;
  is_counted_ = true;
  std::error_code error;
  for (fs::directory_iterator it(config_.folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != config_.extension) continue;
    std::error_code missing;
    CacheFile file{it->path(), it->last_write_time(missing), it->file_size(missing)};
    if (missing) continue;
    bytes_ += file.bytes;
    files.push_back(std::move(file));
  }
  if (bytes_ <= most) return;
  std::sort(files.begin(), files.end(), [](const CacheFile& a, const CacheFile& b) { return a.used < b.used; });
  for (const CacheFile& file : files) {
    if (bytes_ <= most) break;
    if (fs::remove(file.path, error)) bytes_ -= file.bytes;
  }
}

}  // namespace zoe::server
