// The overlay layer's side of the control panel.
#include <algorithm>

#include "player/layers/overlay_layer.hpp"

namespace zoe::player {

bool OverlayLayer::is_server_open() const {
  const bool is_signed_in =
      link_snapshot_.state == LinkState::kSignedIn || link_snapshot_.state == LinkState::kReconnecting;
  return is_signed_in && (is_server_open_ || options_.is_control_panel);
}

void OverlayLayer::toggle_server() {
  if (link_snapshot_.principal.role != Role::kAdmin || options_.is_control_panel) return;
  is_server_open_ = !is_server_open_ && link_snapshot_.state == LinkState::kSignedIn;
  feed_at_ns_ = 0;
  frames_wanted_ = kFramesAfterEvent;
}

// Asks only while the panel is seen, and only an admin's questions.
void OverlayLayer::follow_server() {
  if (!is_server_open()) return;
  const bool may_ask = link_snapshot_.state == LinkState::kSignedIn && link_snapshot_.principal.role == Role::kAdmin;
  const std::int64_t now_ns = application_.clock().now_ns();
  feed_at_ns_ = may_ask ? feed_.update(server_.tab(), now_ns) : now_ns + kNsPerS;
  const std::uint64_t revision = feed_.revision();
  if (revision == feed_revision_) return;
  feed_revision_ = revision;
  frames_wanted_ = std::max(frames_wanted_, 1);
  std::uint64_t newest = told_action_;
  const auto admin = feed_.snapshot();  // held: the feed may replace it at any moment
  for (const AdminAction& action : admin->actions) {
    if (action.id <= told_action_ || action.state == AdminAction::State::kRunning) continue;
    toasts_.add(action.state == AdminAction::State::kDone ? ui::ToastKind::kGood : ui::ToastKind::kError,
                action.message);
    newest = std::max(newest, action.id);
  }
  told_action_ = newest;
}

// Up and Down go through the controls as Tab does. While a text is typed only Tab is taken, and Escape where it closes
// a dialog.
bool OverlayLayer::on_server_key(const app::KeyEvent& event) {
  if (!is_server_open() || event.action == app::KeyAction::kUp) return false;
  switch (event.key) {
    case app::Key::kEscape:  // also out of a text field
      return server_.close_dialog();
    case app::Key::kDown:
    case app::Key::kUp:
      if (host_->is_keyboard_taken()) return false;
      host_->focus().move_focus(event.key == app::Key::kUp ? -1 : 1);
      return true;
    default:
      return on_focus_key(event);
  }
}

void OverlayLayer::draw_server(ui::Ui& ui, float alpha) {
  const auto admin = feed_.snapshot();
  ServerRequests requests;
  const AdminTab before = server_.tab();
  server_.draw(ui,
               {.link = link_snapshot_,
                .admin = *admin,
                .utc_ns = application_.clock().utc_ns(),
                .is_alone = options_.is_control_panel},
               requests, alpha);
  for (const AdminCommand& command : requests.commands) feed_.run(command);
  if (requests.refresh) feed_.refresh();
  if (requests.sign_out) link_.sign_out();
  if (requests.leave) toggle_server();
  if (server_.tab() != before || !requests.commands.empty() || requests.refresh) frames_wanted_ = kFramesAfterEvent;
}

}  // namespace zoe::player
