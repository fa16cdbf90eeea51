#include "server/host/request_queue.hpp"

#include <utility>

namespace zoe::server {

RequestQueue::RequestQueue(RequestPools pools, Run run, Reply reply)
    : pools_(pools), run_(std::move(run)), reply_(std::move(reply)) {}

Status RequestQueue::push(std::uint64_t call_id, std::string json) {
  MutexLock lock(mutex_);
  if (is_closed_) return {};
  if (inbox_.size() >= kMostWaiting)
    return fail(Errc::kTooLarge, "more than " + std::to_string(kMostWaiting) + " requests wait on this connection");
  inbox_.push_back({call_id, std::move(json)});
  schedule();
  return {};
}

void RequestQueue::close() {
  MutexLock lock(mutex_);
  is_closed_ = true;
  inbox_.clear();
  busy_.clear();
}

void RequestQueue::schedule() {
  if (is_scheduled_ || is_signing_in_ || inbox_.empty() || is_closed_) return;
  is_scheduled_ = true;
  const Status posted = pools_.quick.post([self = shared_from_this()] { self->drain(); });
  // The pool holds a job per client at most, so it refuses only when the server stops.
  if (!posted) is_scheduled_ = false;
}

void RequestQueue::drain() {
  Incoming incoming;
  for (int i = 0; i < kRequestsInARow && take(incoming); ++i) route(std::move(incoming));
  MutexLock lock(mutex_);
  is_scheduled_ = false;
  schedule();
}

bool RequestQueue::take(Incoming& out) {
  MutexLock lock(mutex_);
  if (inbox_.empty() || is_signing_in_ || is_closed_) return false;
  out = std::move(inbox_.front());
  inbox_.pop_front();
  return true;
}

void RequestQueue::route(Incoming incoming) {
  auto parsed = Request::parse(incoming.json);
  if (!parsed) {
    reply_(incoming.call_id, Api::error_reply(parsed.error()));
    return;
  }
  const Pending pending{incoming.call_id, std::make_shared<const Request>(std::move(*parsed))};
  if (wait_for_others(pending)) return;
  switch (pending.request->method().lane) {
    case Lane::kQuick:
      return answer(pending);
    case Lane::kHashing:
      return post(pools_.hashing, pending, &RequestQueue::nothing_done);
    case Lane::kPlugins:
      return post(pools_.plugins, pending, &RequestQueue::nothing_done);
    case Lane::kSigningIn: {
      {
        MutexLock lock(mutex_);
        is_signing_in_ = true;
      }
      return post(pools_.hashing, pending, &RequestQueue::sign_in_done);
    }
    case Lane::kOpening: {
      if (pending.request->stream() == 0) return post(pools_.opening, pending, &RequestQueue::nothing_done);
      return post_in_order(pools_.opening, pending);
    }
    case Lane::kStore:
      return post_in_order(pools_.store, pending);
  }
}

RequestQueue::Order RequestQueue::order_of(const Request& request) {
  return request.method().lane == Lane::kStore ? kStoreOrder : request.stream();
}

// True when it waits for a longer request of the same order now.
bool RequestQueue::wait_for_others(const Pending& pending) {
  MutexLock lock(mutex_);
  const auto busy = busy_.find(order_of(*pending.request));
  if (busy == busy_.end()) return false;
  busy->second.push_back(pending);
  return true;
}

void RequestQueue::post_in_order(WorkerPool& pool, const Pending& pending) {
  {
    MutexLock lock(mutex_);
    busy_.try_emplace(order_of(*pending.request));
  }
  post(pool, pending, &RequestQueue::order_done);
}

void RequestQueue::post(WorkerPool& pool, const Pending& pending, void (RequestQueue::*done)(const Pending&)) {
  const Status posted = pool.post([self = shared_from_this(), pending, done] {
    self->answer(pending);
    (self.get()->*done)(pending);
  });
  if (posted) return;
  reply_(pending.call_id,
         Api::error_reply({Errc::kUnavailable, "the server has too much to do; try again in a moment"}));
  (this->*done)(pending);
}

void RequestQueue::answer(const Pending& pending) { reply_(pending.call_id, run_(*pending.request)); }

// Carries out what waited for it, on this worker, until nothing waits.
void RequestQueue::order_done(const Pending& done) {
  while (true) {
    Pending next;
    {
      MutexLock lock(mutex_);
      const auto busy = busy_.find(order_of(*done.request));
      if (busy == busy_.end()) return;
      if (busy->second.empty()) {
        busy_.erase(busy);
        return;
      }
      next = std::move(busy->second.front());
      busy->second.pop_front();
    }
    answer(next);
  }
}

void RequestQueue::sign_in_done(const Pending& /*pending*/) {
  MutexLock lock(mutex_);
  is_signing_in_ = false;
  schedule();
}

void RequestQueue::nothing_done(const Pending& /*pending*/) {}

}  // namespace zoe::server
