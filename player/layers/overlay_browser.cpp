// The overlay layer's side of the browser's pages.
#include <algorithm>
#include <utility>

#include "engine/ui/icons.hpp"
#include "player/layers/overlay_layer.hpp"

namespace zoe::player {

// Asks only for what is seen.
std::int64_t OverlayLayer::follow_browser(const PlaybackSnapshot& playback, std::int64_t now_ns) {
  std::int64_t at_ns = now_ns + kNsPerS;
  if (link_snapshot_.state != LinkState::kSignedIn) return at_ns;
  const Page page = page_of(playback);
  const bool is_seen = page == Page::kLibrary;
  const BrowserPage shown = browser_.page();
  if (link_snapshot_.principal.role != Role::kGuest) {
    const bool are_playlists_seen = is_seen && shown == BrowserPage::kPlaylists;
    const PersonalNeeds needs{.favourites = is_seen && shown == BrowserPage::kFavourites,
                              .playlists = are_playlists_seen || picker_.is_open(),
                              .playlist = are_playlists_seen ? browser_.playlists().open_playlist() : 0,
                              .history = is_seen && shown == BrowserPage::kHistory,
                              .sessions = is_seen && shown == BrowserPage::kProfile};
    at_ns = std::min(at_ns, personal_.update(needs, now_ns));
  }
  if (page == Page::kVideo && !playback.media.empty() && !is_local_media(playback.media))
    return std::min(at_ns, folders_.update_details(playback.media, now_ns));
  const LibraryPanel& library = browser_.library();
  if (is_seen && shown == BrowserPage::kLibrary)
    at_ns = std::min(at_ns, folders_.update_folders(library.root(), library.folder(), now_ns));
  return at_ns;
}

// What came of the viewer's commands.
void OverlayLayer::follow_personal() {
  for (PersonalOutcome& outcome : personal_.take_outcomes()) {
    frames_wanted_ = kFramesAfterEvent;
    if (!outcome.message.empty())
      toasts_.add(outcome.is_done ? ui::ToastKind::kGood : ui::ToastKind::kError, std::move(outcome.message));
    if (!outcome.is_done) continue;
    if (outcome.verb == PersonalVerb::kDeletePlaylist && browser_.playlists().open_playlist() == outcome.playlist)
      browser_.playlists().show(0);
    // What the cards say has changed.
    if (outcome.verb == PersonalVerb::kSetWatched || outcome.verb == PersonalVerb::kClearHistory)
      link_.refresh_library();
    if (outcome.verb == PersonalVerb::kDeleteAccount) link_.sign_out();
  }
}

void OverlayLayer::carry_out_personal(const PanelRequests& requests) {
  if (requests.refresh_personal) personal_.refresh();
  if (requests.more_history) personal_.load_more_history();
  if (requests.add_to_playlist) picker_.ask(*requests.add_to_playlist);
  if (requests.page) browser_.show(*requests.page);
  for (PersonalCommand command : requests.commands) {
    if (command.verb == PersonalVerb::kExport) command.text = downloads_scene().folder;
    personal_.run(command);
  }
  const bool is_any = requests.refresh_personal || requests.more_history || requests.add_to_playlist || requests.page ||
                      !requests.commands.empty();
  if (is_any) frames_wanted_ = kFramesAfterEvent;
}

void OverlayLayer::play(const PlayOrder& order) {
  if (!queue_.start(order.name, order.items, order.index)) {
    toasts_.add(ui::ToastKind::kWarning, "None of these videos is in the library any more.");
    return;
  }
  open(*queue_.current());
}

// In a room its playlist is what plays one after another, on a channel its list.
void OverlayLayer::go_in_queue(int step) {
  if (room_.is_in_room()) return step > 0 ? room_.next() : room_.previous();
  if (channel_.is_tuned()) return channel_.go_in_list(step);
  if (const LibraryItem* item = queue_.go(step)) return open(*item);
  if (queue_.is_active()) toasts_.flash(ui::icon::kListOl, step > 0 ? "The last one" : "The first one");
}

// One that has ended is followed by the next; one that somebody opened otherwise ends the queue.
void OverlayLayer::follow_queue(const PlaybackSnapshot& playback) {
  if (std::exchange(queue_media_, playback.media) != playback.media && !playback.media.empty())
    queue_.follow(playback.media);
  const bool has_ended = playback.state == PlayState::kEnded && playback_state_ != PlayState::kEnded &&
                         !playback.rate.is_negative() && !playback.is_looping;
  const LibraryItem* current = queue_.current();
  if (!has_ended || current == nullptr || current->media != playback.media) return;
  if (const LibraryItem* next = queue_.go(1)) open(*next);
}

// The keyboard belongs to what is in front: Escape closes it, Tab and the arrows go through it.
bool OverlayLayer::on_modal_key(const app::KeyEvent& event) {
  if (!is_modal_open() || event.action == app::KeyAction::kUp) return false;
  if (event.key == app::Key::kEscape) return dialogs_.close() || picker_.close();
  return on_focus_key(event) || !host_->is_keyboard_taken();
}

bool OverlayLayer::on_browser_key(const app::KeyEvent& event) {
  if (page_of(playback_.snapshot()) != Page::kLibrary || event.action == app::KeyAction::kUp) return false;
  return on_focus_key(event);
}

// Tab goes through the controls, the arrows to what lies there, Enter and Space press it, M opens its menu. While a
// text is typed only Tab and Down are taken, which leave it.
bool OverlayLayer::on_focus_key(const app::KeyEvent& event) {
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
