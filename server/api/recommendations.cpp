#include "server/api/recommendations.hpp"

#include <algorithm>

#include "server/library/library.hpp"
#include "server/library/utf8_text.hpp"
#include "server/store/store.hpp"

namespace zoe::server {
namespace {

constexpr std::int64_t kEveryNs = 60 * kNsPerS;
constexpr std::size_t kMostRows = 1'000'000;

std::string folder_of(const MediaEntry& entry) {
  const auto slash = entry.path.find_last_of('/');
  return entry.path.substr(0, slash == std::string::npos ? 0 : slash);
}

}  // namespace

WatchSignal signal_of(const WatchedPart& part) {
  WatchSignal signal{
      .person = part.person, .media = part.media, .is_watched = part.is_watched, .utc_ns = part.updated_utc_ns};
  const double seen =
      part.duration_us > 0 ? static_cast<double>(part.position_us) / static_cast<double>(part.duration_us) : 0.0;
  signal.weight = part.is_watched ? 1.0 : std::clamp(seen, 0.0, 1.0);
  if (part.is_favourite) signal.weight = std::max(signal.weight, 1.0) + 0.25;
  if (part.stars >= 4) signal.weight = std::max(signal.weight, 1.0) + 0.25 * (part.stars - 3);
  if (part.stars == 1 || part.stars == 2) signal.weight = 0;
  return signal;
}

Recommendations::Recommendations(Library& library, Store& store, const Clock& clock, Log& log)
    : library_(library), store_(store), clock_(clock), log_(log), thread_([this](const std::stop_token& stop) {
        run(stop);
      }) {}

Recommendations::~Recommendations() {
  thread_.request_stop();
  {
    const MutexLock lock(mutex_);
    changed_.notify_all();
  }
}

std::shared_ptr<const RecommendModel> Recommendations::model() {
  {
    const MutexLock lock(mutex_);
    if (model_) {
      if (clock_.now_ns() - built_ns_ >= kEveryNs) {
        is_wanted_ = true;
        changed_.notify_all();
      }
      return model_;
    }
  }
  refresh();
  const MutexLock lock(mutex_);
  return model_;
}

void Recommendations::refresh() {
  auto model = build();
  const MutexLock lock(mutex_);
  model_ = std::move(model);
  built_ns_ = clock_.now_ns();
}

void Recommendations::run(const std::stop_token& stop) {
  set_thread_name("recommend");
  while (true) {
    {
      MutexLock lock(mutex_);
      while (!is_wanted_ && !stop.stop_requested()) changed_.wait(mutex_);
      if (stop.stop_requested()) return;
      is_wanted_ = false;
    }
    refresh();
  }
}

std::shared_ptr<const RecommendModel> Recommendations::build() {
  std::vector<RecommendItem> items;
  for (std::size_t offset = 0;; offset += 500) {
    const LibraryPage page = library_.list({.offset = offset, .limit = 500});
    for (const MediaEntryPtr& each : page.items)
      items.push_back({each->id, each->title, folder_of(*each), sort_key(each->relative_path), each->added_utc_ns});
    if (page.items.size() < 500) break;
  }
  std::vector<WatchSignal> signals;
  if (const auto parts = store_.history().everything(kMostRows))
    for (const WatchedPart& each : *parts) signals.push_back(signal_of(each));
  else
    log_.warning("recommend", "built without anybody's history: {}", parts.error().message);
  // An item may have come twice where the library changed between two pages.
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.media < b.media; });
  items.erase(std::unique(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.media == b.media; }),
              items.end());
  return std::make_shared<const RecommendModel>(std::move(items), std::move(signals), clock_.utc_ns());
}

}  // namespace zoe::server
