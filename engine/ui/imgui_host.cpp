#include "engine/ui/imgui_host.hpp"

#include <SDL.h>
#include <backends/imgui_impl_opengl3.h>
#include <epoxy/gl.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <bitset>
#include <cfloat>
#include <utility>

#include "engine/ui/sdl_cursors.hpp"

namespace zoe::ui {
namespace {

struct ContextDeleter {
  void operator()(ImGuiContext* context) const { ImGui::DestroyContext(context); }
};

template <typename... Ts>
struct Visitor : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Visitor(Ts...) -> Visitor<Ts...>;

void map_keys(ImGuiIO& io) {
  using app::Key;
  const auto map = [&io](ImGuiKey_ to, Key from) { io.KeyMap[to] = static_cast<int>(from); };
  map(ImGuiKey_Tab, Key::kTab);
  map(ImGuiKey_LeftArrow, Key::kLeft);
  map(ImGuiKey_RightArrow, Key::kRight);
  map(ImGuiKey_UpArrow, Key::kUp);
  map(ImGuiKey_DownArrow, Key::kDown);
  map(ImGuiKey_PageUp, Key::kPageUp);
  map(ImGuiKey_PageDown, Key::kPageDown);
  map(ImGuiKey_Home, Key::kHome);
  map(ImGuiKey_End, Key::kEnd);
  map(ImGuiKey_Insert, Key::kInsert);
  map(ImGuiKey_Delete, Key::kDelete);
  map(ImGuiKey_Backspace, Key::kBackspace);
  map(ImGuiKey_Space, Key::kSpace);
  map(ImGuiKey_Enter, Key::kEnter);
  map(ImGuiKey_KeyPadEnter, Key::kKeypadEnter);
  map(ImGuiKey_Escape, Key::kEscape);
  map(ImGuiKey_A, Key::kA);
  map(ImGuiKey_C, Key::kC);
  map(ImGuiKey_V, Key::kV);
  map(ImGuiKey_X, Key::kX);
  map(ImGuiKey_Y, Key::kY);
  map(ImGuiKey_Z, Key::kZ);
}

ImVec4 as_vec4(Color color) { return ImGui::ColorConvertU32ToFloat4(IM_COL32(color.r, color.g, color.b, color.a)); }

// What ImGui draws on its own: text fields, scroll bars, selections.
void apply_theme(const Theme& theme, float scale) {
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  const Palette& palette = theme.palette;
  const auto px = [scale](float units) { return std::round(units * scale); };
  style.WindowPadding = {0, 0};
  style.WindowBorderSize = 0;
  style.WindowRounding = px(theme.radius.large);
  style.WindowMinSize = {1, 1};
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 0;
  style.PopupRounding = px(theme.radius.medium);
  style.FrameBorderSize = 0;
  style.FramePadding = {0, 0};
  style.FrameRounding = px(theme.radius.medium);
  style.ItemSpacing = {0, 0};
  style.ScrollbarSize = px(10);
  style.ScrollbarRounding = px(5);
  style.GrabMinSize = px(32);
  style.AntiAliasedLinesUseTex = true;
  auto& colors = style.Colors;
  for (ImVec4& color : colors) color = {0, 0, 0, 0};
  colors[ImGuiCol_Text] = as_vec4(palette.text);
  colors[ImGuiCol_TextDisabled] = as_vec4(palette.text_faint);
  colors[ImGuiCol_TextSelectedBg] = as_vec4(palette.accent.with_alpha(0.35F));
  colors[ImGuiCol_ScrollbarGrab] = as_vec4(palette.line_strong);
  colors[ImGuiCol_ScrollbarGrabHovered] = as_vec4(palette.text_faint);
  colors[ImGuiCol_ScrollbarGrabActive] = as_vec4(palette.text_muted);
}

const char* get_clipboard(void* kept) {
  auto& text = *static_cast<std::string*>(kept);
  char* from_sdl = SDL_GetClipboardText();
  text = from_sdl != nullptr ? from_sdl : "";
  SDL_free(from_sdl);
  return text.c_str();
}

void set_clipboard(void*, const char* text) { SDL_SetClipboardText(text); }

void place_ime(int x, int y) {
  const SDL_Rect rect{x, y, 1, 1};
  SDL_SetTextInputRect(&rect);
}

}  // namespace

struct ImGuiHost::Impl {
  app::Window& window;
  Theme theme;
  std::unique_ptr<Fonts> fonts;
  std::unique_ptr<ImGuiContext, ContextDeleter> context;
  bool has_renderer = false;
  bool has_texture = false;
  std::unique_ptr<Ui> ui;
  SdlCursors cursors;
  std::string clipboard;
  std::deque<app::Event> events;
  float scale = 0;
  std::int64_t last_frame_ns = 0;
  bool is_typing = false;

