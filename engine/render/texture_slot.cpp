#include "engine/render/texture_slot.hpp"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace zoe::render {
namespace {

constexpr std::size_t kRowAlignment = 64;

std::size_t round_up(std::size_t bytes) { return (bytes + kRowAlignment - 1) / kRowAlignment * kRowAlignment; }

struct TexelFormat {
  GLint internal;
  GLenum format;
  GLenum type;
};

TexelFormat texel_format(int components, int bytes_per_sample) {
  if (components == 4) return {GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE};
  if (components == 1)
    return bytes_per_sample == 1 ? TexelFormat{GL_R8, GL_RED, GL_UNSIGNED_BYTE}
                                 : TexelFormat{GL_R16, GL_RED, GL_UNSIGNED_SHORT};
  return bytes_per_sample == 1 ? TexelFormat{GL_RG8, GL_RG, GL_UNSIGNED_BYTE}
                               : TexelFormat{GL_RG16, GL_RG, GL_UNSIGNED_SHORT};
}

void copy_rows(std::uint8_t* to, std::size_t pitch_bytes, const media::PlaneView& plane) {
  const std::size_t row_bytes = plane.row_bytes();
  const auto stride = static_cast<std::size_t>(plane.stride);
  const auto height = static_cast<std::size_t>(plane.height);
  if (stride == pitch_bytes && height > 0) {
    std::memcpy(to, plane.data, (height - 1) * stride + row_bytes);
    return;
  }
  for (std::size_t row = 0; row < height; ++row)
    std::memcpy(to + row * pitch_bytes, plane.data + row * stride, row_bytes);
}

// U V U V … from a row of each.
void interleave_row(std::uint8_t* to, const std::uint8_t* u, const std::uint8_t* v, std::size_t samples) {
  std::size_t i = 0;
#if defined(__SSE2__)
  for (; i + 16 <= samples; i += 16) {
    const __m128i us = _mm_loadu_si128(reinterpret_cast<const __m128i*>(u + i));
    const __m128i vs = _mm_loadu_si128(reinterpret_cast<const __m128i*>(v + i));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 2 * i), _mm_unpacklo_epi8(us, vs));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 2 * i + 16), _mm_unpackhi_epi8(us, vs));
  }
#endif
  for (; i < samples; ++i) {
    to[2 * i] = u[i];
    to[2 * i + 1] = v[i];
  }
}

void interleave_row_16(std::uint8_t* to, const std::uint8_t* u, const std::uint8_t* v, std::size_t samples) {
  for (std::size_t i = 0; i < samples; ++i) {
    std::memcpy(to + 4 * i, u + 2 * i, 2);
    std::memcpy(to + 4 * i + 2, v + 2 * i, 2);
  }
}

void interleave_rows(std::uint8_t* to, std::size_t pitch_bytes, const media::PlaneView& u, const media::PlaneView& v) {
  const auto interleave = u.bytes_per_sample == 1 ? interleave_row : interleave_row_16;
  for (std::size_t row = 0; row < static_cast<std::size_t>(u.height); ++row)
    interleave(to + row * pitch_bytes, u.data + row * static_cast<std::size_t>(u.stride),
               v.data + row * static_cast<std::size_t>(v.stride), static_cast<std::size_t>(u.width));
}

// Planes of a matrix of 0 are colours, not chroma.
bool has_two_chroma_planes(const media::Frame& frame) {
  return frame.format().planes == 3 && frame.color().matrix != 0;
}

}  // namespace

BufferLayout BufferLayout::of(const media::Frame& frame, bool interleaves_chroma) {
  BufferLayout layout;
  layout.is_interleaved = interleaves_chroma && has_two_chroma_planes(frame);
  layout.plane_count = layout.is_interleaved ? 2 : frame.format().planes;
  layout.bytes_per_sample = frame.format().bytes_per_sample();
  for (int i = 0; i < layout.plane_count; ++i) {
    const media::PlaneView view = frame.plane(i);
    const int components = layout.is_interleaved && i == 1 ? 2 : view.components;
    const std::size_t row_bytes =
        view.row_bytes() / static_cast<std::size_t>(view.components) * static_cast<std::size_t>(components);
    Plane& plane = layout.planes[static_cast<std::size_t>(i)];
    plane = {.offset = layout.total_bytes,
             .pitch_bytes = round_up(row_bytes),
             .width = view.width,
             .height = view.height,
             .texel_bytes = components * view.bytes_per_sample,
             .components = components};
    layout.total_bytes += plane.pitch_bytes * static_cast<std::size_t>(plane.height);
  }
  return layout;
}

