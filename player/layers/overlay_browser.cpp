// The overlay layer's side of the browser's pages.
#include <algorithm>

#include "player/layers/overlay_layer.hpp"

namespace zoe::player {

// Asks only for what is seen.
std::int64_t OverlayLayer::follow_browser(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  if (link_snapshot_.state != LinkState::kSignedIn) return now_ns + kNsPerS;
  const Page page = page_of(playback);
  if (page == Page::kVideo && !playback.media.empty()) return folders_.update_details(playback.media, now_ns);
  if (page != Page::kLibrary) return now_ns + kNsPerS;
  const LibraryPanel& library = browser_.library();
  if (browser_.page() == BrowserPage::kLibrary)
    return folders_.update_folders(library.root(), library.folder(), now_ns);
  return now_ns + kNsPerS;
}

// Tab goes through the controls, the arrows to what lies there, Enter and Space press it, M opens its menu. While a
// text is typed only Tab and Down are taken, which leave it.
bool OverlayLayer::on_browser_key(const app::KeyEvent& event) {
  if (page_of(playback_.snapshot()) != Page::kLibrary || event.action == app::KeyAction::kUp) return false;
  auto& ui = host_->focus();
  const bool is_typing = host_->is_keyboard_taken();
  const auto go = [&](int dx, int dy) {
    if (is_typing && dy <= 0) return false;
    ui.move_focus_to(dx, dy);
    return true;
  };
  switch (event.key) {
    case app::Key::kTab:
      ui.move_focus((event.mods & app::kModShift) != 0 ? -1 : 1);
      return true;
    case app::Key::kDown:
      return go(0, 1);
    case app::Key::kUp:
      return go(0, -1);
    case app::Key::kLeft:
      return go(-1, 0);
    case app::Key::kRight:
      return go(1, 0);
    case app::Key::kEnter:
    case app::Key::kKeypadEnter:
    case app::Key::kSpace:
      if (is_typing) return false;
      ui.press_focused();
      return true;
    case app::Key::kM:
      if (is_typing || !ui.has_focus()) return false;
      ui.open_menu_of_focused();
      return true;
    default:
      return false;
  }
}

std::string OverlayLayer::focused_mark() const {
  const ui::Box& box = host_->ui().focus_box();
  const auto is_there = [&](const ui::Landmark& mark) {
    return box.w > 0 && box.contains(mark.box.center()) && mark.box.w >= box.w - 1;
  };
  for (const ui::Landmark& each : landmarks())
    if (is_there(each)) return each.name;
  return {};
}

}  // namespace zoe::player