  // What has changed in the frame to come: a second change of the same thing waits for the next one.
  struct Changed {
    bool is_button = false;
    std::bitset<static_cast<std::size_t>(app::Key::kCount)> keys;
  };

  explicit Impl(app::Window& its_window) : window(its_window) {}
  ~Impl() {
    if (has_renderer) ImGui_ImplOpenGL3_Shutdown();
  }

  void setup();
  void take_events();
  bool take(const app::Event& event, Changed& changed);
  void refresh_fonts(float new_scale);
  void follow_typing();
};

void ImGuiHost::Impl::setup() {
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
  io.MousePos = {-FLT_MAX, -FLT_MAX};
  io.MouseDragThreshold = 6;
  io.ConfigInputTextCursorBlink = true;
  io.GetClipboardTextFn = get_clipboard;
  io.SetClipboardTextFn = set_clipboard;
  io.ClipboardUserData = &clipboard;
  io.ImeSetInputScreenPosFn = place_ime;
  map_keys(io);
  has_renderer = ImGui_ImplOpenGL3_Init("#version 330 core");
}

// False when the event has to wait for the next frame: ImGui sees the state of the buttons once a frame.
bool ImGuiHost::Impl::take(const app::Event& event, Changed& changed) {
  ImGuiIO& io = ImGui::GetIO();
  const auto press = [&](app::PointerButton button, float x, float y, bool is_down) {
    if (changed.is_button) return false;
    changed.is_button = true;
    io.MousePos = {x, y};
    io.MouseDown[static_cast<int>(button)] = is_down;
    return true;
  };
  return std::visit(Visitor{
                        [&](const app::KeyEvent& key) {
                          const auto index = static_cast<std::size_t>(key.key);
                          if (changed.keys.test(index)) return false;
                          changed.keys.set(index, key.action != app::KeyAction::kRepeat);
                          io.KeysDown[index] = key.action != app::KeyAction::kUp;
                          io.KeyShift = (key.mods & app::kModShift) != 0;
                          io.KeyCtrl = (key.mods & app::kModCtrl) != 0;
                          io.KeyAlt = (key.mods & app::kModAlt) != 0;
                          io.KeySuper = (key.mods & app::kModSuper) != 0;
                          return true;
                        },
                        [&](const app::TextEvent& text) {
                          io.AddInputCharactersUTF8(text.text.c_str());
                          return true;
                        },
                        [&](const app::PointerMove& move) {
                          if (changed.is_button) return false;
                          io.MousePos = {move.x, move.y};
                          return true;
                        },
                        [&](const app::PointerPress& p) { return press(p.button, p.x, p.y, true); },
                        [&](const app::PointerRelease& p) { return press(p.button, p.x, p.y, false); },
                        [&](const app::PointerWheel& wheel) {
                          io.MouseWheel += wheel.dy;
                          io.MouseWheelH += wheel.dx;
                          return true;
                        },
                        [&](const app::PointerLeave&) {
                          if (!io.MouseDown[0]) io.MousePos = {-FLT_MAX, -FLT_MAX};
                          return true;
                        },
                        [&](const app::WindowFocus& focus) {
                          io.AddFocusEvent(focus.has_focus);
                          return true;
                        },
                        [](const auto&) { return true; },
                    },
                    event);
}

void ImGuiHost::Impl::take_events() {
  Changed changed;
  while (!events.empty() && take(events.front(), changed)) events.pop_front();
}

void ImGuiHost::Impl::refresh_fonts(float new_scale) {
  if (new_scale != scale) {
    scale = new_scale;
    apply_theme(theme, scale);
    fonts->set_scale(scale);
  }
  if (!fonts->is_stale()) return;
  // An atlas that cannot be built (no memory, a font file gone) leaves what ImGui has by itself.
  if (!fonts->rebuild(*ImGui::GetIO().Fonts)) return;
  ImGui::GetIO().FontDefault = &fonts->field();
  // The first texture comes with the back end's other objects, at the first frame.
  if (!std::exchange(has_texture, true)) return;
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

// Typing is on only while a text field wants it: an input method must not swallow shortcuts.
void ImGuiHost::Impl::follow_typing() {
  const bool wants_typing = ImGui::GetIO().WantTextInput;
  if (wants_typing == is_typing) return;
  is_typing = wants_typing;
  if (is_typing)
    SDL_StartTextInput();
  else
    SDL_StopTextInput();
}

Result<std::unique_ptr<ImGuiHost>> ImGuiHost::create(app::Window& window, const Options& options) {
  auto impl = std::make_unique<Impl>(window);
  ZOE_TRY(impl->theme, Theme::load(options.asset_folder + "/theme.json", options.scheme));
  ZOE_TRY(impl->fonts, Fonts::create(impl->theme, options.asset_folder));
  impl->context.reset(ImGui::CreateContext());
  impl->setup();
  if (!impl->has_renderer) return fail(Errc::kUnavailable, "the interface's OpenGL renderer does not start");
  impl->ui = std::make_unique<Ui>(impl->theme, *impl->fonts, options.motion);
  return std::unique_ptr<ImGuiHost>(new ImGuiHost(std::move(impl)));
}

ImGuiHost::ImGuiHost(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ImGuiHost::~ImGuiHost() = default;

void ImGuiHost::handle(const app::Event& event) {
  constexpr std::size_t kMostKept = 4096;
  if (impl_->events.size() >= kMostKept) return;
  // Only the last of a run of moves matters.
  if (std::holds_alternative<app::PointerMove>(event) && !impl_->events.empty() &&
      std::holds_alternative<app::PointerMove>(impl_->events.back()))
    impl_->events.back() = event;
  else
    impl_->events.push_back(event);
}

bool ImGuiHost::is_pointer_taken(float x, float y) const {
  const ImGuiContext& context = *impl_->context;
  if (context.ActiveId != 0 || context.OpenPopupStack.Size > 0) return true;
  for (const ImGuiWindow* window : context.Windows) {
    const bool takes_input =
        window->WasActive && !window->Hidden && (window->Flags & ImGuiWindowFlags_NoMouseInputs) == 0;
    if (takes_input && window->OuterRectClipped.Contains({x, y})) return true;
  }
  return false;
}

bool ImGuiHost::is_keyboard_taken() const { return ImGui::GetIO().WantTextInput; }

bool ImGuiHost::needs_another_frame() const { return !impl_->events.empty() || impl_->fonts->is_stale(); }

const Theme& ImGuiHost::theme() const { return impl_->theme; }

const Ui& ImGuiHost::ui() const { return *impl_->ui; }

Ui& ImGuiHost::focus() { return *impl_->ui; }

Ui& ImGuiHost::begin(const app::RenderContext& context) {
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(context.width), static_cast<float>(context.height)};
  const double passed_s = static_cast<double>(context.now_ns - impl_->last_frame_ns) / 1e9;
  io.DeltaTime = static_cast<float>(std::clamp(passed_s, 1e-4, 0.1));
  impl_->last_frame_ns = context.now_ns;
  impl_->refresh_fonts(context.scale);
  impl_->take_events();
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
  impl_->ui->begin_frame(context.now_ns, {0, 0, io.DisplaySize.x, io.DisplaySize.y}, context.scale);
  return *impl_->ui;
}

void ImGuiHost::end() {
  impl_->ui->end_frame();
  impl_->follow_typing();
  impl_->cursors.show(ImGui::GetMouseCursor());
  ImGui::Render();
  const ImGuiIO& io = ImGui::GetIO();
  glViewport(0, 0, static_cast<GLsizei>(io.DisplaySize.x), static_cast<GLsizei>(io.DisplaySize.y));
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

}  // namespace zoe::ui
