#include "engine/net/wire.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace zoe::net {
namespace {

constexpr std::uint32_t kKiB = 1U << 10;
constexpr std::uint32_t kMiB = 1U << 20;

// A packet of 64 MiB, the largest that a segment takes, with its record and the run's header.
constexpr std::uint32_t kMostMediaBytes = 64 * kMiB + 48;
constexpr std::uint32_t kMostUnknownBytes = 64 * kMiB;

constexpr KindRule from_client(std::uint32_t least, std::uint32_t most) { return {least, most, true, true, false}; }
constexpr KindRule from_server(std::uint32_t least, std::uint32_t most) { return {least, most, true, false, true}; }
constexpr KindRule from_both(std::uint32_t least, std::uint32_t most) { return {least, most, true, true, true}; }

}  // namespace

void store_header(std::uint8_t* to, const Header& header) {
  store_le(to, header.length);
  store_le(to + 4, static_cast<std::uint16_t>(header.kind));
  store_le(to + 6, header.flags);
  store_le(to + 8, header.stream);
  store_le(to + 12, header.serial);
}

Header load_header(const std::uint8_t* from) {
  return {.length = load_le<std::uint32_t>(from),
          .kind = static_cast<Kind>(load_le<std::uint16_t>(from + 4)),
          .flags = load_le<std::uint16_t>(from + 6),
          .stream = load_le<std::uint32_t>(from + 8),
          .serial = load_le<std::uint32_t>(from + 12)};
}

std::string to_string(Kind kind) {
  switch (kind) {
    case Kind::kHello:
      return "HELLO";
    case Kind::kRequest:
      return "REQUEST";
    case Kind::kResponse:
      return "RESPONSE";
    case Kind::kEvent:
      return "EVENT";
    case Kind::kMedia:
      return "MEDIA";
    case Kind::kCredit:
      return "CREDIT";
    case Kind::kChunk:
      return "CHUNK";
    case Kind::kProbe:
      return "PROBE";
    case Kind::kProbeReply:
      return "PROBE_REPLY";
    case Kind::kGoodbye:
      return "GOODBYE";
  }
  return fmt::format("kind {}", static_cast<unsigned>(kind));
}

KindRule rule_of(Kind kind) {
  switch (kind) {
    case Kind::kHello:
      return from_both(0, 4 * kKiB);
    case Kind::kRequest:
      return from_client(0, 64 * kKiB);
    case Kind::kResponse:
      return from_server(0, 4 * kMiB);
    case Kind::kEvent:
      return from_server(0, 64 * kKiB);
    case Kind::kMedia:
      return from_server(16, kMostMediaBytes);
    case Kind::kCredit:
      return from_client(8, 8);
    case Kind::kChunk:
      return from_server(16, kMiB + 16);
    case Kind::kProbe:
      return from_client(16, 16);
    case Kind::kProbeReply:
      return from_server(24, 24);
    case Kind::kGoodbye:
      return from_both(0, 4 * kKiB);
  }
  return {0, kMostUnknownBytes, false, true, true};
}

Status check_header(const Header& header, Sender sender) {
  const KindRule rule = rule_of(header.kind);
  const bool may_send = sender == Sender::kClient ? rule.is_from_client : rule.is_from_server;
  if (!may_send) {
    return fail(Errc::kMalformed, fmt::format("{} is not sent by the {}", to_string(header.kind),
                                              sender == Sender::kClient ? "client" : "server"));
  }
  if (header.length > rule.most_bytes) {
    return fail(Errc::kTooLarge, fmt::format("a {} of {} bytes: at most {} are allowed", to_string(header.kind),
                                             header.length, rule.most_bytes));
  }
  if (header.length < rule.least_bytes) {
    return fail(Errc::kMalformed, fmt::format("a {} of {} bytes: at least {} are needed", to_string(header.kind),
                                              header.length, rule.least_bytes));
  }
  return {};
}

std::vector<std::uint8_t> encode_message(Header header, Bytes body) {
  header.length = static_cast<std::uint32_t>(body.size());
  std::vector<std::uint8_t> out(kHeaderBytes + body.size());
  store_header(out.data(), header);
  std::copy(body.begin(), body.end(), out.begin() + kHeaderBytes);
  return out;
}

std::vector<std::uint8_t> encode_text(Kind kind, std::string_view json) {
  return encode_message({.kind = kind}, as_bytes(json));
}

std::vector<std::uint8_t> encode_credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t total) {
  std::array<std::uint8_t, 8> body;
  store_le(body.data(), total);
  return encode_message({.kind = Kind::kCredit, .stream = stream, .serial = serial}, body);
}

std::vector<std::uint8_t> encode_probe(const Probe& probe) {
  std::array<std::uint8_t, 16> body;
  store_le(body.data(), probe.token);
  store_le(body.data() + 8, probe.client_ns);
  return encode_message({.kind = Kind::kProbe}, body);
}

std::vector<std::uint8_t> encode_probe_reply(const ProbeReply& reply) {
  std::array<std::uint8_t, 24> body;
  store_le(body.data(), reply.probe.token);
  store_le(body.data() + 8, reply.probe.client_ns);
  store_le(body.data() + 16, reply.server_ns);
  return encode_message({.kind = Kind::kProbeReply}, body);
}

std::uint64_t load_credit(const Message& message) { return load_le<std::uint64_t>(message.body->data()); }

Probe load_probe(const Message& message) {
  return {.token = load_le<std::uint64_t>(message.body->data()),
          .client_ns = load_le<std::int64_t>(message.body->data() + 8)};
}

ProbeReply load_probe_reply(const Message& message) {
  return {.probe = load_probe(message), .server_ns = load_le<std::int64_t>(message.body->data() + 16)};
}

}  // namespace zoe::net
