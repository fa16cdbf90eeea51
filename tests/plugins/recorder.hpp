// The player's connection with everything that it hears kept for the test to look at.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/net/connection.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {

class Recorder {
 public:
  explicit Recorder(net::ConnectionOptions options) {
    connection_ = net::Connection::start(std::move(options), {.state =
                                                                  [this](const net::ConnectionState& state) {
                                                                    MutexLock lock(mutex_);
                                                                    phases_.push_back(state.phase);
                                                                  },
                                                              .media =
                                                                  [this](net::MediaRun&& run) {
                                                                    MutexLock lock(mutex_);
                                                                    media_.push_back(std::move(run));
                                                                  },
                                                              .chunk =
                                                                  [this](net::FileChunk&& chunk) {
                                                                    MutexLock lock(mutex_);
                                                                    chunks_.push_back(std::move(chunk));
                                                                  },
                                                              .event =
                                                                  [this](std::string_view, const nlohmann::json& body) {
                                                                    MutexLock lock(mutex_);
                                                                    events_.push_back(body);
                                                                  },
                                                              .clock = {}});
  }
  ~Recorder() { connection_.reset(); }  // no sink runs any more when the rest goes

  static net::ConnectionOptions to(std::uint16_t port, net::Security security = net::Security::kAutomatic) {
    net::ConnectionOptions options;
    options.port = port;
    options.security = security;
    return options;
  }

  net::Connection& operator*() { return *connection_; }
  net::Connection* operator->() { return connection_.get(); }

  // Asks and waits for the answer.
  Result<nlohmann::json> ask(std::string_view method, const nlohmann::json& params = nlohmann::json::object()) {
    auto answer = std::make_shared<std::pair<Mutex, std::optional<Result<nlohmann::json>>>>();
    connection_->request(method, params.dump(), [answer](Result<nlohmann::json>& outcome) {
      MutexLock lock(answer->first);
      answer->second = outcome;
    });
    wait_until([&] {
      MutexLock lock(answer->first);
      return answer->second.has_value();
    });
    MutexLock lock(answer->first);
    return answer->second.value();
  }

  std::vector<net::ConnectionPhase> phases() const {
    MutexLock lock(mutex_);
    return phases_;
  }
  std::vector<net::MediaRun> media() const {
    MutexLock lock(mutex_);
    return media_;
  }
  std::vector<net::FileChunk> chunks() const {
    MutexLock lock(mutex_);
    return chunks_;
  }
  std::vector<nlohmann::json> events() const {
    MutexLock lock(mutex_);
    return events_;
  }
  bool wait_closed() {
    return wait_until([&] { return connection_->state().phase == net::ConnectionPhase::kClosed; });
  }

 private:
  mutable Mutex mutex_;
  std::vector<net::ConnectionPhase> phases_ ZOE_GUARDED_BY(mutex_);
  std::vector<net::MediaRun> media_ ZOE_GUARDED_BY(mutex_);
  std::vector<net::FileChunk> chunks_ ZOE_GUARDED_BY(mutex_);
  std::vector<nlohmann::json> events_ ZOE_GUARDED_BY(mutex_);
  std::unique_ptr<net::Connection> connection_;
};

}  // namespace zoe::test
