// Subtitles that are pictures, for tests: a PGS stream (Blu-ray's) written by hand, since FFmpeg has no encoder for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zoe::test {

// A box of one colour, shown for a while.
struct SubtitleBox {
  int start_ms = 0;
  int end_ms = 0;
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  std::uint8_t luma = 235;
  std::uint8_t cr = 128;
  std::uint8_t cb = 128;
  std::uint8_t alpha = 255;
};

// The bytes of a .sup file: ffmpeg reads it and copies or transcodes what is in it.
std::string make_sup(int canvas_width, int canvas_height, const std::vector<SubtitleBox>& boxes);

}  // namespace zoe::test
