// The requests of a Connection that are not answered yet. Private to engine/net.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/net/connection.hpp"

namespace zoe::net {

// Not thread-safe: its owner's lock covers it. Holds back what is above the protocol's number of requests in progress,
// so that the server never stops reading because of us, and credits behind requests do not wait.
class RequestTable {
 public:
  // What may be sent now: the request's message, or nothing when it has to wait for an answer to another. kTooLarge,
  // with `completion` untouched, when the text is too long or too many wait.
  Result<std::vector<std::uint8_t>> add(std::string_view method, std::string_view params, std::int64_t deadline_ns,
                                        Completion& completion);

  // The completion of an answered request; empty for an unknown id and for one that was given up.
  Completion take(std::uint64_t id);

  // Messages that wait and may be sent now that others are answered.
  std::vector<std::uint8_t> take_sendable();

  struct Ended {
    std::string method;
    Completion completion;
  };
  // Those whose time is up. One that was sent still counts as in progress, since the server works on it.
  std::vector<Ended> take_expired(std::int64_t now_ns);
  std::vector<Ended> take_all();

 private:
  static constexpr std::size_t kMostWaiting = 4096;

  struct Entry {
    std::string method;
    std::int64_t deadline_ns = 0;
    Completion completion;  // empty: given up
    bool is_sent = false;
  };
  struct Waiting {
    std::uint64_t id = 0;
    std::vector<std::uint8_t> message;
  };
  std::map<std::uint64_t, Entry> entries_;
  std::deque<Waiting> waiting_;
  std::size_t in_progress_ = 0;
  std::uint64_t next_id_ = 1;
};

}  // namespace zoe::net
