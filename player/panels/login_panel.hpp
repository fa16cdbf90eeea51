// Where the player meets a server: address, sign in or register, warnings about the server's key.
#pragma once

#include <string>

#include "player/panels/panel_context.hpp"

namespace zoe::player {

// Main thread. Shown while nobody is signed in.
class LoginPanel {
 public:
  explicit LoginPanel(const ServerLink::Remembered& remembered);

  // Draws the card in the middle of the screen.
  void draw(const PanelContext& context, float alpha);

  // Whether this program looks for servers on its network at all.
  void set_lan(bool is_possible) { is_lan_possible_ = is_possible; }

  // Where the card was drawn last.
  const ui::Box& box() const { return box_; }

 private:
  enum class Mode { kLogIn, kRegister };

  class Layout;
  void draw_head(const PanelContext& context, Layout& layout);
  void draw_form(const PanelContext& context, Layout& layout);
  void draw_server(const PanelContext& context, Layout& layout);
  void draw_found(const PanelContext& context, Layout& layout);
  void draw_account(const PanelContext& context, Layout& layout);
  void draw_code(const PanelContext& context, Layout& layout);
  void draw_problem(const PanelContext& context, Layout& layout);
  void draw_actions(const PanelContext& context, Layout& layout);
  void draw_key_changed(const PanelContext& context, Layout& layout);
  void draw_foot(const PanelContext& context, Layout& layout);
  void submit(const PanelContext& context);
  bool connect(const PanelContext& context);

  std::string address_;
  std::string name_;
  std::string password_;
  std::string code_;
  std::string problem_;  // found here, before the server is asked
  Mode mode_ = Mode::kLogIn;
  bool is_remembered_ = true;
  bool is_code_shown_ = false;
  bool is_submitted_ = false;  // Enter was pressed in a field of this frame
  bool wants_first_focus_ = true;
  bool is_lan_possible_ = false;
  bool is_new_ = true;  // not drawn yet
  float height_ = 0;    // of the card, as the last frame found it
  ui::Box box_;
};

}  // namespace zoe::player
