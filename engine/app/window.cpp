#include "engine/app/window.hpp"

#if defined(ZOE_ASAN)
#include <dlfcn.h>
#include <link.h>
#endif
#include <epoxy/gl.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "engine/app/sdl_handles.hpp"

namespace zoe::app {

struct Window::Impl {
  SdlVideo video;
  SdlWindow window;
  SdlGlContext context;
  bool is_offscreen = false;
  bool is_fullscreen = false;
  float wanted_scale = 0;
  float scale = 1;
  std::string renderer;
  bool is_software = false;
};

namespace {

constexpr int kLargestSide = 16384;

// The leak checker names a leak by the library that it came from, which works only while the library is there: a driver
// that stays loaded can be excused by name, one that was unloaded cannot.
void pin_graphics_driver() {
#if defined(ZOE_ASAN)
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void*) {
        const std::string_view name = info->dlpi_name != nullptr ? info->dlpi_name : "";
        if (name.find("_dri.so") != name.npos) dlopen(info->dlpi_name, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
        return 0;
      },
      nullptr);
#endif
}

std::string sdl_error() {
  const char* text = SDL_GetError();
  return text != nullptr && *text != '\0' ? text : "no reason given";
}

void set_hints(bool is_offscreen) {
  SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
  SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
  SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
  SDL_SetHint(SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0");
  SDL_SetHint(SDL_HINT_APP_NAME, "Zoetrope");
  // The hint outranks SDL_VIDEODRIVER, and an earlier off-screen window's must not bind a later one.
  if (is_offscreen)
    SDL_SetHintWithPriority(SDL_HINT_VIDEODRIVER, "offscreen", SDL_HINT_OVERRIDE);
  else
    SDL_ResetHint(SDL_HINT_VIDEODRIVER);
}

void set_gl_attributes() {
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, SDL_GL_CONTEXT_PROFILE_CORE);
  SDL_GL_SetAttribute(SDL_GL_RED_SIZE, 8);
  SDL_GL_SetAttribute(SDL_GL_GREEN_SIZE, 8);
  SDL_GL_SetAttribute(SDL_GL_BLUE_SIZE, 8);
  SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
  SDL_GL_SetAttribute(SDL_GL_STENCIL_SIZE, 0);
  SDL_GL_SetAttribute(SDL_GL_DOUBLEBUFFER, 1);
}

bool is_software_renderer(const std::string& name) {
  return name.find("llvmpipe") != std::string::npos || name.find("softpipe") != std::string::npos ||
         name.find("swrast") != std::string::npos || name.find("SwiftShader") != std::string::npos;
}

// A display tells its density in ways that differ in honesty. What the window system scales by is believed; a density
// from millimetres is taken carefully, in quarters, with 110 dots per inch as one; and a screen of 2000 lines or more
// has text of at least 1.5 whatever it says of itself.
float display_scale(SDL_Window* window, float pixel_ratio) {
  const int display = std::max(SDL_GetWindowDisplayIndex(window), 0);
  float scale = pixel_ratio;
  float dpi = 0;
  if (SDL_GetDisplayDPI(display, nullptr, &dpi, nullptr) == 0 && dpi > 0)
    scale = std::max(scale, std::floor(dpi / 110.0F * 4.0F) / 4.0F);
  SDL_DisplayMode mode{};
  if (SDL_GetDesktopDisplayMode(display, &mode) == 0 && mode.h >= 2000) scale = std::max(scale, 1.5F);
  return std::clamp(scale, 1.0F, 4.0F);
}

}  // namespace

Result<std::unique_ptr<Window>> Window::create(const WindowConfig& config) {
  if (config.width < 1 || config.height < 1 || config.width > kLargestSide || config.height > kLargestSide)
    return fail(Errc::kInvalidArgument, "a window of " + std::to_string(config.width) + "x" +
                                            std::to_string(config.height) + " is out of range (1 to 16384)");
  auto impl = std::make_unique<Impl>();
  impl->is_offscreen = config.surface == Surface::kOffscreen;
  impl->wanted_scale = config.scale;
  set_hints(impl->is_offscreen);
  if (!impl->video.start()) {
    if (impl->is_offscreen)
      return fail(Errc::kUnavailable,
                  "no off-screen surface (" + sdl_error() + "): Mesa's EGL is needed (libegl-mesa0)");
    return fail(Errc::kUnavailable, "no display to open a window on (" + sdl_error() +
                                        "): set DISPLAY or WAYLAND_DISPLAY, or run without a window (--headless)");
  }
  // Where no display answers SDL takes a driver that shows nothing, unless that was asked for by SDL_VIDEODRIVER.
  const std::string_view driver = SDL_GetCurrentVideoDriver();
  const bool shows_nothing = driver == "offscreen" || driver == "dummy" || driver == "evdev";
  if (shows_nothing && !impl->is_offscreen && std::getenv("SDL_VIDEODRIVER") == nullptr)
    return fail(Errc::kUnavailable,
                "no display to open a window on: set DISPLAY or WAYLAND_DISPLAY, or run without a window (--headless)");
  set_gl_attributes();
  Uint32 flags = SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
  if (config.is_fullscreen && !impl->is_offscreen) flags |= SDL_WINDOW_FULLSCREEN_DESKTOP;
  impl->is_fullscreen = config.is_fullscreen;
  impl->window.reset(SDL_CreateWindow(config.title.c_str(), SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                                      config.width, config.height, flags));
  if (!impl->window) return fail(Errc::kUnavailable, "the window could not be made: " + sdl_error());
  impl->context.reset(SDL_GL_CreateContext(impl->window.get()));
  if (!impl->context || SDL_GL_MakeCurrent(impl->window.get(), impl->context.get()) != 0)
    return fail(Errc::kUnavailable, "OpenGL 3.3 is needed and could not be had (" + sdl_error() +
                                        "): a graphics driver or Mesa's software renderer (libgl1-mesa-dri) gives it");
  if (epoxy_gl_version() < 33)
    return fail(Errc::kUnavailable, "OpenGL 3.3 is needed; this driver has only " +
                                        std::to_string(epoxy_gl_version() / 10) + "." +
                                        std::to_string(epoxy_gl_version() % 10));
  if (const auto* name = reinterpret_cast<const char*>(glGetString(GL_RENDERER))) impl->renderer = name;
  impl->is_software = is_software_renderer(impl->renderer);
  pin_graphics_driver();
  const bool wants_vsync = config.swap_mode == SwapMode::kVsync && !impl->is_offscreen;
  if (SDL_GL_SetSwapInterval(wants_vsync ? 1 : 0) != 0) SDL_ClearError();  // some drivers know only their own way
  SDL_SetWindowMinimumSize(impl->window.get(), std::min(480, config.width), std::min(320, config.height));
  SDL_StopTextInput();  // a text field turns it on
  std::unique_ptr<Window> window(new Window(std::move(impl)));
  window->refresh_scale();
  return window;
}

