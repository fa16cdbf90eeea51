// A decoded picture in memory, in one of the few layouts that the shader and the JPEG encoder take.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/core/result.hpp"
#include "engine/media/track.hpp"

struct AVFrame;

namespace zoe::media {

enum class PlaneLayout : std::uint8_t {
  kPlanar = 1,     // Y, U, V (or G, B, R where the colour's matrix is 0) in three planes; only Y when planes is 1
  kSemiPlanar = 2  // Y, and U and V interleaved (NV12, P010)
};

// Samples of more than 8 bits are 16-bit little-endian words, the value in the low `bit_depth` bits shifted up by
// `bit_shift` (6 in P010).
struct PixelFormat {
  PlaneLayout layout = PlaneLayout::kPlanar;
  std::uint8_t planes = 3;  // 1 to 3
  std::uint8_t bit_depth = 8;
  std::uint8_t bit_shift = 0;
  std::uint8_t chroma_shift_x = 1;  // chroma width = (width + (1 << shift) - 1) >> shift
  std::uint8_t chroma_shift_y = 1;

  int bytes_per_sample() const { return bit_depth > 8 ? 2 : 1; }

  friend bool operator==(const PixelFormat&, const PixelFormat&) = default;
};

// One plane. A row holds width * components * bytes_per_sample bytes of picture.
struct PlaneView {
  const std::uint8_t* data = nullptr;
  int stride = 0;  // bytes from one row to the next, positive
  int width = 0;   // in samples of each component
  int height = 0;
  int bytes_per_sample = 1;
  int components = 1;  // 2 where U and V are interleaved

  std::size_t row_bytes() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(components * bytes_per_sample);
  }
};

// A picture that lies somewhere in memory, owned by another.
struct PictureView {
  PixelFormat format;
  int width = 0;  // of the Y plane in pixels
  int height = 0;
  std::array<const std::uint8_t*, 3> data{};
  std::array<int, 3> stride{};

  PlaneView plane(int index) const;  // `index` below format.planes
};

class Frame;
using FramePtr = std::shared_ptr<const Frame>;

// Owns an AVFrame (a reference on its reference-counted planes). Immutable; any thread.
class Frame {
 public:
  // A picture of the given format whose planes the caller fills through `writable_plane` before it shares the frame.
  // kInvalidArgument for a size or format out of bounds, kNoMemory.
  static Result<std::shared_ptr<Frame>> create(const PixelFormat& format, int width, int height);

  // Takes over `frame`, whose pixel format must be one that `supported` knows. kUnsupported for any other and for
  // planes with negative strides.
  static Result<std::shared_ptr<Frame>> adopt(AVFrame* frame);

  // FFmpeg's number of the pixel format, -1 where it has none; the RGB one where the planes are G, B, R.
  static int av_format_of(const PixelFormat& format, bool is_rgb);

  // True when frames of FFmpeg's pixel format `av_pixel_format` need no conversion; `out` (may be null) says how they
  // lie in memory.
  static bool supported(int av_pixel_format, PixelFormat* out);

  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  int width() const { return width_; }  // of the Y plane in pixels
  int height() const { return height_; }
  const PixelFormat& format() const { return format_; }
  const ColorInfo& color() const { return color_; }
  std::int64_t pts() const { return pts_; }            // ticks of the track's time base
  std::int64_t duration() const { return duration_; }  // ticks; 0 when not known
  bool is_key() const { return is_key_; }

  PictureView view() const;
  PlaneView plane(int index) const { return view().plane(index); }  // `index` below format().planes
  std::uint8_t* writable_plane(int index);

  // Before the frame is shared.
  void set_color(const ColorInfo& color) { color_ = color; }
  void set_time(std::int64_t pts, std::int64_t duration) {
    pts_ = pts;
    duration_ = duration;
  }

  // Memory that the frame keeps alive: its whole buffers, padding included.
  std::size_t size_bytes() const;

  // XXH3 over format, size and every visible sample; equal pictures have equal hashes wherever they lie. About 10 GB/s.
  std::uint64_t hash() const;

  const AVFrame* av() const { return av_; }

 private:
  Frame(AVFrame* av, const PixelFormat& format);

  AVFrame* av_ = nullptr;
  PixelFormat format_;
  int width_ = 0;
  int height_ = 0;
  ColorInfo color_;
  std::int64_t pts_ = kNoTimestamp;
  std::int64_t duration_ = 0;
  bool is_key_ = false;
};

// Fills in what a stream leaves unspecified, the way players usually do: matrix, primaries and transfer of BT.709 for
// pictures at least 720 lines high or 1280 wide, else of BT.601 (SMPTE 170M). Range stays as it is.
ColorInfo guess_unspecified(ColorInfo color, int width, int height);

}  // namespace zoe::media
