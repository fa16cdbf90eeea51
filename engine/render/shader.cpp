#include "engine/render/shader.hpp"

#include <sstream>

#include "engine/core/byte_io.hpp"
#include "engine/core/file.hpp"

namespace zoe::render {
namespace {

constexpr std::size_t kMostSourceBytes = 64U << 10;

template <typename Get, typename GetLog>
std::string info_log(GLuint object, Get get, GetLog get_log) {
  GLint length = 0;
  get(object, GL_INFO_LOG_LENGTH, &length);
  if (length <= 1) return "no message from the compiler";
  std::string text(static_cast<std::size_t>(length), '\0');
  GLsizei written = 0;
  get_log(object, length, &written, text.data());
  text.resize(static_cast<std::size_t>(written));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

Result<GlShader> compile_stage(GLenum stage, const std::string& name, const std::string& source) {
  GlShader shader(glCreateShader(stage));
  const char* text = source.c_str();
  glShaderSource(shader.get(), 1, &text, nullptr);
  glCompileShader(shader.get());
  GLint is_compiled = GL_FALSE;
  glGetShaderiv(shader.get(), GL_COMPILE_STATUS, &is_compiled);
  if (is_compiled != GL_TRUE)
    return fail(Errc::kMalformed,
                name + ": the shader does not compile: " + info_log(shader.get(), glGetShaderiv, glGetShaderInfoLog));
  return shader;
}

Result<std::string> read_source(const std::string& path) {
  ZOE_TRY(const auto bytes, read_file(path, kMostSourceBytes));
  return std::string(as_text(bytes));
}

// The definitions go behind the #version line; #line keeps the numbers of what follows.
std::string with_defines(const std::string& source, const std::string& defines) {
  if (defines.empty()) return source;
  const std::size_t first_line_end = source.find('\n');
  if (first_line_end == std::string::npos) return source;
  std::string result = source.substr(0, first_line_end + 1);
  std::istringstream words(defines);
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    result += "#define " + word.substr(0, equals) + " " + (equals == word.npos ? "1" : word.substr(equals + 1)) + "\n";
  }
  return result + "#line 2\n" + source.substr(first_line_end + 1);
}

Result<GlProgram> link(const std::string& name, const GlShader& vertex, const GlShader& fragment) {
  GlProgram program(glCreateProgram());
  glAttachShader(program.get(), vertex.get());
  glAttachShader(program.get(), fragment.get());
  glLinkProgram(program.get());
  GLint is_linked = GL_FALSE;
  glGetProgramiv(program.get(), GL_LINK_STATUS, &is_linked);
  glDetachShader(program.get(), vertex.get());
  glDetachShader(program.get(), fragment.get());
  if (is_linked != GL_TRUE)
    return fail(Errc::kMalformed,
                name + ": the shader does not link: " + info_log(program.get(), glGetProgramiv, glGetProgramInfoLog));
  return program;
}

}  // namespace

Result<Shader> Shader::load(const std::string& folder, const std::string& name, const std::string& defines) {
  const std::string base = folder + "/" + name;
  ZOE_TRY(const std::string vertex, read_source(base + ".vert"));
  ZOE_TRY(const std::string fragment, read_source(base + ".frag"));
  return compile(base, vertex, fragment, defines);
}

Result<Shader> Shader::compile(const std::string& name, const std::string& vertex, const std::string& fragment,
                               const std::string& defines) {
  ZOE_TRY(const GlShader vertex_stage, compile_stage(GL_VERTEX_SHADER, name + ".vert", vertex));
  ZOE_TRY(const GlShader fragment_stage,
          compile_stage(GL_FRAGMENT_SHADER, name + ".frag", with_defines(fragment, defines)));
  ZOE_TRY(GlProgram program, link(name, vertex_stage, fragment_stage));
  return Shader(std::move(program));
}

}  // namespace zoe::render
