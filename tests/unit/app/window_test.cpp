#include "engine/app/window.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/unit/app/gl_test.hpp"

namespace zoe::app {
namespace {

WindowConfig off_screen(int width, int height) {
  return {.surface = Surface::kOffscreen, .width = width, .height = height};
}

TEST(Window, IsThereWithoutADisplay) {
  const auto window = Window::create(off_screen(320, 200));
  ASSERT_TRUE(window) << window.error().message;
  EXPECT_EQ((*window)->width(), 320);
  EXPECT_EQ((*window)->height(), 200);
  EXPECT_EQ((*window)->scale(), 1.0F);
  EXPECT_TRUE((*window)->is_offscreen());
  EXPECT_FALSE((*window)->gl_renderer().empty());
  EXPECT_GE(epoxy_gl_version(), 33);
}

TEST(Window, KeepsTheScaleItWasGiven) {
  auto config = off_screen(320, 200);
  config.scale = 2;
  const auto window = Window::create(config);
  ASSERT_TRUE(window) << window.error().message;
  EXPECT_EQ((*window)->scale(), 2.0F);
}

TEST(Window, ChangesItsSizeAndKeepsItsContext) {
  const auto window = Window::create(off_screen(320, 200));
  ASSERT_TRUE(window) << window.error().message;
  const render::GlTexture texture = render::make_texture();
  glBindTexture(GL_TEXTURE_2D, texture.get());
  const Status resized = (*window)->resize(640, 360);
  ASSERT_TRUE(resized) << resized.error().message;
  EXPECT_EQ((*window)->width(), 640);
  EXPECT_EQ((*window)->height(), 360);
  EXPECT_EQ(glIsTexture(texture.get()), GL_TRUE);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glDisable(GL_SCISSOR_TEST);
  glClearColor(0, 1, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  const render::Image image = render::read_framebuffer(640, 360);
  EXPECT_TRUE(test::is_near(test::pixel(image, 639, 0), {0, 255, 0}, 0)) << "drawn beyond the old size";
  EXPECT_FALSE((*window)->resize(0, 10));
}

TEST(Window, RefusesASizeOutOfRange) {
  const auto window = Window::create(off_screen(0, 200));
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().code, Errc::kInvalidArgument);
}

TEST(Window, SaysThatThereIsNoDisplayAndWhatToDo) {
  const auto saved = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::string(value) : std::string();
  };
  const std::string display = saved("DISPLAY");
  const std::string wayland = saved("WAYLAND_DISPLAY");
  const std::string driver = saved("SDL_VIDEODRIVER");
  ::setenv("DISPLAY", ":4711", 1);
  ::unsetenv("WAYLAND_DISPLAY");
  ::setenv("SDL_VIDEODRIVER", "x11", 1);
  const auto window = Window::create({});
  const auto restore = [](const char* name, const std::string& value) {
    if (value.empty())
      ::unsetenv(name);
    else
      ::setenv(name, value.c_str(), 1);
  };
  restore("DISPLAY", display);
  restore("WAYLAND_DISPLAY", wayland);
  restore("SDL_VIDEODRIVER", driver);
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().code, Errc::kUnavailable);
  EXPECT_NE(window.error().message.find("--headless"), std::string::npos) << window.error().message;
}

}  // namespace
}  // namespace zoe::app
