#include "player/client/subtitle_feed.hpp"

#include <atomic>
#include <deque>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/threads.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/net/json.hpp"
#include "player/local/local_feed.hpp"

namespace zoe::player {
namespace {

// Of the file, with fonts in it as text.
constexpr std::size_t kMostBytes = media::kMostSubtitleBytes * 2 + media::kMostFontBytes * 3 / 2;

}  // namespace

struct SubtitleFeed::Shared {
  struct Kept {
    std::string key;
    State state;
  };

  std::atomic<std::uint64_t> revision{1};
  Mutex mutex;
  bool is_over ZOE_GUARDED_BY(mutex) = false;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  std::uint64_t epoch ZOE_GUARDED_BY(mutex) = 1;
  std::deque<Kept> kept ZOE_GUARDED_BY(mutex);  // newest first
  // The last reference to this may go on the pool's own thread, which cannot join itself: the feed stops it before.
  WorkerPool pool{"subtitles", 1, 2 * kKept};

  void finish(const std::string& key, std::uint64_t its_epoch, Result<media::SubtitleScript> script) {
    const MutexLock lock(mutex);
    if (is_over || its_epoch != epoch) return;
    for (Kept& each : kept) {
      if (each.key != key) continue;
      each.state.is_loading = false;
      if (script)
        each.state.script = std::make_shared<const media::SubtitleScript>(std::move(*script));
      else
        each.state.error = script.error().message;
    }
    revision.fetch_add(1);
    if (wake) wake();
  }
};

SubtitleFeed::SubtitleFeed(ServerLink& link, std::function<void()> wake)
    : link_(link), shared_(std::make_shared<Shared>()) {
  const MutexLock lock(shared_->mutex);
  shared_->wake = std::move(wake);
}

SubtitleFeed::~SubtitleFeed() {
  {
    const MutexLock lock(shared_->mutex);
    shared_->is_over = true;
    shared_->wake = nullptr;
  }
  shared_->pool.stop();
}

std::uint64_t SubtitleFeed::revision() const { return shared_->revision.load(); }

SubtitleFeed::State SubtitleFeed::get(const std::string& media, const SubtitleInfo& which) {
  const std::string key = media + "/" + std::to_string(which.subtitle);
  std::uint64_t epoch = 0;
  {
    const MutexLock lock(shared_->mutex);
    for (const auto& each : shared_->kept)
      if (each.key == key) return each.state;
    shared_->kept.push_front({key, {.script = nullptr, .error = {}, .is_loading = true}});
    if (shared_->kept.size() > kKept) shared_->kept.pop_back();
    epoch = shared_->epoch;
  }
  ask(media, which, key, epoch);
  return {.script = nullptr, .error = {}, .is_loading = true};
}

void SubtitleFeed::ask(const std::string& media, const SubtitleInfo& which, const std::string& key,
                       std::uint64_t epoch) {
  if (is_local_media(media)) {
    const auto read = [shared = shared_, media, key, epoch, number = which.subtitle] {
      shared->finish(key, epoch, read_local_subtitle(media, number));
    };
    if (Status posted = shared_->pool.post(read); !posted) shared_->finish(key, epoch, fail(std::move(posted).error()));
    return;
  }
  const nlohmann::json params = {{"media", media}, {"subtitle", which.subtitle}, {"fonts", true}};
  link_.fetch_file("library.subtitle", net::to_text(params), kMostBytes,
                   [shared = shared_, key, epoch, format = which.format](Result<std::vector<std::uint8_t>>& file) {
                     if (!file) return shared->finish(key, epoch, fail(file.error()));
                     const auto read = [shared, key, epoch, format,
                                        bytes = std::make_shared<std::vector<std::uint8_t>>(std::move(*file))] {
                       shared->finish(key, epoch, media::parse_subtitles(*bytes, format));
                     };
                     if (Status posted = shared->pool.post(read); !posted)
                       shared->finish(key, epoch, fail(std::move(posted).error()));
                   });
}

void SubtitleFeed::clear() {
  const MutexLock lock(shared_->mutex);
  ++shared_->epoch;
  shared_->kept.clear();
  shared_->revision.fetch_add(1);
}

}  // namespace zoe::player
