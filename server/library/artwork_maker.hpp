// Makes what listed media still lack: preview sheets, and posters and track indexes that were lost.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/threads.hpp"
#include "server/library/artwork_store.hpp"
#include "server/library/media_entry.hpp"
#include "server/library/prober.hpp"

namespace zoe::server {

class IndexCache;

// Thread-safe. One thread of low priority, with a prober of its own, works through what is wanted. The destructor ends
// what is being made within a tenth of a second; the next run begins with it.
class ArtworkMaker {
 public:
  struct Events {
    std::function<void()> made_poster;  // on the maker's thread: the listing can show one more
  };

  ArtworkMaker(ProberOptions prober, ArtworkStore& artwork, IndexCache& indexes, Log& log, Events events);
  ~ArtworkMaker();
  ArtworkMaker(const ArtworkMaker&) = delete;
  ArtworkMaker& operator=(const ArtworkMaker&) = delete;

  // Replaces what is wanted; what lacks nothing costs a look.
  void want(std::vector<MediaEntryPtr> entries);

  // How many of them were not looked at yet.
  std::size_t left() const;

 private:
  void run(const std::stop_token& stop);
  void make(const MediaEntry& entry, const std::stop_token& stop);
  void keep(const MediaEntry& entry, const ExamineOrder& order, const Findings& findings);

  ArtworkStore& artwork_;
  IndexCache& indexes_;
  Log& log_;
  const Events events_;
  Prober prober_;  // the thread's own
  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<MediaEntryPtr> wanted_ ZOE_GUARDED_BY(mutex_);  // the last one is next
  bool is_busy_ ZOE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace zoe::server
