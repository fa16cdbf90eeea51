// Bytes in memory as FFmpeg reads a file.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/core/byte_io.hpp"
#include "engine/media/ffmpeg.hpp"

namespace zoe::media {

// What new_av_io is handed; the bytes outlive it. One thread at a time.
struct MemoryInput {
  Bytes bytes;
  std::size_t offset = 0;

  static int read(void* opaque, std::uint8_t* data, int size) {
    auto& input = *static_cast<MemoryInput*>(opaque);
    const std::size_t count = std::min(input.bytes.size() - input.offset, static_cast<std::size_t>(std::max(size, 0)));
    if (count == 0) return AVERROR_EOF;
    std::copy_n(input.bytes.begin() + static_cast<std::ptrdiff_t>(input.offset), count, data);
    input.offset += count;
    return static_cast<int>(count);
  }

  static std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
    auto& input = *static_cast<MemoryInput*>(opaque);
    const auto size = static_cast<std::int64_t>(input.bytes.size());
    if ((whence & AVSEEK_SIZE) != 0) return size;
    const int from = whence & ~AVSEEK_FORCE;
    if (from != SEEK_SET && from != SEEK_CUR) return AVERROR(EINVAL);
    // Compared before it is added: an offset out of a hostile file may be anything.
    const auto here = static_cast<std::int64_t>(from == SEEK_CUR ? input.offset : 0);
    if (offset < -here || offset > size - here) return AVERROR(EINVAL);
    input.offset = static_cast<std::size_t>(here + offset);
    return here + offset;
  }
};

}  // namespace zoe::media
