#include "engine/render/image_pass.hpp"

#include <utility>

namespace zoe::render {

GlTexture make_image_texture(Bytes rgba, int width, int height) {
  GlTexture texture = make_texture();
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, texture.get());
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
  glBindTexture(GL_TEXTURE_2D, 0);
  return texture;
}

Result<ImagePass> ImagePass::create(const std::string& asset_folder) {
  ZOE_TRY(Shader shader, Shader::load(asset_folder + "/shaders", "image"));
  shader.use();
  glUniform1i(shader.uniform("image"), 0);
  return ImagePass(std::move(shader));
}

void ImagePass::draw(GLuint texture, const Rect& rect, int framebuffer_height) const {
  if (rect.width <= 0 || rect.height <= 0) return;
  shader_.use();
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_CULL_FACE);
  glDisable(GL_SCISSOR_TEST);
  glEnable(GL_BLEND);
  glBlendEquation(GL_FUNC_ADD);
  glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, texture);
  glViewport(rect.x, framebuffer_height - rect.y - rect.height, rect.width, rect.height);
  glBindVertexArray(no_vertices_.get());
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
  glBindVertexArray(0);
  glDisable(GL_BLEND);
}

}  // namespace zoe::render
