#include "plugins/transport_http/io_thread.hpp"

#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/asio/post.hpp>

#include "engine/core/threads.hpp"
#include "plugins/transport_http/connection.hpp"
#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

constexpr std::chrono::milliseconds kTick{100};

}  // namespace

IoThread::IoThread(Shared& shared, unsigned index)
    : shared_(shared), index_(index), work_(boost::asio::make_work_guard(context_)), timer_(context_) {
  read_clock();
}

IoThread::~IoThread() { stop(); }

void IoThread::start() {
  thread_ = std::jthread([this] {
    set_thread_name(fmt::format("zoe-http-{}", index_));
    schedule_tick();
    while (!context_.stopped()) {
      try {
        context_.run();
      } catch (const std::exception& error) {
        shared_.host.error("a connection's handler failed: {}", error.what());
      }
    }
  });
}

// Whoever is served gets what was promised to it, or the end of the connection: sockets close with their objects.
void IoThread::stop() {
  if (!thread_.joinable()) return;
  post([this] {
    for_each([](Connection& connection) { connection.close(); });
    boost::asio::post(context_, [this] { context_.stop(); });
  });
  thread_.join();
  connections_.clear();
  tell_metrics();
}

void IoThread::post(std::function<void()> job) { boost::asio::post(context_, std::move(job)); }

void IoThread::add(std::shared_ptr<Connection> connection) { connections_.insert(std::move(connection)); }

void IoThread::remove(const std::shared_ptr<Connection>& connection) {
  if (connections_.erase(connection) > 0) forget_one();
}

void IoThread::forget_one() {
  load_.fetch_sub(1, std::memory_order_relaxed);
  shared_.connections.fetch_sub(1);
}

void IoThread::for_each(const std::function<void(Connection&)>& each) {
  const std::vector<std::shared_ptr<Connection>> now(connections_.begin(), connections_.end());
  for (const auto& connection : now) each(*connection);
}

void IoThread::read_clock() {
  now_ns_ = shared_.host.now_ns();
  const std::int64_t now_s = shared_.host.utc_ns() / 1'000'000'000;
  if (std::exchange(date_s_, now_s) != now_s) date_ = http_date(now_s);
}

void IoThread::schedule_tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    schedule_tick();
    read_clock();
    for_each([this](Connection& connection) { connection.check_deadlines(now_ns_); });
    tell_metrics();
  });
}

void IoThread::tell_metrics() {
  if (requests_ > 0) shared_.host.count("requests_total", std::exchange(requests_, 0));
  if (bytes_out_ > 0) shared_.host.count("bytes_out_total", std::exchange(bytes_out_, 0));
  shared_.host.gauge("connections", shared_.connections.load());
}

}  // namespace zoe::transport_http
