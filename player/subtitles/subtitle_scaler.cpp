#include "player/subtitles/subtitle_scaler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace zoe::player {
namespace {

// From the canvas to the screen: place = left + x * scale.
struct Axis {
  double left = 0;
  double scale = 1;
};

struct Axes {
  Axis x;
  Axis y;
};

// A canvas with square pixels that is not cut like the picture (a disc's bars were cut off) keeps its proportions,
// fills the height, and lies in the middle, so that nothing that is said gets lost below.
Axes axes_of(const media::SubtitlePictureEvent& event, const SubtitleGeometry& geometry) {
  Axes axes{{0, static_cast<double>(geometry.width) / event.canvas_width},
            {0, static_cast<double>(geometry.height) / event.canvas_height}};
  const bool is_as_video = event.canvas_width == geometry.video_width && event.canvas_height == geometry.video_height;
  if (!event.is_square || is_as_video) return axes;
  axes.x.scale = axes.y.scale;
  axes.x.left = (geometry.width - event.canvas_width * axes.x.scale) / 2;
  return axes;
}

// Which source samples a pixel is made of: a triangle as wide as a pixel of the coarser of the two grids. What lies
// beyond the source's edge is transparent and has its share.
struct Tap {
  int first = 0;
  std::vector<float> weights;
};

struct Span {
  int from = 0;
  int to = 0;
  bool is_empty() const { return to <= from; }
};

// The pixels of the screen, inside [0, limit), that a piece reaches.
Span span_of(const Axis& axis, int start, int size, int limit) {
  const double first = axis.left + start * axis.scale;
  const double last = axis.left + (start + size) * axis.scale;
  return {std::clamp(static_cast<int>(std::floor(first)), 0, limit),
          std::clamp(static_cast<int>(std::ceil(last)), 0, limit)};
}

std::vector<Tap> taps_of(const Axis& axis, int start, int size, const Span& span) {
  const double radius = std::max(1.0, 1.0 / axis.scale);
  std::vector<Tap> taps;
  taps.reserve(static_cast<std::size_t>(span.to - span.from));
  for (int at = span.from; at < span.to; ++at) {
    const double middle = (at + 0.5 - axis.left) / axis.scale - start - 0.5;
    const int first = static_cast<int>(std::ceil(middle - radius));
    const int last = static_cast<int>(std::floor(middle + radius));
    Tap tap{.first = std::max(first, 0), .weights = {}};
    double sum = 0;
    for (int i = first; i <= last; ++i) sum += radius - std::abs(i - middle);
    for (int i = tap.first; i <= std::min(last, size - 1); ++i)
      tap.weights.push_back(static_cast<float>((radius - std::abs(i - middle)) / sum));
    taps.push_back(std::move(tap));
  }
  return taps;
}

using Pixel = std::array<float, 4>;

// One row of the piece at the width of the screen.
void scale_row(const std::uint8_t* indices, const std::vector<Pixel>& palette, const std::vector<Tap>& taps,
               Pixel* out) {
  for (const Tap& tap : taps) {
    Pixel sum{};
    for (std::size_t i = 0; i < tap.weights.size(); ++i) {
      const Pixel& color = palette[indices[static_cast<std::size_t>(tap.first) + i]];
      for (std::size_t c = 0; c < 4; ++c) sum[c] += tap.weights[i] * color[c];
    }
    *out++ = sum;
  }
}

// Indices that the palette does not have are transparent.
std::vector<Pixel> floats_of(const media::SubtitlePiece& piece) {
  std::vector<Pixel> palette(256, Pixel{});
  for (std::size_t i = 0; i < std::min<std::size_t>(piece.palette.size(), 256); ++i)
    for (std::size_t c = 0; c < 4; ++c) palette[i][c] = piece.palette[i][c];
  return palette;
}

SubtitleRegion scale_piece(const media::SubtitlePiece& piece, const Axes& axes, const SubtitleGeometry& geometry,
                           int top) {
  const Span columns = span_of(axes.x, piece.x, piece.width, geometry.width);
  const Span rows = span_of(axes.y, top, piece.height, geometry.height);
  SubtitleRegion region{columns.from, rows.from, columns.to - columns.from, rows.to - rows.from, {}};
  if (columns.is_empty() || rows.is_empty()) return region;
  const std::vector<Tap> across = taps_of(axes.x, piece.x, piece.width, columns);
  const std::vector<Tap> down = taps_of(axes.y, top, piece.height, rows);
  const std::vector<std::uint8_t> indices = media::decode_runs(piece.runs, piece.width, piece.height);
  const std::vector<Pixel> palette = floats_of(piece);
  const auto width = static_cast<std::size_t>(region.width);
  region.rgba.resize(width * static_cast<std::size_t>(region.height) * 4);
  // The rows that the pixels of one row are made of; a ring of them, since those of the next row are mostly the same.
  std::size_t most = 1;
  for (const Tap& tap : down) most = std::max(most, tap.weights.size());
  std::vector<Pixel> kept(most * width);
  int done = 0;  // rows of the piece that were scaled
  for (std::size_t y = 0; y < down.size(); ++y) {
    const Tap& tap = down[y];
    const int end = tap.first + static_cast<int>(tap.weights.size());
    for (done = std::max(done, tap.first); done < end; ++done)
      scale_row(&indices[static_cast<std::size_t>(done) * static_cast<std::size_t>(piece.width)], palette, across,
                &kept[static_cast<std::size_t>(done) % most * width]);
    std::uint8_t* out = &region.rgba[y * width * 4];
    for (std::size_t x = 0; x < width; ++x) {
      Pixel sum{};
      for (std::size_t i = 0; i < tap.weights.size(); ++i) {
        const Pixel& from = kept[(static_cast<std::size_t>(tap.first) + i) % most * width + x];
        for (std::size_t c = 0; c < 4; ++c) sum[c] += tap.weights[i] * from[c];
      }
      for (const float value : sum) *out++ = static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
    }
  }
  return region;
}

}  // namespace

std::vector<SubtitleRegion> scale_pictures(const media::SubtitlePictureEvent& event, const SubtitleGeometry& geometry,
                                           PicturePlace place) {
  std::vector<SubtitleRegion> regions;
  if (geometry.is_empty() || event.canvas_width <= 0 || event.canvas_height <= 0) return regions;
  const Axes axes = axes_of(event, geometry);
  for (const media::SubtitlePiece& piece : event.pieces) {
    const bool moves = place == PicturePlace::kAtTop && 2 * piece.y + piece.height > event.canvas_height;
    const int top = moves ? event.canvas_height - piece.y - piece.height : piece.y;
    SubtitleRegion region = scale_piece(piece, axes, geometry, top);
    if (!region.rgba.empty()) regions.push_back(std::move(region));
  }
  return regions;
}

}  // namespace zoe::player
