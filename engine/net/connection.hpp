// The player's connection to a server: SDL2_net, plain on loopback and TLS otherwise, on threads of its own.
//
// IPv4 only: SDL2_net knows nothing else. Waiting uses select(), so the program's descriptors must stay below 1024.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "engine/net/clock_estimator.hpp"
#include "engine/net/media_run.hpp"
#include "engine/net/trust_store.hpp"

namespace zoe::net {

enum class Security {
  kAutomatic = 1,  // plain when every address of the host is a loopback address, else TLS
  kTls,
  kPlain,  // also over the network: only when the person asked for it in words
};

struct ConnectionOptions {
  std::string host = "127.0.0.1";  // name or IPv4 address
  std::uint16_t port = 7340;
  std::string client = "zoetrope";  // "name/version", told to the server
  Security security = Security::kAutomatic;

  // TLS: the pins that are believed. A first-seen key is remembered here, a changed one ends the connection. Null
  // believes any key (a load tool).
  std::shared_ptr<TrustStore> trust;

  std::chrono::milliseconds connect_timeout{10'000};  // from start to ready
  std::chrono::milliseconds request_timeout{30'000};
  // A probe is sent this often (0: never); it measures the clocks and notices a server that fell silent.
  std::chrono::milliseconds probe_interval{5'000};
  std::chrono::milliseconds silence_timeout{20'000};  // no byte for this long although a probe waits: closed
};

enum class ConnectionPhase {
  kConnecting = 1,  // looking the name up, TCP
  kSecuring,        // TLS handshake
  kGreeting,        // the server's key was accepted; HELLO and what was requested until now go out when this returns
  kReady,           // the server has greeted
  kClosed,          // final
};

struct ConnectionState {
  ConnectionPhase phase = ConnectionPhase::kConnecting;
  // kClosed: why, in words for a person; kCancelled after close(). A changed key is kDenied with `trust` kChanged.
  std::optional<Error> error;
  bool is_encrypted = false;
  std::string pin;  // of the server's key, from kGreeting on (kClosed, when it was refused); empty when plain
  std::optional<Trust> trust;        // what the store said of the pin
  std::optional<Error> trust_error;  // a first-seen key could not be written down: it will be first-seen again
  std::string server;                // "zoetrope/0.1.0", from kReady on
  std::string server_name;           // for people
};

struct ConnectionStats {
  std::uint64_t received_bytes = 0;  // as they came over the wire, TLS included
  std::uint64_t sent_bytes = 0;
  std::uint64_t media_bytes = 0;  // bodies of MEDIA
  std::uint64_t messages = 0;
  double receive_bytes_per_s = 0;  // over the last second or so
  std::optional<ClockEstimate> clock;
};

// What a connection calls. All on its network thread, one at a time, so they return soon (hand over to a queue); any of
// them may be empty. They may call the Connection, but not destroy it.
struct ConnectionSinks {
  std::function<void(const ConnectionState&)> state;  // each change; kClosed is the last call of all
  std::function<void(MediaRun&&)> media;              // checked; the body is the sink's from here on
  std::function<void(FileChunk&&)> chunk;             // checksum verified
  // {"event": "…", …}
  std::function<void(std::string_view event, const nlohmann::json& body)> event;
  std::function<void(const ClockEstimate&)> clock;  // after each answered probe
};

// The answer's "result", or the error that the server gave, or kTimeout, or why the connection ended. Called exactly
// once, on the network thread (on the caller's thread, from inside `request`, when the connection is closed already).
// May move from the value.
using Completion = std::function<void(Result<nlohmann::json>&)>;

// Threads: all functions may be called from any thread but those that say otherwise. The destructor closes and returns
// within a moment, whatever the server does; a connect that hangs in the system is left behind on a thread that owns
// what it uses.
class Connection {
 public:
  // Begins at once and never blocks; what goes wrong is reported by the state sink.
  static std::unique_ptr<Connection> start(ConnectionOptions options, ConnectionSinks sinks);
  ~Connection();  // not from a sink
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends a request; in any phase: what is asked before kReady goes out together with HELLO, without waiting for the
  // server's. `params` is the text of a JSON object, empty for none.
  void request(std::string_view method, std::string params, Completion completion);

  // Raises the grant of a stream (microseconds of media since `serial` began) or of a file (serial 0, bytes).
  void send_credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t total);

  // Sends a probe now; the answer comes to the clock sink.
  void probe();

  // Says GOODBYE where it can, then closes; the state sink hears kClosed (kCancelled). Returns at once.
  void close();

  // Waits for kReady. The error of kClosed, or kTimeout. Not from a sink.
  Status wait_ready(std::chrono::milliseconds patience);

  ConnectionState state() const;
  ConnectionStats stats() const;

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::net
