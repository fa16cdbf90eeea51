#include "engine/render/video_pass.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "engine/media/tone_map.hpp"
#include "engine/render/gl_handles.hpp"
#include "engine/render/shader.hpp"

namespace zoe::render {
namespace {

constexpr GLint kToneUnit = TexturedFrame::kMostPlanes;

// What the fragment shader is compiled for.
struct Variant {
  int layout = 0;
  bool is_toned = false;

  friend auto operator<=>(const Variant&, const Variant&) = default;
};

Variant variant_of(const TexturedFrame& frame) {
  Variant variant;
  if (frame.is_rgb)
    variant.layout = 3;
  else if (frame.planes == 1)
    variant.layout = 2;
  else if (frame.is_semi_planar)
    variant.layout = 1;
  variant.is_toned = media::is_hdr(frame.color);
  return variant;
}

struct Program {
  Shader shader;
  GLint turn;
  GLint turn_offset;
  GLint chroma_place;
  GLint matrix;
  GLint offset;
};

Result<Program> load_program(const std::string& folder, Variant variant) {
  ZOE_TRY(Shader shader,
          Shader::load(folder + "/shaders", "video",
                       "LAYOUT=" + std::to_string(variant.layout) + " TONED=" + (variant.is_toned ? "1" : "0")));
  shader.use();
  for (GLint plane = 0; plane < TexturedFrame::kMostPlanes; ++plane)
    glUniform1i(shader.uniform(("plane" + std::to_string(plane)).c_str()), plane);
  glUniform1i(shader.uniform("tone_table"), kToneUnit);
  glUniform1f(shader.uniform("tone_side"), static_cast<float>(media::ToneTable::kSide));
  Program program{.shader = std::move(shader)};
  program.turn = program.shader.uniform("turn");
  program.turn_offset = program.shader.uniform("turn_offset");
  program.chroma_place = program.shader.uniform("chroma_place");
  program.matrix = program.shader.uniform("color_matrix");
  program.offset = program.shader.uniform("color_offset");
  return program;
}

bool is_on_its_side(const TexturedFrame& frame) { return frame.presentation.rotation_degrees % 180 != 0; }

// Columns of a mat2 and an offset that take a corner of the screen (x right, y up, 0 to 1) to the coded picture's
// coordinates (x right, y down) when the picture is shown turned clockwise.
struct Turn {
  std::array<float, 4> columns;
  std::array<float, 2> offset;
};

Turn turn_of(int rotation_degrees) {
  switch (((rotation_degrees % 360) + 360) % 360) {
    case 90:  // u = down, v = 1 - right, with down = 1 - up
      return {{0, -1, -1, 0}, {1, 1}};
    case 180:
      return {{-1, 0, 0, 1}, {1, 0}};
    case 270:
      return {{0, 1, 1, 0}, {0, 0}};
    default:
      return {{1, 0, 0, -1}, {0, 1}};
  }
}

// The same for the corners of a part of the picture alone, of which both are given in pixels of the screen.
Turn part_of(const Turn& turn, const Rect& picture, const Rect& part) {
  const auto width = static_cast<float>(picture.width);
  const auto height = static_cast<float>(picture.height);
  const float scale_x = static_cast<float>(part.width) / width;
  const float scale_y = static_cast<float>(part.height) / height;
  const float left = static_cast<float>(part.x - picture.x) / width;
  const float foot = static_cast<float>(picture.y + picture.height - part.y - part.height) / height;
  const auto& c = turn.columns;
  return {{c[0] * scale_x, c[1] * scale_x, c[2] * scale_y, c[3] * scale_y},
          {turn.offset[0] + c[0] * left + c[2] * foot, turn.offset[1] + c[1] * left + c[3] * foot}};
}

// Chroma samples lie on every 2^shift-th luma sample of a row (MPEG's siting, H.273 type 0) and between two rows. With
// sample j of a plane in the middle of its texel, at j + 0.5, luma position x is chroma position
// (x - 0.5) / 2^shift + 0.5. The planes of odd sizes are rounded up, so their width is not the luma width over 2^shift.
std::array<float, 4> chroma_place(const TexturedFrame& frame) {
  if (frame.planes == 1) return {1, 1, 0, 0};
  const auto chroma_width = static_cast<float>(frame.plane_widths[1]);
  const auto chroma_height = static_cast<float>(frame.plane_heights[1]);
  const float step_x = std::ldexp(1.0F, frame.chroma_shift_x);
  const float step_y = std::ldexp(1.0F, frame.chroma_shift_y);
  return {static_cast<float>(frame.width) / step_x / chroma_width,
          static_cast<float>(frame.height) / step_y / chroma_height, 0.5F * (1.0F - 1.0F / step_x) / chroma_width,
          0.0F};
}

GlSampler make_filter(GLint filter) {
  GlSampler owner = make_sampler();
  const GLuint sampler = owner.get();
  glSamplerParameteri(sampler, GL_TEXTURE_MIN_FILTER, filter);
  glSamplerParameteri(sampler, GL_TEXTURE_MAG_FILTER, filter);
  glSamplerParameteri(sampler, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glSamplerParameteri(sampler, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  return owner;
}

void set_colors(const Program& program, const TexturedFrame& frame) {
  const std::array<float, 12> m = color_matrix(frame);
  const std::array<float, 9> rows{m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]};
  glUniformMatrix3fv(program.matrix, 1, GL_TRUE, rows.data());
  glUniform3f(program.offset, m[3], m[7], m[11]);
}

GlTexture make_tone_texture(std::uint8_t transfer) {
  const media::ToneTable table(transfer);
  GlTexture texture = make_texture();
  glActiveTexture(GL_TEXTURE0 + static_cast<GLuint>(kToneUnit));
  glBindTexture(GL_TEXTURE_3D, texture.get());
  for (const GLenum name : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER})
    glTexParameteri(GL_TEXTURE_3D, name, GL_LINEAR);
  for (const GLenum name : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T, GL_TEXTURE_WRAP_R})
    glTexParameteri(GL_TEXTURE_3D, name, GL_CLAMP_TO_EDGE);
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 2);
  constexpr GLsizei kSide = media::ToneTable::kSide;
  glTexImage3D(GL_TEXTURE_3D, 0, GL_RGB16, kSide, kSide, kSide, 0, GL_RGB, GL_UNSIGNED_SHORT, table.values().data());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  return texture;
}

