// Builds the track indexes of listed media ahead of time, so that the first viewer does not wait for one.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/threads.hpp"
#include "server/library/media_entry.hpp"

namespace zoe::server {

class IndexCache;

// Thread-safe. One thread of low priority works through what is wanted. The destructor stops within one read.
class IndexPreparer {
 public:
  // `failed` is called on the preparer's thread for a file whose bytes cannot be indexed.
  IndexPreparer(IndexCache& indexes, std::function<void(const MediaEntry&, const Error&)> failed);
  ~IndexPreparer();
  IndexPreparer(const IndexPreparer&) = delete;
  IndexPreparer& operator=(const IndexPreparer&) = delete;

  // Replaces what is wanted; what has an index costs a look.
  void want(std::vector<MediaEntryPtr> entries);

 private:
  void run(const std::stop_token& stop);
  void prepare(const MediaEntry& entry, const std::stop_token& stop);

  IndexCache& indexes_;
  const std::function<void(const MediaEntry&, const Error&)> failed_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<MediaEntryPtr> wanted_ ZOE_GUARDED_BY(mutex_);  // the last one is next
  std::map<std::string, std::string> failures_;               // path to version; of the thread's own
  std::jthread thread_;
};

}  // namespace zoe::server
