// Ends the clients whose sessions were revoked or have expired, within a second.
#pragma once

#include <chrono>
#include <thread>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/threads.hpp"
#include "server/api/auth_gate.hpp"
#include "server/host/client_hub.hpp"

namespace zoe::server {

// One thread asks the auth plugins about every session of a connected client: each `period`, and at once when told to.
// A session that many clients share is asked about once. A role that changed is taken over. The destructor joins.
class SessionWatch {
 public:
  // Half of the second within which a revoked session's streams must have ended; the rest is for the asking.
  static constexpr std::chrono::milliseconds kPeriod{500};

  SessionWatch(ClientHub& hub, const AuthGate& auth, const Clock& clock, Log& log,
               std::chrono::milliseconds period = kPeriod);
  ~SessionWatch();
  SessionWatch(const SessionWatch&) = delete;
  SessionWatch& operator=(const SessionWatch&) = delete;

  // [any] Returns at once.
  void look_now();

 private:
  void run(const std::stop_token& stop);
  void look();

  ClientHub& hub_;
  const AuthGate& auth_;
  const Clock& clock_;
  Log& log_;
  const std::chrono::milliseconds period_;
  Mutex mutex_;
  CondVar changed_;
  bool is_wanted_ ZOE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace zoe::server
