#include "server/library/index_cache.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/core/file.hpp"
#include "engine/media/track_index.hpp"
#include "server/library/crash_guard.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMagic = 0x3158444945'4F5Aull;  // "ZOEIDX1"
constexpr std::size_t kMostFileBytes = std::size_t{1} << 30;

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
      disk_({.folder = config_.folder,
             .extension = ".idx",
             .magic = kMagic,
             .most_file_bytes = kMostFileBytes,
             .most_bytes = config_.disk_bytes,
             .least_free_bytes = 0}),
      hits_(metrics.counter("index_cache_hits_total")),
      disk_hits_(metrics.counter("index_cache_disk_hits_total")),
      builds_(metrics.counter("index_cache_builds_total")) {}

IndexCache::~IndexCache() = default;

IndexCache::Key IndexCache::key_of(const MediaEntry& entry, int stream_index) {
  return {entry.path, entry.size_bytes, entry.mtime_ns, stream_index};
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
  return disk_.has(key_of(entry, stream_index).text());
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
  const auto stored = disk_.load(key.text());
  if (!stored) return nullptr;
  auto index = media::TrackIndex::parse(stored->body());
  return index ? *index : nullptr;
}

void IndexCache::save(const Key& key, const media::TrackIndex& index) {
  // Without it the next start takes longer, and that is all.
  if (disk_.is_on()) static_cast<void>(disk_.save(key.text(), index.serialize()));
}

}  // namespace zoe::server
