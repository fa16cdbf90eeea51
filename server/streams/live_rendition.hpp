// A rendition over the generations of its codec plugin.
#pragma once

#include <memory>
#include <utility>

#include "engine/core/threads.hpp"
#include "server/streams/rendition.hpp"

namespace zoe::server {

// Thread-safe; a leaf lock. Shared by the streams of the rendition, and kept by them alone: what waits to be made takes
// the generation that is current when its making begins, and holds that to its end. So a replaced generation is needed
// by the segments that it has begun and by nothing else.
class LiveRendition {
 public:
  explicit LiveRendition(RenditionPtr first) : current_(std::move(first)) {}

  RenditionPtr current() const {
    MutexLock lock(mutex_);
    return current_;
  }

  // `next` follows the current one (see follow_rendition). Does nothing where that is of a later generation already.
  void replace(RenditionPtr next) {
    MutexLock lock(mutex_);
    if (next->codec.generation > current_->codec.generation) current_.swap(next);
    lock.unlock();  // the old one goes without it
  }

 private:
  mutable Mutex mutex_;
  RenditionPtr current_ ZOE_GUARDED_BY(mutex_);
};

using LiveRenditionPtr = std::shared_ptr<LiveRendition>;

}  // namespace zoe::server
