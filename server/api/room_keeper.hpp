// Writes down what becomes of rooms, behind the requests' backs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <thread>

#include "engine/core/log.hpp"
#include "engine/core/threads.hpp"
#include "server/store/room_store.hpp"

namespace zoe::server {

class Store;

// Thread-safe. `save` and `remove` never wait; one thread writes. Of a room only the newest state waits, so what waits
// is bounded by the number of rooms. What cannot be written is told in the log and comes again with the next change.
class RoomKeeper {
 public:
  RoomKeeper(Store& store, Log& log);
  ~RoomKeeper();  // writes what waits
  RoomKeeper(const RoomKeeper&) = delete;
  RoomKeeper& operator=(const RoomKeeper&) = delete;

  void save(SavedRoom room);
  void remove(const std::string& id);

  // Waits until what was handed over is written or given up.
  void flush();

 private:
  void run(const std::stop_token& stop);

  Store& store_;
  Log& log_;
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, std::optional<SavedRoom>> waiting_ ZOE_GUARDED_BY(mutex_);  // nothing: to be removed
  bool is_writing_ ZOE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace zoe::server
