// What `[plugins.transport_http]` of the configuration file says.
//
//   address = "0.0.0.0"        where to listen; over the network clients must use TLS
//   port = 7380                0: the system chooses
//   threads = 0                threads that serve connections; 0: one per core
//   allow_plain = false        true: also accept unencrypted connections that do not come from this machine (from a
//                              proxy that encrypts, say)
//   most_connections = 4096    further ones are closed at once
//   request_timeout_s = 15.0   from a request's first byte to its last, TLS included
//   idle_timeout_s = 60.0      from one request to the next
//   stall_timeout_s = 60.0     without taking a byte of an answer
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/result.hpp"
#include "engine/plugin/sdk/host.hpp"

namespace zoe::transport_http {

struct Options {
  std::string address;
  std::uint16_t port = 0;
  unsigned threads = 1;
  bool allow_plain = false;
  std::uint32_t most_connections = 0;
  std::int64_t request_timeout_ns = 0;
  std::int64_t idle_timeout_ns = 0;
  std::int64_t stall_timeout_ns = 0;
};

// kInvalidArgument names the key.
Result<Options> read_options(const sdk::Host& host);

}  // namespace zoe::transport_http
