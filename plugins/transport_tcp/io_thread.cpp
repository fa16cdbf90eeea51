#include "plugins/transport_tcp/io_thread.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "engine/core/clock.hpp"
#include "plugins/transport_tcp/session.hpp"

namespace zoe::transport_tcp {
namespace {

// Deadlines are looked at this often: a fourth of the shortest, so that none is late by more than a quarter.
std::int64_t tick_period(const Options& options) {
  const std::int64_t shortest = std::min(
      {options.hello_timeout_ns, options.message_timeout_ns, options.stall_timeout_ns, options.farewell_timeout_ns});
  return std::clamp<std::int64_t>(shortest / 4, 5 * kNsPerMs, kNsPerS);
}

}  // namespace

IoThread::IoThread(Shared& shared, unsigned index)
    : shared_(shared),
      index_(index),
      period_ns_(tick_period(shared.options)),
      work_(boost::asio::make_work_guard(context_)),
      timer_(context_) {}

IoThread::~IoThread() { stop(); }

void IoThread::start() {
  thread_ = std::jthread([this] {
    set_thread_name(fmt::format("zoe-tcp-{}", index_));
    schedule_tick();
    for (;;) {
      try {
        context_.run();
        return;
      } catch (const std::exception& error) {
        shared_.host.error("a connection's handler failed: {}", error.what());
      }
    }
  });
}

void IoThread::stop() {
  if (!thread_.joinable()) return;
  context_.stop();
  thread_.join();
  sessions_.clear();
  tell_metrics();
}

void IoThread::post(std::function<void()> job) { boost::asio::post(context_, std::move(job)); }

void IoThread::add(std::shared_ptr<Session> session) { sessions_.insert(std::move(session)); }

void IoThread::remove(const std::shared_ptr<Session>& session) {
  if (sessions_.erase(session) > 0) forget_one();
}

void IoThread::for_each(const std::function<void(Session&)>& each) {
  const std::vector<std::shared_ptr<Session>> now(sessions_.begin(), sessions_.end());
  for (const auto& session : now) each(*session);
}

void IoThread::schedule_tick() {
  timer_.expires_after(std::chrono::nanoseconds(period_ns_));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    schedule_tick();
    tick();
  });
}

void IoThread::tick() {
  const std::int64_t now_ns = shared_.host.now_ns();
  for_each([now_ns](Session& session) { session.check_deadlines(now_ns); });
  tell_metrics();
}

void IoThread::tell_metrics() {
  const auto tell = [this](const char* name, std::uint64_t& sum) {
    if (sum > 0) shared_.host.count(name, std::exchange(sum, 0));
  };
  tell("connections_total", totals_.accepted);
  tell("refused_total", totals_.refused);
  tell("bytes_in_total", totals_.bytes_in);
  tell("bytes_out_total", totals_.bytes_out);
  tell("runs_total", totals_.runs);
  tell("writes_total", totals_.writes);
  tell("stalls_total", totals_.stalls);
  tell("resumed_total", totals_.resumed);
  shared_.host.gauge("connections", shared_.connections.count());
}

}  // namespace zoe::transport_tcp
