// Bytes from a peer: whatever they are and however they are split, the parser yields the same messages, and each kind's
// body is taken apart without reading beyond it. The first byte chooses the peer and the split.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/net/media_run.hpp"
#include "engine/net/messages.hpp"
#include "engine/net/wire.hpp"

namespace {

using namespace zoe;
using namespace zoe::net;

volatile std::uint8_t g_sink = 0;  // keeps the reads below from being optimised away

void touch(Bytes bytes) {
  for (const std::uint8_t byte : bytes) g_sink = static_cast<std::uint8_t>(g_sink ^ byte);
}

void take_apart(const Message& message) {
  touch({message.body->data(), message.body->size() + kBodyPadding});
  switch (message.header.kind) {
    case Kind::kMedia:
      if (const auto run = parse_media(message)) {
        for (const RunPacket& packet : run->packets) touch({packet.data.data(), packet.data.size() + kBodyPadding});
      }
      break;
    case Kind::kChunk:
      if (const auto chunk = parse_chunk(message)) touch(chunk->data);
      break;
    case Kind::kHello:
      static_cast<void>(parse_client_hello(message.body->text()));
      static_cast<void>(parse_server_hello(message.body->text()));
      break;
    case Kind::kGoodbye:
      static_cast<void>(parse_goodbye(message.body->text()));
      break;
    case Kind::kResponse: {
      std::uint64_t id = 0;
      Result<nlohmann::json> outcome;
      static_cast<void>(parse_response(message.body->text(), id, outcome));
      break;
    }
    case Kind::kCredit:
      static_cast<void>(load_credit(message));
      break;
    case Kind::kProbeReply:
      static_cast<void>(load_probe_reply(message));
      break;
    default:
      break;
  }
}

struct Outcome {
  std::vector<Message> messages;
  bool has_failed = false;
};

Outcome parse(Sender peer, Bytes input, std::size_t step) {
  Outcome outcome;
  MessageParser parser(peer);
  while (!input.empty() && !outcome.has_failed) {
    Bytes part = input.first(std::min(step, input.size()));
    input = input.subspan(part.size());
    for (;;) {
      Message message;
      const auto result = parser.next(part, message);
      outcome.has_failed = !result;
      if (!result || *result == MessageParser::Step::kNeedMore) break;
      outcome.messages.push_back(std::move(message));
    }
  }
  return outcome;
}

bool are_equal(const Message& a, const Message& b) {
  const Bytes left = a.body->bytes();
  const Bytes right = b.body->bytes();
  return a.header.kind == b.header.kind && a.header.stream == b.header.stream &&
         std::equal(left.begin(), left.end(), right.begin(), right.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Sender peer = (data[0] & 1U) != 0 ? Sender::kClient : Sender::kServer;
  const Bytes input(data + 1, size - 1);
  const Outcome whole = parse(peer, input, size);
  const Outcome split = parse(peer, input, 1U + (data[0] >> 1U));
  if (whole.has_failed != split.has_failed || whole.messages.size() != split.messages.size()) std::abort();
  for (std::size_t i = 0; i < whole.messages.size(); ++i) {
    if (!are_equal(whole.messages[i], split.messages[i])) std::abort();
    take_apart(whole.messages[i]);
  }
  return 0;
}
