// A GLSL program from two files.
#pragma once

#include <string>

#include "engine/core/result.hpp"
#include "engine/render/gl_handles.hpp"

namespace zoe::render {

// Render thread, with the GL context current.
class Shader {
 public:
  // Compiles and links `folder`/`name`.vert and .frag (64 KiB each at most), with `defines` ("PLANAR=1 HDR=0") defined
  // in the fragment stage. kMalformed carries the file and what the compiler says, with the file's own line numbers.
  static Result<Shader> load(const std::string& folder, const std::string& name, const std::string& defines = {});

  // The same from text; `name` stands for the file in messages. `vertex` and `fragment` begin with a #version line.
  static Result<Shader> compile(const std::string& name, const std::string& vertex, const std::string& fragment,
                                const std::string& defines = {});

  void use() const { glUseProgram(program_.get()); }

  // -1 where the program has no such uniform (or the compiler dropped it): GL ignores a write to that.
  GLint uniform(const char* name) const { return glGetUniformLocation(program_.get(), name); }

 private:
  explicit Shader(GlProgram program) : program_(std::move(program)) {}

  GlProgram program_;
};

}  // namespace zoe::render
