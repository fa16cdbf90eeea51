// One of the frame uploader's three slots: a pixel buffer that the writer fills, and the textures it is copied into.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/media/frame.hpp"
#include "engine/media/screen_writer.hpp"
#include "engine/render/frame_uploader.hpp"
#include "engine/render/framing.hpp"
#include "engine/render/gl_handles.hpp"

namespace zoe::render {

// Where the planes of a picture lie in the pixel buffer. Rows begin at multiples of 64 bytes, so that copies of whole
// rows and vector stores are aligned and a row is a whole number of texels (at most 4 bytes each).
struct BufferLayout {
  struct Plane {
    std::size_t offset = 0;
    std::size_t pitch_bytes = 0;
    int width = 0;
    int height = 0;
    int texel_bytes = 1;
    int components = 1;

    friend bool operator==(const Plane&, const Plane&) = default;
  };

  std::array<Plane, TexturedFrame::kMostPlanes> planes{};
  int plane_count = 0;
  int bytes_per_sample = 1;
  bool is_interleaved = false;  // U and V of a planar frame, put together on the way
  bool is_rgb = false;          // converted on the way
  std::size_t total_bytes = 0;

  static BufferLayout of(const media::Frame& frame, bool interleaves_chroma);
  static BufferLayout of_rgb(const Size& size);

  friend bool operator==(const BufferLayout&, const BufferLayout&) = default;
};

class TextureSlot {
 public:
  // --- Whoever holds the slot; no GL
  // -----------------------------------------------------------------------------------

  bool has_room(std::size_t bytes) const { return mapped_ != nullptr && capacity_ >= bytes; }
  std::size_t capacity() const { return capacity_; }
  std::size_t filled_bytes() const { return filled_.total_bytes; }

  // Copies the frame's planes to where `layout` says, or has `screen` convert them. Needs room for it. Errors are the
  // conversion's.
  Status fill(const media::Frame& frame, const BufferLayout& layout, media::ScreenWriter& screen);

  // What was filled in, but for the texture names, which `upload` sets.
  TexturedFrame& frame() { return frame_; }
  const TexturedFrame& frame() const { return frame_; }

  // --- Render thread, holding the slot
  // ---------------------------------------------------------------------------------

  // Maps a buffer of at least `bytes`: the one there is when GL is done with it, else fresh memory. False when there is
  // no memory. `was_busy` says that the fence had not passed.
  bool map(std::size_t bytes, bool& was_busy);

  // Has GL copy the filled buffer into the textures. False when the buffer's content was lost on the way.
  bool upload();

 private:
  void make_textures();

  // Set by `map` on the render thread, read by the writer; the exchange of the slot orders the two.
  std::uint8_t* mapped_ = nullptr;
  std::size_t capacity_ = 0;
  TexturedFrame frame_;
  BufferLayout filled_;

  GlBuffer buffer_;
  GlFence uploaded_;
  BufferLayout textured_;  // what the textures were made for
  std::array<GlTexture, TexturedFrame::kMostPlanes> textures_;
};

}  // namespace zoe::render
