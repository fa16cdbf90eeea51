// Pictures as a screen wants them, for where drawing runs on the processor: converted and shrunk in one go by swscale,
// into memory that somebody else owns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/core/result.hpp"
#include "engine/media/frame.hpp"

namespace zoe::media {

// Keeps what it set up for the next picture of the same kind. One thread at a time.
//
// Shrinking is done by areas (SWS_AREA). swscale's quick ways are taken, which cost a quarter of the exact conversion:
// two pixels of a row share their chroma, so on steep slopes of colour values are off by as much as these change there.
class ScreenWriter {
 public:
  ScreenWriter();
  ~ScreenWriter();
  ScreenWriter(const ScreenWriter&) = delete;
  ScreenWriter& operator=(const ScreenWriter&) = delete;

  // False for HDR, which has to be tone-mapped, and for what swscale does not read.
  static bool can_write(const PixelFormat& format, const ColorInfo& color);

  // swscale writes whole vectors, also behind the last row: what there has to be room for besides.
  static constexpr std::size_t kSlackBytes = 128;

  // R, G, B and one that means nothing, a byte each; rows from the top, one after the other.
  struct Target {
    std::uint8_t* data = nullptr;
    std::size_t pitch_bytes = 0;
    int width = 0;
    int height = 0;
  };
  // Of a picture that it can write. kNoMemory, kInternal.
  Status write(const PictureView& from, const ColorInfo& color, const Target& to);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::media
