#include "player/shell/media_opener.hpp"

#include <utility>

#include "player/client/media_names.hpp"

namespace zoe::player {

MediaOpener::MediaOpener(ServerLink& link, Playback& playback)
    : link_(link), playback_(playback), thread_([this] { run(); }) {}

MediaOpener::~MediaOpener() {
  {
    const MutexLock lock(mutex_);
    is_stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
}

void MediaOpener::open(std::string wanted, OpenMedia how) {
  const MutexLock lock(mutex_);
  wanted_ = std::move(wanted);
  how_ = std::move(how);
  state_ = State::kLooking;
  is_notified_ = true;
  wake_.notify_all();
}

void MediaOpener::notify() {
  const MutexLock lock(mutex_);
  is_notified_ = true;
  wake_.notify_all();
}

MediaOpener::State MediaOpener::state() const {
  const MutexLock lock(mutex_);
  return state_;
}

std::string MediaOpener::wanted() const {
  const MutexLock lock(mutex_);
  return wanted_;
}

void MediaOpener::run() {
  set_thread_name("zoe-open");
  const MutexLock lock(mutex_);
  while (!is_stopping_) {
    if (std::exchange(is_notified_, false) && state_ == State::kLooking && look()) continue;
    if (!is_notified_) wake_.wait(mutex_);
  }
}

// True when it let the lock go, so that everything may have changed.
bool MediaOpener::look() {
  if (!link_.is_ready()) return false;
  const std::shared_ptr<const LibraryListing> listing = link_.library();
  if (const LibraryItem* item = find_item(*listing, wanted_)) {
    OpenMedia media = how_;
    media.media = item->media;
    media.title = item->title;
    if (media.rate.is_negative() && media.position_us == 0) media.position_us = item->duration_us;
    state_ = State::kOpened;
    mutex_.unlock();
    playback_.open(media);
    mutex_.lock();
    return true;
  }
  if (listing->is_loading) return false;
  const bool is_all = static_cast<std::int64_t>(listing->items.size()) >= listing->total;
  // An empty listing may be one that was never asked for.
  if (is_all && !listing->is_scanning && listing->error.empty()) {
    state_ = State::kNotFound;
    return false;
  }
  if (is_all) return false;
  mutex_.unlock();
  link_.load_more();
  mutex_.lock();
  return true;
}

}  // namespace zoe::player