void clear_rect(const Rect& rect, int framebuffer_height) {
  if (rect.width <= 0 || rect.height <= 0) return;
  glEnable(GL_SCISSOR_TEST);
  glScissor(rect.x, framebuffer_height - rect.y - rect.height, rect.width, rect.height);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glDisable(GL_SCISSOR_TEST);
}

void clear_around(const Rect& picture, const Rect& area, int framebuffer_height) {
  const int picture_right = picture.x + picture.width;
  const int picture_bottom = picture.y + picture.height;
  const int area_right = area.x + area.width;
  const int area_bottom = area.y + area.height;
  clear_rect({area.x, area.y, area.width, picture.y - area.y}, framebuffer_height);
  clear_rect({area.x, picture_bottom, area.width, area_bottom - picture_bottom}, framebuffer_height);
  clear_rect({area.x, picture.y, picture.x - area.x, picture.height}, framebuffer_height);
  clear_rect({picture_right, picture.y, area_right - picture_right, picture.height}, framebuffer_height);
}

}  // namespace

struct VideoPass::Impl {
  std::string asset_folder;
  GlVertexArray no_vertices = make_vertex_array();
  GlSampler linear = make_filter(GL_LINEAR);
  GlSampler nearest = make_filter(GL_NEAREST);
  std::map<Variant, Program> programs;
  GlTexture tone_table;
  std::uint8_t tone_transfer = 0;  // that the table is for

