// What a viewer reads of an RTMP connection: the handshake's length, then chunks, of which it wants the messages'
// headers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"

namespace zoe::rtmp {

// RTMP 1.0 (Adobe, 2012), section 5.2: S0, S1 and S2.
inline constexpr std::size_t kGreetingBytes = 1 + 2 * 1536;

enum class MessageType : std::uint8_t { kChunkSize = 1, kAudio = 8, kVideo = 9, kCommand = 20 };

struct Message {
  MessageType type{};
  std::uint32_t timestamp_ms = 0;
  std::size_t size_bytes = 0;
};

class ReaderSink {
 public:
  virtual ~ReaderSink() = default;
  // All of S1 has come; it is to be sent back as C2.
  virtual void on_greeting(Bytes s1) = 0;
  // All of the message's bytes have arrived; the media itself is not kept.
  virtual void on_message(const Message& message) = 0;
};

// One thread. kMalformed for what is no RTMP; then it stays failed.
class Reader {
 public:
  explicit Reader(ReaderSink& sink) : sink_(sink) {}

  Status feed(Bytes input);

 private:
  enum class Step { kGreeting = 1, kBasic, kHeader, kPayload };

  // Of a chunk stream (section 5.3.1.2): what later chunks leave out.
  struct ChunkStream {
    Message message;
    std::uint32_t delta_ms = 0;
    std::size_t left = 0;  // of the message that is under way
  };

  bool fill(Bytes& input, std::size_t size);
  Status begin_chunk();
  Status end_payload_part();

  ReaderSink& sink_;
  Step step_ = Step::kGreeting;
  std::array<std::uint8_t, 18> fixed_{};  // basic and message header, with the long time
  std::size_t fill_ = 0;
  std::size_t greeting_left_ = kGreetingBytes;
  std::array<std::uint8_t, 1536> s1_{};
  std::map<std::uint32_t, ChunkStream> streams_;
  std::uint32_t chunk_stream_ = 0;
  std::size_t chunk_bytes_ = 128;
  std::size_t part_left_ = 0;
  std::array<std::uint8_t, 4> control_{};  // the first bytes of a message about the protocol
  std::size_t control_fill_ = 0;
};

}  // namespace zoe::rtmp
