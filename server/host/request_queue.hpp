// The requests of one client on their way to the API: in order where order matters, on threads that fit them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/core/threads.hpp"
#include "engine/core/worker_pool.hpp"
#include "server/api/api.hpp"

namespace zoe::server {

// The pools of all clients, one a lane (hashing serves sign-ins too).
struct RequestPools {
  WorkerPool& quick;
  WorkerPool& opening;
  WorkerPool& hashing;
  WorkerPool& plugins;
  WorkerPool& store;
};

// Thread-safe; its one lock is never held while anything outside runs. Lives in a shared_ptr: jobs keep it.
//
// Short requests run one after another. A longer one runs beside them, but requests about the stream that it works on
// wait for it, and requests to the store wait for each other; while somebody signs in, everything behind it waits. What
// a flood can queue is bounded here and by the pools; what finds no place is answered with kUnavailable.
class RequestQueue : public std::enable_shared_from_this<RequestQueue> {
 public:
  // Carries a request out: the answer's text.
  using Run = std::function<std::string(const Request&)>;
  // Called once per request, from a worker, never from inside `push`.
  using Reply = std::function<void(std::uint64_t call_id, const std::string& json)>;

  RequestQueue(RequestPools pools, Run run, Reply reply);

  // kTooLarge when the client has so many waiting that it cannot be honest; no reply follows then.
  Status push(std::uint64_t call_id, std::string json);

  // What waits is dropped without a reply; what runs goes on.
  void close();

 private:
  static constexpr std::size_t kMostWaiting = 1024;
  // Then another client gets its turn.
  static constexpr int kRequestsInARow = 8;

  struct Incoming {
    std::uint64_t call_id = 0;
    std::string json;
  };
  struct Pending {
    std::uint64_t call_id = 0;
    std::shared_ptr<const Request> request;
  };

  void schedule() ZOE_REQUIRES(mutex_);
  void drain();
  bool take(Incoming& out);
  void route(Incoming incoming);
  // What a request is in order with: a stream's number, or kStoreOrder.
  using Order = std::uint64_t;
  static constexpr Order kStoreOrder = std::uint64_t{1} << 32;
  static Order order_of(const Request& request);
  bool wait_for_others(const Pending& pending);
  void post_in_order(WorkerPool& pool, const Pending& pending);
  void post(WorkerPool& pool, const Pending& pending, void (RequestQueue::*done)(const Pending&));
  void answer(const Pending& pending);
  void order_done(const Pending& pending);
  void sign_in_done(const Pending& pending);
  void nothing_done(const Pending& pending);

  const RequestPools pools_;
  const Run run_;
  const Reply reply_;

  Mutex mutex_;
  std::deque<Incoming> inbox_ ZOE_GUARDED_BY(mutex_);
  // What has a longer request at work, and what waits for that.
  std::map<Order, std::deque<Pending>> busy_ ZOE_GUARDED_BY(mutex_);
  bool is_scheduled_ ZOE_GUARDED_BY(mutex_) = false;
  bool is_signing_in_ ZOE_GUARDED_BY(mutex_) = false;
  bool is_closed_ ZOE_GUARDED_BY(mutex_) = false;
};

}  // namespace zoe::server
