// What plays one after another.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "player/client/server_link.hpp"

namespace zoe::player {

// Pure logic, main thread. What has left the library is passed over.
class PlayQueue {
 public:
  // `items` from `index` on; where that cannot be played, from the first after it that can. False where none can.
  bool start(std::string name, std::vector<LibraryItem> items, std::size_t index);
  void clear();

  bool is_active() const { return !items_.empty(); }
  const std::string& name() const { return name_; }
  std::size_t index() const { return index_; }
  std::size_t size() const { return items_.size(); }
  // Null where nothing is queued.
  const LibraryItem* current() const { return is_active() ? &items_[index_] : nullptr; }
  const std::vector<LibraryItem>& items() const { return items_; }
  // Null at the end; nothing moves.
  const LibraryItem* peek(int step) const;
  // Moves there; null (and nothing moves) at the end.
  const LibraryItem* go(int step);

  // Something else was opened: the queue is over, unless that is what is due in it.
  void follow(const std::string& media);

 private:
  std::ptrdiff_t find(int step) const;

  std::string name_;
  std::vector<LibraryItem> items_;
  std::size_t index_ = 0;
};

}  // namespace zoe::player
