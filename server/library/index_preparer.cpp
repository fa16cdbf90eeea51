#include "server/library/index_preparer.hpp"

#include <algorithm>
#include <utility>

#include "server/library/background.hpp"
#include "server/library/index_cache.hpp"

namespace zoe::server {

IndexPreparer::IndexPreparer(IndexCache& indexes, std::function<void(const MediaEntry&, const Error&)> failed)
    : indexes_(indexes), failed_(std::move(failed)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

IndexPreparer::~IndexPreparer() {
  thread_.request_stop();
  {
    MutexLock lock(mutex_);
    changed_.notify_all();
  }
  thread_.join();
}

void IndexPreparer::want(std::vector<MediaEntryPtr> entries) {
  std::reverse(entries.begin(), entries.end());
  MutexLock lock(mutex_);
  wanted_ = std::move(entries);
  changed_.notify_all();
}

void IndexPreparer::run(const std::stop_token& stop) {
  set_thread_name("library-index");
  enter_background();
  while (true) {
    MediaEntryPtr entry;
    {
      MutexLock lock(mutex_);
      while (wanted_.empty() && !stop.stop_requested()) changed_.wait(mutex_);
      if (stop.stop_requested()) return;
      entry = std::move(wanted_.back());
      wanted_.pop_back();
    }
    prepare(*entry, stop);
  }
}

void IndexPreparer::prepare(const MediaEntry& entry, const std::stop_token& stop) {
  const media::TrackInfo* track = entry.info.best_video();
  if (!track || indexes_.is_made(entry, track->stream_index)) return;
  if (const auto known = failures_.find(entry.path); known != failures_.end() && known->second == entry.version())
    return;
  const auto index = indexes_.track_index(entry, track->stream_index, stop);
  if (index) return;
  const Errc code = index.error().code;
  if (code != Errc::kMalformed && code != Errc::kUnsupported && code != Errc::kTooLarge) return;
  failures_[entry.path] = entry.version();
  failed_(entry, index.error());
}

}  // namespace zoe::server
