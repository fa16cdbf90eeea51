#include "player/local/local_feed.hpp"

#include <utility>

#include "engine/core/file.hpp"
#include "engine/core/threads.hpp"
#include "engine/core/worker_pool.hpp"

namespace zoe::player {

struct LocalFeed::Shared {
  Mutex mutex;
  bool is_over ZOE_GUARDED_BY(mutex) = false;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  std::string media ZOE_GUARDED_BY(mutex);
  std::shared_ptr<const LocalMedia> known ZOE_GUARDED_BY(mutex);
  // The last reference to this may go on the pool's own thread, which cannot join itself: the feed stops it before.
  WorkerPool pool{"local", 1, 64};
};

LocalFeed::LocalFeed(std::function<void()> wake) : shared_(std::make_shared<Shared>()) {
  const MutexLock lock(shared_->mutex);
  shared_->wake = std::move(wake);
}

LocalFeed::~LocalFeed() {
  {
    const MutexLock lock(shared_->mutex);
    shared_->is_over = true;
    shared_->wake = nullptr;
  }
  shared_->pool.stop();
}

std::shared_ptr<const LocalMedia> LocalFeed::get(const std::string& media) {
  const MutexLock lock(shared_->mutex);
  if (shared_->media == media) return shared_->known;
  shared_->media = media;
  shared_->known = nullptr;
  // Where the pool is full the file stays unknown: it plays all the same.
  static_cast<void>(shared_->pool.post([shared = shared_, media] {
    auto examined = examine_local(local_path_of(media));
    const MutexLock its_lock(shared->mutex);
    if (shared->is_over || shared->media != media || !examined) return;
    shared->known = std::make_shared<const LocalMedia>(std::move(*examined));
    if (shared->wake) shared->wake();
  }));
  return nullptr;
}

Result<media::SubtitleScript> read_local_subtitle(const std::string& media, int subtitle) {
  const std::string path = local_path_of(media);
  ZOE_TRY(const LocalMedia local, examine_local(path));
  if (subtitle < 0 || static_cast<std::size_t>(subtitle) >= local.subtitles.size())
    return fail(Errc::kNotFound, path + " has no subtitles of that number");
  const LocalSubtitle& wanted = local.subtitles[static_cast<std::size_t>(subtitle)];
  if (wanted.path.empty()) return media::read_subtitle_track(path, wanted.track, local.origin_us, media::Fonts::kRead);
  ZOE_TRY(const auto bytes, read_file(wanted.path, media::kMostSubtitleBytes));
  return media::parse_subtitles(bytes, wanted.info.format);
}

}  // namespace zoe::player
