// The native protocol's messages as bytes (docs/protocol.md): headers, their bounds, and a parser that takes bytes in
// any split and never allocates on a claim.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

namespace zoe::net {

inline constexpr std::string_view kPreface = "ZOETCP1\n";
inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::uint16_t kDefaultPort = 7340;
inline constexpr std::size_t kHeaderBytes = 16;
inline constexpr std::size_t kMostRequestsInProgress = 64;

enum class Kind : std::uint16_t {
  kHello = 1,
  kRequest = 2,
  kResponse = 3,
  kEvent = 4,
  kMedia = 5,
  kCredit = 6,
  kChunk = 7,
  kProbe = 8,
  kProbeReply = 9,
  kGoodbye = 10,
};

// Who sent a message; each side accepts the other's kinds only.
enum class Sender { kClient = 1, kServer };

struct Header {
  std::uint32_t length = 0;  // bytes of the body
  Kind kind = Kind::kHello;  // any value when it comes from outside
  std::uint16_t flags = 0;
  std::uint32_t stream = 0;
  std::uint32_t serial = 0;
};

void store_header(std::uint8_t* to, const Header& header);  // kHeaderBytes
Header load_header(const std::uint8_t* from);

// The stable name of a kind ("MEDIA"), "kind 77" for an unknown one.
std::string to_string(Kind kind);

// What the table of docs/protocol.md says of a kind: the least and the most bytes of a body, and who may send it.
struct KindRule {
  std::uint32_t least_bytes = 0;
  std::uint32_t most_bytes = 0;
  bool is_known = false;
  bool is_from_client = false;
  bool is_from_server = false;
};
KindRule rule_of(Kind kind);

// kTooLarge for a length above the kind's bound, kMalformed for one below its least or for a kind that `sender` may not
// send. Unknown kinds pass up to 64 MiB.
Status check_header(const Header& header, Sender sender);

// A body's memory: owned, and followed by kBodyPadding zero bytes that may be read, as FFmpeg wants behind its input.
// Not thread-safe while it grows; immutable once a parser has handed it out.
inline constexpr std::size_t kBodyPadding = 64;

class Body {
 public:
  Body() = default;
  ~Body();
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  const std::uint8_t* data() const { return data_; }  // null when nothing was ever appended
  std::size_t size() const { return size_; }
  Bytes bytes() const { return {data_, size_}; }
  std::string_view text() const { return as_text(bytes()); }

  // Appends; `most_bytes` is what the whole will hold, and the memory grows towards it by doubling.
  // kNoMemory leaves the body as it was.
  Status append(Bytes bytes, std::size_t most_bytes);

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};
using BodyPtr = std::shared_ptr<const Body>;

struct Message {
  Header header;
  BodyPtr body;  // never null once a parser has yielded it
};

// Cuts one direction of a connection into messages. One thread. After a failure it stays failed.
//
//   Bytes input = what was received;
//   for (;;) {
//     ZOE_TRY(const auto step, parser.next(input, message));
//     if (step == MessageParser::Step::kNeedMore) break;  // input is used up
//     handle(std::move(message));
//   }
//
// A body's memory is taken as its bytes arrive (at first at most 16 KiB, then doubling), so a length costs nothing
// before it is true. Messages of unknown kinds are passed over without being kept.
class MessageParser {
 public:
  enum class Step { kMessage = 1, kNeedMore };

  // `peer` is who sends what will be parsed.
  explicit MessageParser(Sender peer) : peer_(peer) {}

  // Takes bytes off the front of `input` until one message is whole. kTooLarge, kMalformed, kNoMemory.
  Result<Step> next(Bytes& input, Message& out);

  // Bytes of a message have come and it is not whole: the clock of the half-message deadline runs.
  bool is_inside_message() const { return header_fill_ > 0; }

 private:
  Status begin_body();
  Result<Step> fill_body(Bytes& input, Message& out);

  const Sender peer_;
  std::array<std::uint8_t, kHeaderBytes> header_bytes_{};
  std::size_t header_fill_ = 0;
  Header header_;
  bool is_skipping_ = false;
  std::size_t body_fill_ = 0;
  std::shared_ptr<Body> body_;
  Status failure_;
};

// A whole small message, header and body: control JSON, CREDIT, PROBE.
std::vector<std::uint8_t> encode_message(Header header, Bytes body);
std::vector<std::uint8_t> encode_text(Kind kind, std::string_view json);
std::vector<std::uint8_t> encode_credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t total);

struct Probe {
  std::uint64_t token = 0;
  std::int64_t client_ns = 0;
};
struct ProbeReply {
  Probe probe;
  std::int64_t server_ns = 0;
};
std::vector<std::uint8_t> encode_probe(const Probe& probe);
std::vector<std::uint8_t> encode_probe_reply(const ProbeReply& reply);

// The parser has checked the lengths.
std::uint64_t load_credit(const Message& message);
Probe load_probe(const Message& message);
ProbeReply load_probe_reply(const Message& message);

}  // namespace zoe::net
