#include "server/library/artwork_maker.hpp"

#include <algorithm>
#include <utility>

#include "server/library/background.hpp"
#include "server/library/index_cache.hpp"

namespace zoe::server {

ArtworkMaker::ArtworkMaker(ProberOptions prober, ArtworkStore& artwork, IndexCache& indexes, Log& log, Events events)
    : artwork_(artwork), indexes_(indexes), log_(log), events_(std::move(events)), prober_(std::move(prober)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

ArtworkMaker::~ArtworkMaker() {
  thread_.request_stop();
  {
    MutexLock lock(mutex_);
    changed_.notify_all();
  }
  thread_.join();
}

void ArtworkMaker::want(std::vector<MediaEntryPtr> entries) {
  std::reverse(entries.begin(), entries.end());
  MutexLock lock(mutex_);
  wanted_ = std::move(entries);
  changed_.notify_all();
}

std::size_t ArtworkMaker::left() const {
  MutexLock lock(mutex_);
  return wanted_.size() + (is_busy_ ? 1 : 0);
}

void ArtworkMaker::run(const std::stop_token& stop) {
  set_thread_name("library-art");
  enter_background();
  while (true) {
    MediaEntryPtr entry;
    {
      MutexLock lock(mutex_);
      is_busy_ = false;
      while (wanted_.empty() && !stop.stop_requested()) changed_.wait(mutex_);
      if (stop.stop_requested()) return;
      entry = std::move(wanted_.back());
      wanted_.pop_back();
      is_busy_ = true;
    }
    make(*entry, stop);
  }
}

void ArtworkMaker::make(const MediaEntry& entry, const std::stop_token& stop) {
  const media::TrackInfo* track = entry.info.best_video();
  if (!track || !open_media_file(entry)) return;
  const std::string& key = entry.artwork_key;
  const bool has_room = artwork_.has_room();
  ExamineOrder order{.path = entry.path};
  if (has_room && !artwork_.has_poster(key)) order.poster_file = artwork_.scratch("poster.jpg");
  if (has_room && !artwork_.preview(key) && !artwork_.is_hopeless(key)) order.preview_stem = artwork_.scratch("sheet-");
  const bool has_index = indexes_.is_made(entry, track->stream_index);
  if (order.poster_file.empty() && order.preview_stem.empty() && has_index) return;
  order.index_file = indexes_.scratch("art");
  if (order.index_file.empty() && order.poster_file.empty() && order.preview_stem.empty()) return;
  // A made index saves reading the whole file once more.
  order.is_index_lent =
      has_index && !order.index_file.empty() && indexes_.lend(entry, track->stream_index, order.index_file);

  const auto findings = prober_.examine(order, entry.size_bytes, stop);
  if (stop.stop_requested()) return;
  if (findings) {
    keep(entry, order, *findings);
    return;
  }
  log_.warning("library", "no pictures of {}: {}", entry.relative_path, findings.error().message);
  const Errc code = findings.error().code;
  if (code == Errc::kMalformed || code == Errc::kTooLarge || code == Errc::kTimeout || code == Errc::kUnsupported)
    artwork_.give_up_preview(key, findings.error().message);
}

void ArtworkMaker::keep(const MediaEntry& entry, const ExamineOrder& order, const Findings& findings) {
  const media::TrackInfo* track = entry.info.best_video();
  // A file that was written to meanwhile shows something else now.
  if (!track || !open_media_file(entry)) return;
  if (findings.has_index) indexes_.take_in(entry, track->stream_index, order.index_file);
  Status kept;
  if (findings.preview && !order.preview_stem.empty())
    kept = artwork_.keep_preview(entry.artwork_key, *findings.preview, order.preview_stem);
  if (kept && findings.has_poster && !order.poster_file.empty()) {
    kept = artwork_.keep_poster(entry.artwork_key, order.poster_file);
    if (kept && events_.made_poster) events_.made_poster();
  }
  if (!kept) log_.warning("library", "no pictures of {}: {}", entry.relative_path, kept.error().message);
}

}  // namespace zoe::server
