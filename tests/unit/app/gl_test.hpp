// An off-screen window and a framebuffer for tests that draw.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/app/window.hpp"
#include "engine/render/gl_handles.hpp"
#include "engine/render/screenshot.hpp"
#include "tests/support/paths.hpp"

namespace zoe::test {

inline std::string asset_folder() { return build_folder() + "/assets"; }

// A framebuffer of its own size that drawing goes to while it lives.
class Canvas {
 public:
  Canvas(int width, int height) : width_(width), height_(height) {
    glBindTexture(GL_TEXTURE_2D, texture_.get());
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.get());
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_.get(), 0);
    EXPECT_EQ(glCheckFramebufferStatus(GL_FRAMEBUFFER), static_cast<GLenum>(GL_FRAMEBUFFER_COMPLETE));
    glViewport(0, 0, width, height);
    glDisable(GL_SCISSOR_TEST);
    glClearColor(1, 0, 1, 1);  // what nobody draws
    glClear(GL_COLOR_BUFFER_BIT);
  }
  ~Canvas() { glBindFramebuffer(GL_FRAMEBUFFER, 0); }
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  render::Image read() const { return render::read_framebuffer(width_, height_); }

 private:
  int width_;
  int height_;
  render::GlTexture texture_ = render::make_texture();
  render::GlFramebuffer framebuffer_ = render::make_framebuffer();
};

using Rgb = std::array<int, 3>;

inline Rgb pixel(const render::Image& image, int x, int y) {
  const std::size_t at =
      (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x)) * 3;
  return {image.rgb[at], image.rgb[at + 1], image.rgb[at + 2]};
}

inline testing::AssertionResult is_near(const Rgb& seen, const Rgb& wanted, int bound) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (std::abs(seen[i] - wanted[i]) > bound)
      return testing::AssertionFailure() << "seen (" << seen[0] << ", " << seen[1] << ", " << seen[2] << "), wanted ("
                                         << wanted[0] << ", " << wanted[1] << ", " << wanted[2] << ") within " << bound;
  }
  return testing::AssertionSuccess();
}

// One off-screen window for all tests of a suite.
class GlTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto window = app::Window::create({.surface = app::Surface::kOffscreen, .width = 64, .height = 64});
    ASSERT_TRUE(window) << window.error().message;
    window_ = std::move(*window);
  }
  static void TearDownTestSuite() { window_.reset(); }

  void TearDown() override { EXPECT_EQ(glGetError(), static_cast<GLenum>(GL_NO_ERROR)); }

  static app::Window& window() { return *window_; }

 private:
  static inline std::unique_ptr<app::Window> window_;
};

}  // namespace zoe::test
