// TLS over memory: an engine that turns plain bytes into TLS records and back without touching a socket, the making of
// the server's own certificate, and the pin by which a client knows a server's key again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

namespace zoe::net {

struct CertificatePem {
  std::string certificate;
  std::string key;
};

// A self-signed certificate on a fresh EC P-256 key, valid for ten years from yesterday. kInternal when OpenSSL fails.
Result<CertificatePem> make_certificate(std::string_view common_name);

// The pin of a certificate: SHA-256 over its SubjectPublicKeyInfo, as 64 lower-case hexadecimal digits. kMalformed.
Result<std::string> pin_of_certificate(std::string_view certificate_pem);

// What the connections of one side share. Immutable once made, any thread. TLS 1.2 or newer.
class TlsContext {
 public:
  // A client believes any certificate; whoever uses it compares the pin before it says anything.
  static Result<std::shared_ptr<const TlsContext>> client();
  // kMalformed when the texts do not hold a certificate and its key.
  static Result<std::shared_ptr<const TlsContext>> server(const CertificatePem& pem);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsEngine;
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One end of one TLS connection. One thread at a time. After a failure it only has output left to send (the alert).
class TlsEngine {
 public:
  enum class State { kHandshaking = 1, kOpen, kClosed };

  // A client's engine has its first flight ready at once. `server_name` goes into the SNI where it is not an address.
  static Result<std::unique_ptr<TlsEngine>> create(std::shared_ptr<const TlsContext> context,
                                                   std::string_view server_name = {});
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  State state() const;

  // Takes bytes from the socket; goes on with the handshake where it is not done.
  // kMalformed with OpenSSL's words when the peer does not speak TLS or breaks it.
  Status receive(Bytes records);

  // Plain bytes that arrived: how many were written to `out`; 0 when there is nothing now (see state()).
  Result<std::size_t> read(std::span<std::uint8_t> out);

  // Plain bytes to send. kConflict before the handshake is done or after the end.
  Status write(Bytes plain);

  // Says that nothing more will be sent.
  void close();

  bool has_output() const;
  // Appends what has to go to the socket.
  void take_output(std::vector<std::uint8_t>& out);

  // The pin of the peer's certificate; kConflict before the handshake is done.
  Result<std::string> peer_pin() const;

 private:
  struct Impl;
  explicit TlsEngine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::net
