#include "server/library/index_cache.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <xxhash.h>

#include "engine/core/byte_io.hpp"
#include "engine/core/file.hpp"
#include "engine/media/track_index.hpp"
#include "server/library/crash_guard.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;

// A file of the cache: the magic, the length of the key's text, the text, the XXH3 of the index's bytes, and those.
constexpr std::uint64_t kMagic = 0x3158444945'4F5Aull;  // "ZOEIDX1"
constexpr std::size_t kMostFileBytes = std::size_t{1} << 30;
constexpr const char* kExtension = ".idx";

}  // namespace

// Guarded by the cache's mutex.
struct IndexCache::Flight {
  CondVar landed;
  std::optional<Result<IndexPtr>> result;
};

std::string IndexCache::Key::text() const {
  return std::to_string(size_bytes) + "/" + std::to_string(mtime_ns) + "/" + std::to_string(stream_index) + path;
}

IndexCache::IndexCache(IndexCacheConfig config, Metrics& metrics)
    : config_(std::move(config)),
      hits_(metrics.counter("index_cache_hits_total")),
      disk_hits_(metrics.counter("index_cache_disk_hits_total")),
      builds_(metrics.counter("index_cache_builds_total")) {}

IndexCache::~IndexCache() = default;

IndexCache::Key IndexCache::key_of(const MediaEntry& entry, int stream_index) {
  return {entry.path, entry.size_bytes, entry.mtime_ns, stream_index};
}

