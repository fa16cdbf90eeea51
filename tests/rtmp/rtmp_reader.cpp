#include "tests/rtmp/rtmp_reader.hpp"

#include <algorithm>
#include <cstring>

namespace zoe::rtmp {
namespace {

constexpr std::array<std::size_t, 4> kMessageHeaderBytes{11, 7, 3, 0};
constexpr std::uint32_t kLongTime = 0xFFFFFF;
constexpr std::size_t kMostChunkBytes = 0xFFFFFF;

std::uint32_t load_be24(const std::uint8_t* from) {
  return static_cast<std::uint32_t>(from[0]) << 16U | static_cast<std::uint32_t>(from[1]) << 8U | from[2];
}
std::uint32_t load_be32(const std::uint8_t* from) {
  return static_cast<std::uint32_t>(from[0]) << 24U | load_be24(from + 1);
}

std::size_t basic_bytes(std::uint8_t first) {
  const unsigned id = first & 0x3FU;
  return id == 0 ? 2 : id == 1 ? 3 : 1;
}

}  // namespace

bool Reader::fill(Bytes& input, std::size_t size) {
  const std::size_t part = std::min(size - std::min(size, fill_), input.size());
  std::memcpy(fixed_.data() + fill_, input.data(), part);
  fill_ += part;
  input = input.subspan(part);
  return fill_ >= size;
}

// All of the chunk's headers lie in fixed_.
Status Reader::begin_chunk() {
  const unsigned format = fixed_[0] >> 6U;
  const std::size_t basic = basic_bytes(fixed_[0]);
  chunk_stream_ = basic == 1 ? fixed_[0] & 0x3FU : basic == 2 ? fixed_[1] + 64U : fixed_[1] + 64U + 256U * fixed_[2];
  ChunkStream& stream = streams_[chunk_stream_];
  const std::uint8_t* header = fixed_.data() + basic;
  const std::size_t size = kMessageHeaderBytes[format];
  if (format < 3) {
    if (stream.left > 0) return fail(Errc::kMalformed, "a message begins inside another one of its chunk stream");
    std::uint32_t time_ms = load_be24(header);
    if (time_ms == kLongTime) time_ms = load_be32(header + size);
    stream.delta_ms = format == 0 ? 0 : time_ms;
    stream.message.timestamp_ms = format == 0 ? time_ms : stream.message.timestamp_ms + time_ms;
    if (format < 2) {
      stream.message.size_bytes = load_be24(header + 3);
      stream.message.type = static_cast<MessageType>(header[6]);
    }
  } else if (stream.left == 0) {
    stream.message.timestamp_ms += stream.delta_ms;
  }
  if (stream.left == 0) {
    stream.left = stream.message.size_bytes;
    control_fill_ = 0;
  }
  part_left_ = std::min(stream.left, chunk_bytes_);
  stream.left -= part_left_;
  return {};
}

Status Reader::end_payload_part() {
  const ChunkStream& stream = streams_[chunk_stream_];
  if (stream.left > 0) return {};
  if (stream.message.type == MessageType::kChunkSize) {
    chunk_bytes_ = control_fill_ == control_.size() ? load_be32(control_.data()) : 0;
    if (chunk_bytes_ == 0 || chunk_bytes_ > kMostChunkBytes) return fail(Errc::kMalformed, "a chunk size that is none");
  }
  sink_.on_message(stream.message);
  return {};
}

Status Reader::feed(Bytes input) {
  while (!input.empty() || (step_ == Step::kPayload && part_left_ == 0)) {
    if (step_ == Step::kGreeting) {
      const std::size_t part = std::min(greeting_left_, input.size());
      for (std::size_t i = 0; i < part; ++i) {
        const std::size_t at = kGreetingBytes - greeting_left_ + i;
        if (at >= 1 && at <= s1_.size()) s1_[at - 1] = input[i];
      }
      const bool had_s1 = kGreetingBytes - greeting_left_ > s1_.size();
      greeting_left_ -= part;
      input = input.subspan(part);
      if (!had_s1 && kGreetingBytes - greeting_left_ > s1_.size()) sink_.on_greeting(s1_);
      if (greeting_left_ == 0) step_ = Step::kBasic;
    } else if (step_ == Step::kBasic) {
      if (!fill(input, 1) || !fill(input, basic_bytes(fixed_[0]))) continue;
      step_ = Step::kHeader;
      // A chunk without a header of its own has no byte to wait for.
      if (kMessageHeaderBytes[fixed_[0] >> 6U] > 0) continue;
      ZOE_CHECK(begin_chunk());
      fill_ = 0;
      step_ = Step::kPayload;
    } else if (step_ == Step::kHeader) {
      const std::size_t basic = basic_bytes(fixed_[0]);
      const std::size_t size = kMessageHeaderBytes[fixed_[0] >> 6U];
      if (!fill(input, basic + size)) continue;
      if (load_be24(fixed_.data() + basic) == kLongTime && !fill(input, basic + size + 4)) continue;
      ZOE_CHECK(begin_chunk());
      fill_ = 0;
      step_ = Step::kPayload;
    } else {
      const std::size_t part = std::min(part_left_, input.size());
      for (std::size_t i = 0; i < part && control_fill_ < control_.size(); ++i) control_[control_fill_++] = input[i];
      part_left_ -= part;
      input = input.subspan(part);
      if (part_left_ > 0) continue;
      step_ = Step::kBasic;
      ZOE_CHECK(end_payload_part());
    }
  }
  return {};
}

}  // namespace zoe::rtmp
