#include "player/client/play_queue.hpp"

#include <algorithm>
#include <utility>

namespace zoe::player {

bool PlayQueue::start(std::string name, std::vector<LibraryItem> items, std::size_t index) {
  const auto begin = items.begin() + static_cast<std::ptrdiff_t>(std::min(index, items.size()));
  const auto first = std::find_if(begin, items.end(), [](const LibraryItem& item) { return item.is_available; });
  if (first == items.end()) return false;
  index_ = static_cast<std::size_t>(first - items.begin());
  name_ = std::move(name);
  items_ = std::move(items);
  return true;
}

void PlayQueue::clear() {
  items_.clear();
  name_.clear();
  index_ = 0;
}

std::ptrdiff_t PlayQueue::find(int step) const {
  const auto count = static_cast<std::ptrdiff_t>(items_.size());
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(index_) + step; at >= 0 && at < count; at += step)
    if (items_[static_cast<std::size_t>(at)].is_available) return at;
  return -1;
}

const LibraryItem* PlayQueue::peek(int step) const {
  const std::ptrdiff_t at = is_active() ? find(step) : -1;
  return at < 0 ? nullptr : &items_[static_cast<std::size_t>(at)];
}

const LibraryItem* PlayQueue::go(int step) {
  const std::ptrdiff_t at = is_active() ? find(step) : -1;
  if (at < 0) return nullptr;
  index_ = static_cast<std::size_t>(at);
  return current();
}

void PlayQueue::follow(const std::string& media) {
  if (is_active() && current()->media != media) clear();
}

}  // namespace zoe::player
