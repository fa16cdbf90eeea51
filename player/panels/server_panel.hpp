// The control panel: what the server does, and the operator's buttons. Fills the window.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/ui/panel.hpp"
#include "engine/ui/ui.hpp"
#include "engine/ui/widgets.hpp"
#include "player/client/admin_feed.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// Borrowed for one frame of the interface.
struct ServerScene {
  const LinkSnapshot& link;
  const AdminSnapshot& admin;
  std::int64_t utc_ns = 0;
  bool is_alone = false;  // there is no player behind it to go back to
};

// What the panel wants done.
struct ServerRequests {
  std::vector<AdminCommand> commands;
  bool refresh = false;
  bool leave = false;
  bool sign_out = false;
};

// Main thread. Every control has a landmark: "tab.plugins", "plugin.codec_jpeg.swap", "dialog.confirm", …
class ServerPanel {
 public:
  void draw(ui::Ui& ui, const ServerScene& scene, ServerRequests& requests, float alpha);

  AdminTab tab() const { return tab_; }
  void show(AdminTab tab) { tab_ = tab; }
  // Esc: closes the dialog; false where none is open.
  bool close_dialog();
  const ui::Box& box() const { return box_; }

 private:
  struct Frame {
    ui::Ui& ui;
    const ServerScene& scene;
    ServerRequests& requests;
  };
  enum class DialogKind : std::uint8_t { kConfirm = 1, kCreateUser, kResetPassword };
  struct Dialog {
    DialogKind kind = DialogKind::kConfirm;
    std::string title;
    std::string text;
    std::string confirm;
    bool is_dangerous = false;
    bool is_fresh = true;
    AdminCommand command;
    std::string name;
    std::string password;
    int role = 1;
  };

  void draw_rail(const Frame& frame, ui::Box rail, bool is_narrow);
  void draw_head(const Frame& frame, ui::Box head);
  void draw_body(const Frame& frame, const ui::Box& body);
  void draw_dialog(const Frame& frame);
  void ask(Dialog dialog) { dialog_ = std::move(dialog); }
  // True where there is nothing to show yet, and that was shown instead.
  bool draw_state(const Frame& frame, const ui::Box& area, bool has_value, const std::string& error);

  void draw_overview(const Frame& frame, const ui::Box& area);
  void draw_store(const Frame& frame, const ui::Box& area);
  void draw_plugins(const Frame& frame, const ui::Box& area);
  float draw_plugin(const Frame& frame, const ui::Box& row, const AdminPlugin& plugin);
  void draw_plugin_buttons(const Frame& frame, ui::Box buttons, const AdminPlugin& plugin);
  void draw_clients(const Frame& frame, const ui::Box& area);
  void draw_client(const Frame& frame, ui::Box card, const AdminClient& client);
  void draw_users(const Frame& frame, const ui::Box& area);
  void draw_user(const Frame& frame, ui::Box row, const AdminUser& user);
  void draw_log(const Frame& frame, const ui::Box& area);
  void draw_log_lines(const Frame& frame, const ui::Box& area, std::span<const AdminLogLine* const> lines);

  AdminTab tab_ = AdminTab::kOverview;
  ui::Box box_;
  std::optional<Dialog> dialog_;
  int log_level_ = 0;  // 0 all, 1 from warning, 2 errors
  std::string log_search_;
  bool follows_log_ = true;
  std::unordered_map<std::uint64_t, float> log_heights_;
  float log_width_ = 0;
};

}  // namespace zoe::player
