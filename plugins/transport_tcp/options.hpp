// What `[plugins.transport_tcp]` of the configuration file says.
//
//   address = "0.0.0.0"        where to listen; over the network clients must use TLS
//   port = 7340                0: the system chooses
//   name = ""                  how the server calls itself in its greeting; empty: the machine's name
//   threads = 0                threads that serve connections; 0: one per core
//   allow_plain = false        true: also accept unencrypted connections that do not come from this machine
//   most_connections = 4096    further ones are closed at once
//   most_queued_mib = 16       a client that leaves more answers and events unread is disconnected
//   hello_timeout_s = 10.0     from accept to a complete greeting, TLS included
//   message_timeout_s = 30.0   without a byte of a message that has begun
//   stall_timeout_s = 60.0     without taking a byte while some wait
//   farewell_timeout_s = 2.0   for reading the last words before the socket is closed
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/core/result.hpp"
#include "engine/plugin/sdk/host.hpp"

namespace zoe::transport_tcp {

struct Options {
  std::string address;
  std::uint16_t port = 0;
  std::string name;
  unsigned threads = 1;
  bool allow_plain = false;
  std::uint32_t most_connections = 0;
  std::size_t most_queued_bytes = 0;
  std::int64_t hello_timeout_ns = 0;
  std::int64_t message_timeout_ns = 0;
  std::int64_t stall_timeout_ns = 0;
  std::int64_t farewell_timeout_ns = 0;
};

// kInvalidArgument names the key.
Result<Options> read_options(const sdk::Host& host);

}  // namespace zoe::transport_tcp
