// The recommender over the library and everybody's history, kept up to date in the background.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/threads.hpp"
#include "server/library/recommend.hpp"
#include "server/store/history_store.hpp"

namespace zoe::server {

class Library;
class Store;

// How much a part of somebody's history says: all of it 1, the beginning less; a favourite or a good rating more, a bad
// one nothing.
WatchSignal signal_of(const WatchedPart& part);

// Thread-safe. One thread of low priority builds a new model, at most once a minute and only when one was asked for.
class Recommendations {
 public:
  Recommendations(Library& library, Store& store, const Clock& clock, Log& log);
  ~Recommendations();
  Recommendations(const Recommendations&) = delete;
  Recommendations& operator=(const Recommendations&) = delete;

  // The newest there is, at once; the first call waits for the first one.
  std::shared_ptr<const RecommendModel> model();

  // For tests: what was said until now is in the next model.
  void refresh();

 private:
  void run(const std::stop_token& stop);
  std::shared_ptr<const RecommendModel> build();

  Library& library_;
  Store& store_;
  const Clock& clock_;
  Log& log_;
  Mutex mutex_;
  CondVar changed_;
  std::shared_ptr<const RecommendModel> model_ ZOE_GUARDED_BY(mutex_);
  std::int64_t built_ns_ ZOE_GUARDED_BY(mutex_) = 0;
  bool is_wanted_ ZOE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace zoe::server
