#include "server/api/room_keeper.hpp"

#include <utility>

#include "server/store/store.hpp"

namespace zoe::server {

RoomKeeper::RoomKeeper(Store& store, Log& log)
    : store_(store), log_(log), thread_([this](const std::stop_token& stop) { run(stop); }) {}

RoomKeeper::~RoomKeeper() {
  thread_.request_stop();
  const MutexLock lock(mutex_);
  changed_.notify_all();
}

void RoomKeeper::save(SavedRoom room) {
  const MutexLock lock(mutex_);
  const std::string id = room.id;
  waiting_[id] = std::move(room);
  changed_.notify_all();
}

void RoomKeeper::remove(const std::string& id) {
  const MutexLock lock(mutex_);
  waiting_[id] = std::nullopt;
  changed_.notify_all();
}

void RoomKeeper::flush() {
  const MutexLock lock(mutex_);
  while (!waiting_.empty() || is_writing_) changed_.wait(mutex_);
}

void RoomKeeper::run(const std::stop_token& stop) {
  set_thread_name("room-keeper");
  while (true) {
    std::string id;
    std::optional<SavedRoom> room;
    {
      const MutexLock lock(mutex_);
      while (waiting_.empty() && !stop.stop_requested()) changed_.wait(mutex_);
      if (waiting_.empty()) return;
      auto first = waiting_.extract(waiting_.begin());
      id = std::move(first.key());
      room = std::move(first.mapped());
      is_writing_ = true;
    }
    const Status written = room ? store_.rooms().save(*room) : store_.rooms().remove(id);
    if (!written) log_.error("rooms", "the room {} could not be written down: {}", id, written.error().message);
    const MutexLock lock(mutex_);
    is_writing_ = false;
    changed_.notify_all();
  }
}

}  // namespace zoe::server
