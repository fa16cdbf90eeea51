#include "server/host/session_watch.hpp"

#include <map>
#include <tuple>
#include <utility>

namespace zoe::server {
namespace {

// Whether `error` of AuthGate::refresh says that the session is over; a database that is busy says nothing.
bool is_over(Errc code) {
  return code == Errc::kUnauthenticated || code == Errc::kDenied || code == Errc::kNotFound ||
         code == Errc::kUnavailable;
}

}  // namespace

SessionWatch::SessionWatch(ClientHub& hub, const AuthGate& auth, const Clock& clock, Log& log,
                           std::chrono::milliseconds period)
    : hub_(hub), auth_(auth), clock_(clock), log_(log), period_(period) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

SessionWatch::~SessionWatch() {
  thread_.request_stop();
  look_now();
  thread_.join();
}

void SessionWatch::look_now() {
  MutexLock lock(mutex_);
  is_wanted_ = true;
  changed_.notify_all();
}

void SessionWatch::run(const std::stop_token& stop) {
  set_thread_name("session-watch");
  while (true) {
    {
      const auto deadline = std::chrono::steady_clock::now() + period_;
      MutexLock lock(mutex_);
      while (!is_wanted_ && changed_.wait_until(mutex_, deadline)) {
      }
      is_wanted_ = false;
    }
    if (stop.stop_requested()) return;
    look();
  }
}

void SessionWatch::look() {
  const std::int64_t utc_ns = clock_.utc_ns();
  using Key = std::tuple<std::string, std::string, const MediaTicket*>;  // plugin, token, ticket
  std::map<Key, Result<IdentityPtr>> asked;
  for (const auto& client : hub_.all()) {
    const IdentityPtr identity = client->session().identity();
    if (!identity) continue;
    const Key key(identity->provider, identity->token, identity->ticket.get());
    auto answer = asked.find(key);
    if (answer == asked.end() || identity->token.empty())
      answer = asked.insert_or_assign(key, auth_.refresh(identity, utc_ns)).first;
    const Result<IdentityPtr>& now = answer->second;
    if (now) {
      if (**now != *identity) client->session().replace_identity(identity, *now);
    } else if (is_over(now.error().code)) {
      log_.info("auth", "the session of {} has ended: {}", identity->name, now.error().message);
      const bool is_gone = now.error().code == Errc::kUnavailable;
      client->end({is_gone ? Errc::kUnavailable : Errc::kUnauthenticated, now.error().message});
    }
  }
}

}  // namespace zoe::server