Window::Window(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Window::~Window() = default;

int Window::width() const {
  int width = 0;
  SDL_GL_GetDrawableSize(impl_->window.get(), &width, nullptr);
  return width;
}

int Window::height() const {
  int height = 0;
  SDL_GL_GetDrawableSize(impl_->window.get(), nullptr, &height);
  return height;
}

float Window::pixel_ratio() const {
  int points = 0;
  SDL_GetWindowSize(impl_->window.get(), &points, nullptr);
  return points > 0 ? static_cast<float>(width()) / static_cast<float>(points) : 1.0F;
}

float Window::scale() const { return impl_->scale; }

void Window::refresh_scale() {
  if (impl_->wanted_scale > 0)
    impl_->scale = std::clamp(impl_->wanted_scale, 0.5F, 4.0F);
  else
    impl_->scale = impl_->is_offscreen ? 1.0F : display_scale(impl_->window.get(), pixel_ratio());
}

double Window::refresh_hz() const {
  SDL_DisplayMode mode{};
  const int display = SDL_GetWindowDisplayIndex(impl_->window.get());
  if (display < 0 || SDL_GetCurrentDisplayMode(display, &mode) != 0 || mode.refresh_rate <= 0) return 60.0;
  return mode.refresh_rate;
}

bool Window::is_offscreen() const { return impl_->is_offscreen; }

bool Window::is_fullscreen() const { return impl_->is_fullscreen; }

void Window::set_fullscreen(bool is_on) {
  impl_->is_fullscreen = is_on;
  if (!impl_->is_offscreen) SDL_SetWindowFullscreen(impl_->window.get(), is_on ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
}

// SDL's off-screen windows keep the surface that they were made with: the context moves to a new one.
Status Window::resize(int width, int height) {
  if (width < 1 || height < 1 || width > kLargestSide || height > kLargestSide)
    return fail(Errc::kInvalidArgument, "a window of " + std::to_string(width) + "x" + std::to_string(height) +
                                            " is out of range (1 to 16384)");
  if (!impl_->is_offscreen) {
    SDL_SetWindowSize(impl_->window.get(), width, height);
    return {};
  }
  SdlWindow window(SDL_CreateWindow(SDL_GetWindowTitle(impl_->window.get()), 0, 0, width, height, SDL_WINDOW_OPENGL));
  if (!window || SDL_GL_MakeCurrent(window.get(), impl_->context.get()) != 0) {
    const std::string reason = sdl_error();
    SDL_GL_MakeCurrent(impl_->window.get(), impl_->context.get());
    return fail(Errc::kUnavailable, "no off-screen surface of this size: " + reason);
  }
  impl_->window = std::move(window);
  return {};
}

bool Window::is_minimized() const { return (SDL_GetWindowFlags(impl_->window.get()) & SDL_WINDOW_MINIMIZED) != 0; }

void Window::set_title(const std::string& title) { SDL_SetWindowTitle(impl_->window.get(), title.c_str()); }

void Window::set_cursor_visible(bool is_visible) { SDL_ShowCursor(is_visible ? SDL_ENABLE : SDL_DISABLE); }

void Window::set_screen_saver_allowed(bool is_allowed) {
  if (is_allowed == (SDL_IsScreenSaverEnabled() == SDL_TRUE)) return;
  if (is_allowed)
    SDL_EnableScreenSaver();
  else
    SDL_DisableScreenSaver();
}

const std::string& Window::gl_renderer() const { return impl_->renderer; }

bool Window::is_software_gl() const { return impl_->is_software; }

void Window::swap() { SDL_GL_SwapWindow(impl_->window.get()); }

SDL_Window* Window::sdl() const { return impl_->window.get(); }

}  // namespace zoe::app