  // Made when first needed; the variants differ only in what the preprocessor leaves.
  Result<Program*> program_for(Variant variant) {
    if (const auto found = programs.find(variant); found != programs.end()) return &found->second;
    ZOE_TRY(Program program, load_program(asset_folder, variant));
    return &programs.emplace(variant, std::move(program)).first->second;
  }

  // Made when first needed.
  void bind_tone_table(std::uint8_t transfer) {
    if (!tone_table || tone_transfer != transfer) tone_table = make_tone_texture(transfer);
    tone_transfer = transfer;
    glActiveTexture(GL_TEXTURE0 + static_cast<GLuint>(kToneUnit));
    glBindTexture(GL_TEXTURE_3D, tone_table.get());
  }

  void bind_planes(const TexturedFrame& frame, bool is_unscaled) const {
    for (int plane = 0; plane < frame.planes; ++plane) {
      const auto unit = static_cast<GLuint>(plane);
      glActiveTexture(GL_TEXTURE0 + unit);
      glBindTexture(GL_TEXTURE_2D, frame.textures[static_cast<std::size_t>(plane)]);
      // Pixel for pixel, every sample point is a texel's middle: the plain read gives the same for less.
      glBindSampler(unit, is_unscaled && plane == 0 ? nearest.get() : linear.get());
    }
  }

  void unbind_planes(const TexturedFrame& frame) const {
    for (int plane = 0; plane < frame.planes; ++plane) glBindSampler(static_cast<GLuint>(plane), 0);
    glActiveTexture(GL_TEXTURE0);
  }
};

Result<std::unique_ptr<VideoPass>> VideoPass::create(const std::string& asset_folder) {
  auto impl = std::make_unique<Impl>();
  impl->asset_folder = asset_folder;
  ZOE_TRY([[maybe_unused]] Program * most_likely, impl->program_for({}));
  return std::unique_ptr<VideoPass>(new VideoPass(std::move(impl)));
}

VideoPass::VideoPass(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

VideoPass::~VideoPass() = default;

Rect VideoPass::draw(const TexturedFrame& frame, const Rect& area, int framebuffer_height, const Framing& framing) {
  const Rect picture = place_picture(frame, area, framing);
  const Rect seen = intersection(picture, area);
  glDisable(GL_BLEND);
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_CULL_FACE);
  glDisable(GL_SCISSOR_TEST);
  clear_around(seen, area, framebuffer_height);
  if (seen.width <= 0 || seen.height <= 0) return picture;
  auto found = impl_->program_for(variant_of(frame));
  if (!found) {
    clear_rect(seen, framebuffer_height);
    return picture;
  }
  const Program& program = **found;
  program.shader.use();
  const Turn turn = part_of(turn_of(frame.presentation.rotation_degrees), picture, seen);
  glUniformMatrix2fv(program.turn, 1, GL_FALSE, turn.columns.data());
  glUniform2fv(program.turn_offset, 1, turn.offset.data());
  glUniform4fv(program.chroma_place, 1, chroma_place(frame).data());
  if (!frame.is_rgb) set_colors(program, frame);
  const bool is_unscaled =
      !is_on_its_side(frame) && picture.width == frame.plane_widths[0] && picture.height == frame.plane_heights[0];
  if (media::is_hdr(frame.color)) impl_->bind_tone_table(frame.color.transfer);
  impl_->bind_planes(frame, is_unscaled);
  glViewport(seen.x, framebuffer_height - seen.y - seen.height, seen.width, seen.height);
  glBindVertexArray(impl_->no_vertices.get());
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
  glBindVertexArray(0);
  impl_->unbind_planes(frame);
  return picture;
}

void VideoPass::draw_nothing(const Rect& area, int framebuffer_height) { clear_rect(area, framebuffer_height); }

}  // namespace zoe::render
