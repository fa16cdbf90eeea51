// Images with transparency over what is drawn already, pixel for pixel.
#pragma once

#include <string>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/render/gl_handles.hpp"
#include "engine/render/shader.hpp"
#include "engine/render/video_pass.hpp"

namespace zoe::render {

// RGBA with premultiplied alpha, rows from the top, as a texture. Render thread.
GlTexture make_image_texture(Bytes rgba, int width, int height);

// Render thread, with the GL context current.
class ImagePass {
 public:
  // `asset_folder` holds shaders/image.vert and shaders/image.frag.
  static Result<ImagePass> create(const std::string& asset_folder);

  // Over `rect` of a framebuffer `framebuffer_height` pixels high. Leaves blending off and the viewport changed.
  void draw(GLuint texture, const Rect& rect, int framebuffer_height) const;

 private:
  explicit ImagePass(Shader shader) : shader_(std::move(shader)) {}

  Shader shader_;
  GlVertexArray no_vertices_ = make_vertex_array();
};

}  // namespace zoe::render
