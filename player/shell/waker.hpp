// Wakes the application's loop from threads that may start before it and end after it.
#pragma once

#include "engine/app/application.hpp"
#include "engine/core/threads.hpp"

namespace zoe::player {

// Thread-safe.
class Waker {
 public:
  // Null takes it away: once `attach` has returned, the former one is woken no more.
  void attach(app::Application* application) {
    const MutexLock lock(mutex_);
    application_ = application;
  }
  void wake() {
    const MutexLock lock(mutex_);
    if (application_ != nullptr) application_->wake();
  }

 private:
  Mutex mutex_;
  app::Application* application_ ZOE_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace zoe::player
