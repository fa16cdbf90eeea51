// OpenGL objects as RAII types. All of them live and die on the render thread with the context current.
#pragma once

#include <epoxy/gl.h>

#include <utility>

namespace zoe::render {

// Owns one GL name; Traits::destroy gives it back.
template <typename Traits>
class GlObject {
 public:
  GlObject() = default;
  explicit GlObject(GLuint name) : name_(name) {}
  GlObject(GlObject&& other) noexcept : name_(std::exchange(other.name_, 0U)) {}
  GlObject& operator=(GlObject&& other) noexcept {
    if (this != &other) reset(std::exchange(other.name_, 0U));
    return *this;
  }
  ~GlObject() { reset(); }

  GLuint get() const { return name_; }
  explicit operator bool() const { return name_ != 0; }
  void reset(GLuint name = 0) {
    if (name_ != 0) Traits::destroy(name_);
    name_ = name;
  }

 private:
  GLuint name_ = 0;
};

struct GlBufferTraits {
  static void destroy(GLuint name) { glDeleteBuffers(1, &name); }
};
struct GlTextureTraits {
  static void destroy(GLuint name) { glDeleteTextures(1, &name); }
};
struct GlVertexArrayTraits {
  static void destroy(GLuint name) { glDeleteVertexArrays(1, &name); }
};
struct GlFramebufferTraits {
  static void destroy(GLuint name) { glDeleteFramebuffers(1, &name); }
};
struct GlSamplerTraits {
  static void destroy(GLuint name) { glDeleteSamplers(1, &name); }
};
struct GlShaderTraits {
  static void destroy(GLuint name) { glDeleteShader(name); }
};
struct GlProgramTraits {
  static void destroy(GLuint name) { glDeleteProgram(name); }
};

using GlBuffer = GlObject<GlBufferTraits>;
using GlTexture = GlObject<GlTextureTraits>;
using GlVertexArray = GlObject<GlVertexArrayTraits>;
using GlFramebuffer = GlObject<GlFramebufferTraits>;
using GlSampler = GlObject<GlSamplerTraits>;
using GlShader = GlObject<GlShaderTraits>;
using GlProgram = GlObject<GlProgramTraits>;

inline GlBuffer make_buffer() {
  GLuint name = 0;
  glGenBuffers(1, &name);
  return GlBuffer(name);
}
inline GlTexture make_texture() {
  GLuint name = 0;
  glGenTextures(1, &name);
  return GlTexture(name);
}
inline GlVertexArray make_vertex_array() {
  GLuint name = 0;
  glGenVertexArrays(1, &name);
  return GlVertexArray(name);
}
inline GlFramebuffer make_framebuffer() {
  GLuint name = 0;
  glGenFramebuffers(1, &name);
  return GlFramebuffer(name);
}

inline GlSampler make_sampler() {
  GLuint name = 0;
  glGenSamplers(1, &name);
  return GlSampler(name);
}

// A point in the stream of GL commands.
class GlFence {
 public:
  GlFence() = default;
  GlFence(GlFence&& other) noexcept : sync_(std::exchange(other.sync_, nullptr)) {}
  GlFence& operator=(GlFence&& other) noexcept {
    if (this != &other) {
      clear();
      sync_ = std::exchange(other.sync_, nullptr);
    }
    return *this;
  }
  ~GlFence() { clear(); }

  // Behind everything issued so far.
  void set() {
    clear();
    sync_ = glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0);
  }

  // True when everything before it is done, and when it was never set. Does not wait.
  bool has_passed() const {
    if (sync_ == nullptr) return true;
    const GLenum state = glClientWaitSync(sync_, 0, 0);
    return state == GL_ALREADY_SIGNALED || state == GL_CONDITION_SATISFIED;
  }

 private:
  void clear() {
    if (sync_ != nullptr) glDeleteSync(sync_);
    sync_ = nullptr;
  }

  GLsync sync_ = nullptr;
};

}  // namespace zoe::render