std::string IndexCache::file_of(const Key& key) const {
  if (config_.folder.empty()) return {};
  const std::string text = key.text();
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  char name[40];
  std::snprintf(name, sizeof name, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return config_.folder + "/" + name + kExtension;
}

Result<IndexCache::IndexPtr> IndexCache::track_index(const MediaEntry& entry, int stream_index, std::stop_token stop) {
  const Key key = key_of(entry, stream_index);
  while (true) {
    std::shared_ptr<Flight> flight;
    {
      MutexLock lock(mutex_);
      if (IndexPtr index = find(key)) {
        hits_.add();
        return index;
      }
      if (const auto found = flights_.find(key); found != flights_.end()) {
        flight = found->second;
        auto result = wait(*flight, stop);
        // Whoever built it was stopped; that is no answer for those who were not.
        if (!result && result.error().code == Errc::kCancelled && !stop.stop_requested()) continue;
        return result;
      }
      flight = std::make_shared<Flight>();
      flights_.emplace(key, flight);
    }
    const auto result = make(entry, key, stop);
    land(key, *flight, result);
    return result;
  }
}

IndexCache::IndexPtr IndexCache::cached(const MediaEntry& entry, int stream_index) const {
  MutexLock lock(mutex_);
  return find(key_of(entry, stream_index));
}

bool IndexCache::is_made(const MediaEntry& entry, int stream_index) const {
  if (cached(entry, stream_index)) return true;
  const std::string file = file_of(key_of(entry, stream_index));
  std::error_code error;
  return !file.empty() && fs::file_size(file, error) > 0 && !error;
}

std::string IndexCache::scratch(const std::string& who) const {
  return config_.folder.empty() ? std::string() : config_.folder + "/new-" + who;
}

void IndexCache::take_in(const MediaEntry& entry, int stream_index, const std::string& file) {
  std::error_code ignored;
  if (const auto bytes = read_file(file, kMostFileBytes)) {
    const Key key = key_of(entry, stream_index);
    if (const auto index = media::TrackIndex::parse(*bytes); index && !is_made(entry, stream_index)) save(key, **index);
  }
  fs::remove(file, ignored);
}

bool IndexCache::lend(const MediaEntry& entry, int stream_index, const std::string& file) {
  const Key key = key_of(entry, stream_index);
  IndexPtr index = cached(entry, stream_index);
  if (!index) index = load(key);
  return index && write_cache_file(file, index->serialize());
}

std::size_t IndexCache::memory_used() const {
  MutexLock lock(mutex_);
  return held_bytes_;
}

Result<IndexCache::IndexPtr> IndexCache::wait(Flight& flight, const std::stop_token& stop) {
  // The callback takes the mutex, so that it cannot slip between the check and the wait.
  const auto wake = [&] {
    MutexLock lock(mutex_);
    flight.landed.notify_all();
  };
  mutex_.unlock();
  {
    const std::stop_callback callback(stop, wake);
    MutexLock lock(mutex_);
    while (!flight.result && !stop.stop_requested()) flight.landed.wait(mutex_);
  }
  mutex_.lock();
  if (flight.result) return *flight.result;
  return fail(Errc::kCancelled, "stopped while another reader indexed the file");
}

void IndexCache::land(const Key& key, Flight& flight, const Result<IndexPtr>& result) {
  MutexLock lock(mutex_);
  if (result) keep(key, *result);
  flight.result = result;
  flights_.erase(key);
  flight.landed.notify_all();
}

Result<IndexCache::IndexPtr> IndexCache::make(const MediaEntry& entry, const Key& key, std::stop_token stop) {
  if (IndexPtr index = load(key)) {
    disk_hits_.add();
    return index;
  }
  const media::TrackInfo* track = entry.info.track(key.stream_index);
  if (!track) return fail(Errc::kNotFound, "\"" + entry.title + "\" has no track " + std::to_string(key.stream_index));
  ZOE_CHECK(open_media_file(entry));
  const CrashGuard guard(entry);
  builds_.add();
  media::TrackIndex::BuildOptions options;
  options.stop = std::move(stop);
  ZOE_TRY(IndexPtr index, media::TrackIndex::build(entry.path, *track, options));
  // A file that was written to meanwhile must not leave an index under its old name.
  ZOE_CHECK(open_media_file(entry));
  save(key, *index);
  return index;
}

IndexCache::IndexPtr IndexCache::find(const Key& key) const {
  const auto found = held_.find(key);
  if (found == held_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second.place);
  return found->second.index;
}

void IndexCache::keep(const Key& key, const IndexPtr& index) {
  if (held_.contains(key)) return;
  recent_.push_front(key);
  const std::size_t bytes = index->size_bytes();
  held_.emplace(key, Held{index, bytes, recent_.begin()});
  held_bytes_ += bytes;
  while (held_bytes_ > config_.memory_bytes && recent_.size() > 1) {
    const auto oldest = held_.find(recent_.back());
    held_bytes_ -= oldest->second.bytes;
    held_.erase(oldest);
    recent_.pop_back();
  }
}

IndexCache::IndexPtr IndexCache::load(const Key& key) const {
  const std::string file = file_of(key);
  if (file.empty()) return nullptr;
  const auto bytes = read_file(file, kMostFileBytes);
  if (!bytes) return nullptr;
  ByteReader reader(*bytes);
  if (reader.read<std::uint64_t>() != kMagic) return nullptr;
  const auto key_bytes = reader.read<std::uint32_t>();
  if (as_text(reader.read_bytes(key_bytes)) != key.text()) return nullptr;
  const auto checksum = reader.read<std::uint64_t>();
  const Bytes body = reader.read_bytes(reader.remaining());
  if (!reader.is_ok() || XXH3_64bits(body.data(), body.size()) != checksum) return nullptr;
  auto index = media::TrackIndex::parse(body);
  if (!index) return nullptr;
  // Used now: when the disk's budget is spent, what was not used for longest goes.
  std::error_code ignored;
  fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
  return *index;
}

void IndexCache::save(const Key& key, const media::TrackIndex& index) {
  const std::string file = file_of(key);
  if (file.empty()) return;
  const std::vector<std::uint8_t> body = index.serialize();
  const std::string text = key.text();
  std::vector<std::uint8_t> out;
  out.reserve(body.size() + text.size() + 20);
  ByteWriter writer(out);
  writer.write(kMagic);
  writer.write(static_cast<std::uint32_t>(text.size()));
  writer.write_bytes(as_bytes(text));
  writer.write(static_cast<std::uint64_t>(XXH3_64bits(body.data(), body.size())));
  writer.write_bytes(body);
  if (out.size() <= kMostFileBytes && write_cache_file(file, out)) trim_disk(out.size());
}

void IndexCache::trim_disk(std::uint64_t added_bytes) {
  struct CacheFile {
    fs::path path;
    fs::file_time_type used;
    std::uint64_t bytes = 0;
  };
  MutexLock lock(disk_mutex_);
  disk_used_ += added_bytes;
  if (is_disk_counted_ && disk_used_ <= config_.disk_bytes) return;
  std::vector<CacheFile> files;
  disk_used_ = 0;
  is_disk_counted_ = true;
  std::error_code error;
  for (fs::directory_iterator it(config_.folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != kExtension) continue;
    std::error_code missing;
    CacheFile file{it->path(), it->last_write_time(missing), it->file_size(missing)};
    if (missing) continue;
    disk_used_ += file.bytes;
    files.push_back(std::move(file));
  }
  if (disk_used_ <= config_.disk_bytes) return;
  // Down to four fifths, so that the folder is not read again for every further file.
  const std::uint64_t target = config_.disk_bytes / 5 * 4;
  std::sort(files.begin(), files.end(), [](const CacheFile& a, const CacheFile& b) { return a.used < b.used; });
  for (const CacheFile& file : files) {
    if (disk_used_ <= target) break;
    if (fs::remove(file.path, error)) disk_used_ -= file.bytes;
  }
}

}  // namespace zoe::server
