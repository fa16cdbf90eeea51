// Subtitles that are pictures: PGS (Blu-ray), VobSub (DVD), DVB. Kept run-length coded, about as small as they come.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/core/byte_io.hpp"

namespace zoe::media {

inline constexpr std::size_t kMostSubtitlePictureBytes = std::size_t{64} << 20;  // of a track, coded
inline constexpr std::int64_t kMostSubtitlePixels = std::int64_t{16} << 20;      // of one picture, and of a canvas
inline constexpr std::size_t kMostSubtitlePieces = 64;                           // shown at once

// A rectangle of indices into a palette, on a canvas.
struct SubtitlePiece {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  std::vector<std::array<std::uint8_t, 4>> palette;  // R, G, B, A with premultiplied alpha; 1 to 256
  std::vector<std::uint8_t> runs;                    // see encode_runs

  std::size_t size_bytes() const { return runs.size() + palette.size() * 4 + sizeof(SubtitlePiece); }
};

// What is shown for a while. No two of a track are shown at once.
struct SubtitlePictureEvent {
  std::int64_t start_us = 0;
  std::int64_t duration_us = 0;
  int canvas_width = 0;
  int canvas_height = 0;
  // The canvas has square pixels of its own, as Blu-ray has it; else it is as the picture that it lies on, pixel by
  // pixel, and stretched with it.
  bool is_square = false;
  std::vector<SubtitlePiece> pieces;
};

// Rows of indices, `stride` bytes apart, as runs over the whole picture: an index that is not 0 stands for one pixel;
// 0, a count (1 to 255) and an index for as many.
std::vector<std::uint8_t> encode_runs(const std::uint8_t* indices, int stride, int width, int height);

// The indices of all pixels, row by row; what the runs do not fill is 0, and what they have too much is left out.
std::vector<std::uint8_t> decode_runs(Bytes runs, int width, int height);

// Whether tracks of this codec (FFmpeg's name) are pictures that can be shown.
bool is_picture_subtitle(std::string_view codec);

}  // namespace zoe::media