BufferLayout BufferLayout::of_rgb(const Size& size) {
  BufferLayout layout;
  layout.is_rgb = true;
  layout.plane_count = 1;
  layout.planes[0] = {.pitch_bytes = round_up(static_cast<std::size_t>(size.width) * 4),
                      .width = size.width,
                      .height = size.height,
                      .texel_bytes = 4,
                      .components = 4};
  layout.total_bytes =
      layout.planes[0].pitch_bytes * static_cast<std::size_t>(size.height) + media::ScreenWriter::kSlackBytes;
  return layout;
}

Status TextureSlot::fill(const media::Frame& frame, const BufferLayout& layout, media::ScreenWriter& screen) {
  const media::PixelFormat& format = frame.format();
  frame_.color = frame.color();
  frame_.width = frame.width();
  frame_.height = frame.height();
  frame_.planes = layout.plane_count;
  frame_.is_semi_planar = layout.is_interleaved || format.layout == media::PlaneLayout::kSemiPlanar;
  frame_.is_rgb = layout.is_rgb;
  frame_.bit_depth = format.bit_depth;
  frame_.bit_shift = format.bit_shift;
  frame_.bytes_per_sample = format.bytes_per_sample();
  frame_.chroma_shift_x = format.chroma_shift_x;
  frame_.chroma_shift_y = format.chroma_shift_y;
  for (int i = 0; i < layout.plane_count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const BufferLayout::Plane& plane = layout.planes[index];
    frame_.plane_widths[index] = plane.width;
    frame_.plane_heights[index] = plane.height;
    if (layout.is_rgb)
      ZOE_CHECK(screen.write(frame.view(), frame.color(), {mapped_, plane.pitch_bytes, plane.width, plane.height}));
    else if (layout.is_interleaved && i == 1)
      interleave_rows(mapped_ + plane.offset, plane.pitch_bytes, frame.plane(1), frame.plane(2));
    else
      copy_rows(mapped_ + plane.offset, plane.pitch_bytes, frame.plane(i));
  }
  filled_ = layout;
  return {};
}

bool TextureSlot::map(std::size_t bytes, bool& was_busy) {
  was_busy = !uploaded_.has_passed();
  if (!buffer_) buffer_ = make_buffer();
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer_.get());
  if (mapped_ != nullptr && capacity_ < bytes) glUnmapBuffer(GL_PIXEL_UNPACK_BUFFER);
  if (mapped_ == nullptr || capacity_ < bytes) {
    GLbitfield how = GL_MAP_WRITE_BIT;
    mapped_ = nullptr;
    if (capacity_ < bytes) {
      while (glGetError() != GL_NO_ERROR) {  // old errors are not this allocation's
      }
      glBufferData(GL_PIXEL_UNPACK_BUFFER, static_cast<GLsizeiptr>(bytes), nullptr, GL_STREAM_DRAW);
      capacity_ = glGetError() == GL_NO_ERROR ? bytes : 0;
      was_busy = false;
    }
    // Not synchronised is safe where GL is done with the buffer; otherwise it is asked for other memory under its name.
    how |= was_busy ? GL_MAP_INVALIDATE_BUFFER_BIT : GL_MAP_UNSYNCHRONIZED_BIT;
    if (capacity_ > 0)
      mapped_ = static_cast<std::uint8_t*>(
          glMapBufferRange(GL_PIXEL_UNPACK_BUFFER, 0, static_cast<GLsizeiptr>(capacity_), how));
  }
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  return mapped_ != nullptr;
}

void TextureSlot::make_textures() {
  for (int i = 0; i < filled_.plane_count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const BufferLayout::Plane& plane = filled_.planes[index];
    const TexelFormat texel = texel_format(plane.components, filled_.bytes_per_sample);
    textures_[index] = make_texture();
    glBindTexture(GL_TEXTURE_2D, textures_[index].get());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    glTexImage2D(GL_TEXTURE_2D, 0, texel.internal, plane.width, plane.height, 0, texel.format, texel.type, nullptr);
  }
  textured_ = filled_;
}

bool TextureSlot::upload() {
  glActiveTexture(GL_TEXTURE0);
  if (textured_ != filled_) make_textures();
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, buffer_.get());
  const bool is_intact = mapped_ != nullptr && glUnmapBuffer(GL_PIXEL_UNPACK_BUFFER) == GL_TRUE;
  mapped_ = nullptr;
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  for (int i = 0; is_intact && i < filled_.plane_count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const BufferLayout::Plane& plane = filled_.planes[index];
    const TexelFormat texel = texel_format(plane.components, filled_.bytes_per_sample);
    glBindTexture(GL_TEXTURE_2D, textures_[index].get());
    glPixelStorei(GL_UNPACK_ROW_LENGTH, static_cast<GLint>(plane.pitch_bytes) / plane.texel_bytes);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, plane.width, plane.height, texel.format, texel.type,
                    reinterpret_cast<const void*>(plane.offset));
    frame_.textures[index] = textures_[index].get();
  }
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  glBindTexture(GL_TEXTURE_2D, 0);
  uploaded_.set();
  return is_intact;
}

}  // namespace zoe::render
