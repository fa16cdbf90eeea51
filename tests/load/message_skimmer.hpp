// Reads one direction of a connection like net::MessageParser, but keeps no media: of a MEDIA message it reports the
// run and each packet's record and lets the data pass. So one process can be a thousand clients.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/media/segment.hpp"
#include "engine/net/media_run.hpp"
#include "engine/net/wire.hpp"

namespace zoe::load {

class SkimmerSink {
 public:
  virtual ~SkimmerSink() = default;

  virtual void on_text(net::Kind kind, std::string_view json) = 0;
  virtual void on_run(const net::Header& header, const net::RunHeader& run) = 0;
  // All of the packet's data has arrived.
  virtual void on_packet(const net::Header& header, const media::PacketRecord& record) = 0;
  // All packets of the run have arrived.
  virtual void on_run_end(const net::Header& header) = 0;
};

// One thread. kTooLarge or kMalformed as the first thing that breaks docs/protocol.md; then it stays failed.
class MessageSkimmer {
 public:
  explicit MessageSkimmer(SkimmerSink& sink) : sink_(sink) {}

  Status feed(Bytes input);

 private:
  enum class Step { kHeader = 1, kText, kRunHeader, kRecord, kData, kSkip };

  // True once `size` bytes lie in fixed_.
  bool fill(Bytes& input, std::size_t size);
  Status begin_body();
  Status end_record();
  void next_packet();

  SkimmerSink& sink_;
  Step step_ = Step::kHeader;
  std::array<std::uint8_t, media::kPacketRecordBytes> fixed_{};
  std::size_t fixed_fill_ = 0;
  net::Header header_;
  media::PacketRecord record_;
  std::uint32_t packets_left_ = 0;
  std::size_t body_left_ = 0;  // of the message, beyond what was taken
  std::size_t data_left_ = 0;  // of the packet, or of what is passed over
  std::string text_;
  Status failure_;
};

}  // namespace zoe::load
