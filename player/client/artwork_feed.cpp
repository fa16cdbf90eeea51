#include "player/client/artwork_feed.hpp"

#include <fmt/core.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "engine/core/threads.hpp"
#include "engine/net/json.hpp"
#include "engine/render/picture.hpp"

namespace zoe::player {
namespace {

constexpr std::size_t kMostFailed = 4096;  // remembered

std::string params_of(const ArtworkKey& key) {
  nlohmann::json params = {{"media", key.media}, {"kind", key.kind == ArtworkKind::kPoster ? "poster" : "preview"}};
  if (key.kind == ArtworkKind::kPreview) params["sheet"] = key.sheet;
  return net::to_text(params);
}

}  // namespace

std::string ArtworkKey::text() const {
  return fmt::format("{}/{}/{}/{}", static_cast<int>(kind), sheet, version, media);
}

struct ArtworkFeed::Shared {
  mutable Mutex mutex;
  bool is_over ZOE_GUARDED_BY(mutex) = false;
  std::function<void()> wake ZOE_GUARDED_BY(mutex);
  std::uint64_t epoch ZOE_GUARDED_BY(mutex) = 1;
  std::unordered_map<std::string, std::int64_t> under_way ZOE_GUARDED_BY(mutex);  // since when
  std::unordered_map<std::string, std::int64_t> again_at ZOE_GUARDED_BY(mutex);   // what failed
  std::deque<Picture> ready ZOE_GUARDED_BY(mutex);
  std::unordered_map<std::string, bool> ready_keys ZOE_GUARDED_BY(mutex);
  std::int64_t now_ns ZOE_GUARDED_BY(mutex) = 0;  // of the newest `want`
  // The last reference to this may go on the pool's own thread, which cannot join itself: the feed stops it before.
  WorkerPool pool{"artwork", 1, 2 * kMostUnderWay};

  // Those of `keys` whose turn it is; they are under way from here on.
  std::vector<ArtworkKey> pick(std::span<const ArtworkKey> keys, std::int64_t its_now_ns) ZOE_REQUIRES(mutex) {
    now_ns = its_now_ns;
    std::erase_if(under_way, [its_now_ns](const auto& each) { return its_now_ns - each.second > kPatienceNs; });
    std::vector<ArtworkKey> due;
    for (const ArtworkKey& key : keys) {
      // What waits to be taken counts too: nothing is fetched that nobody has had the time to take.
      if (under_way.size() + ready.size() >= kMostUnderWay) break;
      const std::string text = key.text();
      if (under_way.count(text) != 0 || ready_keys.count(text) != 0) continue;
      if (const auto failed = again_at.find(text); failed != again_at.end()) {
        if (now_ns < failed->second) continue;
        again_at.erase(failed);
      }
      under_way[text] = now_ns;
      due.push_back(key);
    }
    return due;
  }

  void finish(const ArtworkKey& key, std::uint64_t its_epoch, Result<render::Image> image) {
    const MutexLock lock(mutex);
    if (is_over || its_epoch != epoch) return;
    const std::string text = key.text();
    under_way.erase(text);
    if (image) {
      ready_keys[text] = true;
      ready.push_back({key, std::move(*image)});
    } else {
      if (again_at.size() >= kMostFailed) again_at.clear();
      again_at[text] = now_ns + kAgainNs;
    }
    if (wake) wake();
  }
};

ArtworkFeed::ArtworkFeed(ServerLink& link, std::function<void()> wake)
    : link_(link), shared_(std::make_shared<Shared>()) {
  const MutexLock lock(shared_->mutex);
  shared_->wake = std::move(wake);
}

ArtworkFeed::~ArtworkFeed() {
  {
    const MutexLock lock(shared_->mutex);
    shared_->is_over = true;
    shared_->wake = nullptr;
  }
  shared_->pool.stop();
}

void ArtworkFeed::want(std::span<const ArtworkKey> keys, std::int64_t now_ns) {
  std::vector<ArtworkKey> due;
  std::uint64_t epoch = 0;
  {
    const MutexLock lock(shared_->mutex);
    due = shared_->pick(keys, now_ns);
    epoch = shared_->epoch;
  }
  for (const ArtworkKey& key : due) ask(key, epoch);
}

void ArtworkFeed::ask(const ArtworkKey& key, std::uint64_t epoch) {
  const bool is_poster = key.kind == ArtworkKind::kPoster;
  link_.fetch_file("library.artwork", params_of(key), is_poster ? kMostPosterBytes : kMostSheetBytes,
                   [shared = shared_, key, epoch, is_poster](Result<std::vector<std::uint8_t>>& file) {
                     if (!file) return shared->finish(key, epoch, fail(file.error()));
                     const auto decode = [shared, key, epoch, is_poster,
                                          bytes = std::make_shared<std::vector<std::uint8_t>>(std::move(*file))] {
                       Result<render::Image> image = render::decode_jpeg(*bytes);
                       if (image)
                         image = render::shrunk(std::move(*image), is_poster ? kMostPosterSide : kMostSheetSide);
                       shared->finish(key, epoch, std::move(image));
                     };
                     if (Status posted = shared->pool.post(decode); !posted)
                       shared->finish(key, epoch, fail(std::move(posted).error()));
                   });
}

std::vector<ArtworkFeed::Picture> ArtworkFeed::take(std::size_t most) {
  std::vector<Picture> taken;
  const MutexLock lock(shared_->mutex);
  while (taken.size() < most && !shared_->ready.empty()) {
    taken.push_back(std::move(shared_->ready.front()));
    shared_->ready.pop_front();
    shared_->ready_keys.erase(taken.back().key.text());
  }
  return taken;
}

bool ArtworkFeed::has_more() const {
  const MutexLock lock(shared_->mutex);
  return !shared_->ready.empty();
}

void ArtworkFeed::clear() {
  const MutexLock lock(shared_->mutex);
  ++shared_->epoch;
  shared_->under_way.clear();
  shared_->again_at.clear();
  shared_->ready.clear();
  shared_->ready_keys.clear();
}

}  // namespace zoe::player
