#include "player/panels/login_panel.hpp"

#include <array>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/brand.hpp"
#include "player/panels/format.hpp"
#include "player/panels/server_list.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Enabled;
using ui::TextStyle;
using ui::Ui;

constexpr float kCardWidth = 420;
constexpr float kPadding = 32;
constexpr float kFieldGap = 16;

bool is_busy(const LinkSnapshot& link) {
  return link.state == LinkState::kConnecting || link.state == LinkState::kSigningIn;
}

bool is_connected(const LinkSnapshot& link) {
  return link.state == LinkState::kSignInNeeded || link.state == LinkState::kSigningIn;
}

// Who registers needs a code from somebody.
bool wants_invite(const LinkSnapshot& link) { return is_connected(link) && link.auth.needs_invite; }

// What is typed names the server that the link speaks (or spoke) of.
bool is_same_server(const std::string& typed, const LinkSnapshot& link) {
  const auto address = ServerAddress::parse(typed);
  return address && address->to_string() == link.address;
}

std::string lead_text(const LinkSnapshot& link) {
  if (is_connected(link) && !link.server_name.empty()) return "Sign in to " + link.server_name;
  return "Connect to a server and sign in";
}

}  // namespace

// Rows from the top of the card downwards.
class LoginPanel::Layout {
 public:
  Layout(Ui& ui, const Box& inner) : ui_(ui), inner_(inner), y_(inner.y) {}

  Box row(float height) {
    const Box box{inner_.x, y_, inner_.w, height};
    y_ += height;
    return box;
  }
  void gap(float units) { y_ += ui_.px(units); }
  float paragraph(TextStyle style, ui::Color color, std::string_view text) {
    const float height = ui_.paragraph({inner_.x, y_}, inner_.w, style, color, text);
    y_ += height;
    return height;
  }
  float y() const { return y_; }
  float x() const { return inner_.x; }
  float width() const { return inner_.w; }

  ui::FieldResult field(const char* id, std::string_view label, std::string& text, const ui::TextField& what) {
    const Box head = row(ui_.line_height(TextStyle::kCaption));
    ui_.label(head, TextStyle::kCaption, ui_.palette().text_muted, label);
    gap(6);
    const Box box = row(ui_.px(ui_.theme().control.height));
    ui_.mark(std::string("login.") + id, box, what.kind == ui::FieldKind::kPassword ? "" : text);
    return ui::text_field(ui_, id, box, text, what);
  }

 private:
  Ui& ui_;
  Box inner_;
  float y_;
};

LoginPanel::LoginPanel(const ServerLink::Remembered& remembered)
    : address_(remembered.address), name_(remembered.name) {}

void LoginPanel::draw(const PanelContext& context, float alpha) {
  Ui& ui = context.ui;
  if (std::exchange(is_new_, false) && address_.empty()) address_ = context.scene.link.address;
  const float margin = ui.px(ui.theme().space.m);
  const float width = std::min(ui.px(kCardWidth), ui.screen().w - 2 * margin);
  const float height = std::min(height_ > 0 ? height_ : ui.px(460), ui.screen().h - 2 * margin);
  box_ = ui.screen().centered(width, height);
  // The first frame only measures.
  const ui::Panel panel(ui, "login", box_, {.ground = ui::Ground::kSolid, .alpha = height_ > 0 ? alpha : 0.01F});
  if (!panel.is_open()) return;
  const bool is_short = height_ > height;
  ui::ScrollArea scroll(ui, "login-scroll", box_.inset(0, ui.px(1)));
  const float padding = ui.px(width < ui.px(kCardWidth) ? 20 : kPadding);
  Layout layout(ui, {box_.x + padding, scroll.origin().y + padding, box_.w - 2 * padding, box_.h});
  is_submitted_ = false;
  if (context.scene.link.state == LinkState::kKeyChanged)
    draw_key_changed(context, layout);
  else
    draw_form(context, layout);
  const float content = layout.y() - scroll.origin().y + padding;
  scroll.set_height(is_short ? content : 1);
  if (std::exchange(height_, content + 2 * ui.px(1)) != content + 2 * ui.px(1)) ui.keep_moving();
}

void LoginPanel::draw_head(const PanelContext& context, Layout& layout) {
  Ui& ui = context.ui;
  const Box row = layout.row(ui.px(40));
  draw_mark(ui, {row.x + ui.px(20), row.center().y}, ui.px(20));
  Box text = row;
  text.cut_left(ui.px(56));
  ui.label(text, TextStyle::kHeadline, ui.palette().text, "Zoetrope");
  layout.gap(8);
  ui.label(layout.row(ui.line_height(TextStyle::kBody)), TextStyle::kBody, ui.palette().text_muted,
           lead_text(context.scene.link));
  layout.gap(24);
}

void LoginPanel::draw_form(const PanelContext& context, Layout& layout) {
  const LinkSnapshot& link = context.scene.link;
  draw_head(context, layout);
  draw_server(context, layout);
  draw_found(context, layout);
  const bool has_no_accounts = is_connected(link) && !link.auth.can_log_in && !link.auth.can_register;
  if (!has_no_accounts) {
    draw_account(context, layout);
    draw_code(context, layout);
  }
  draw_problem(context, layout);
  draw_actions(context, layout);
  draw_foot(context, layout);
}

void LoginPanel::draw_server(const PanelContext& context, Layout& layout) {
  Ui& ui = context.ui;
  const LinkSnapshot& link = context.scene.link;
  const bool wants_focus = wants_first_focus_ && address_.empty();
  const float right = layout.x() + layout.width();
  const float top = layout.y();
  const ui::FieldResult field = layout.field("server", "Server", address_,
                                             {.hint = "address or address:port",
                                              .icon = ui::icon::kServer,
                                              .enabled = is_busy(link) ? Enabled::kNo : Enabled::kYes,
                                              .has_error = link.state == LinkState::kFailed,
                                              .wants_focus = wants_focus});
  if (wants_focus) wants_first_focus_ = false;
  if (field.is_changed) problem_.clear();
  // What the server offers is known before the rest of the form is filled in.
  if (field.is_left && !field.is_submitted && !address_.empty() && !is_same_server(address_, link)) connect(context);
  if (field.is_submitted) {
    if (is_connected(link) && is_same_server(address_, link))
      is_submitted_ = true;
    else
      connect(context);
  }
  if (is_connected(link)) {
    const std::string_view state = link.is_encrypted ? "Connected, encrypted" : "Connected";
    const float width = ui.text_width(TextStyle::kCaption, state);
    const Box text{right - width, top, width, ui.line_height(TextStyle::kCaption)};
    ui.label(text, TextStyle::kCaption, ui.palette().good, state);
  }
  layout.gap(kFieldGap);
}

// Until one is chosen: what its own answers say counts more than what it called itself before.
void LoginPanel::draw_found(const PanelContext& context, Layout& layout) {
  const LinkSnapshot& link = context.scene.link;
  if (!is_lan_possible_ || is_busy(link) || is_connected(link)) return;
  const Box box = layout.row(server_list_height(context));
  if (const net::FoundServer* server = draw_server_list(context, box)) {
    address_ = server->address;
    connect(context);
  }
  layout.gap(kFieldGap);
}

void LoginPanel::draw_account(const PanelContext& context, Layout& layout) {
  Ui& ui = context.ui;
  const LinkSnapshot& link = context.scene.link;
  const Enabled enabled = is_busy(link) ? Enabled::kNo : Enabled::kYes;
  if (!is_connected(link) || link.auth.can_register) {
    constexpr std::array<std::string_view, 2> kModes{"Log in", "Register"};
    const Box row = layout.row(ui.px(36));
    ui.mark("login.mode", row, kModes[mode_ == Mode::kLogIn ? 0 : 1]);
    const int chosen = ui::segmented(ui, "mode", row, kModes, mode_ == Mode::kLogIn ? 0 : 1);
    const Mode mode = chosen == 0 ? Mode::kLogIn : Mode::kRegister;
    if (std::exchange(mode_, mode) != mode) problem_.clear();
    layout.gap(kFieldGap);
  } else {
    mode_ = Mode::kLogIn;
  }
  const bool wants_focus = wants_first_focus_ && !address_.empty();
  const ui::FieldResult name = layout.field("name", "Name", name_,
                                            {.hint = "your name on this server",
                                             .icon = ui::icon::kUser,
                                             .enabled = enabled,
                                             .wants_focus = wants_focus && name_.empty()});
  layout.gap(kFieldGap);
  const ui::FieldResult password = layout.field("password", "Password", password_,
                                                {.hint = mode_ == Mode::kRegister ? "at least 8 characters" : "",
                                                 .icon = ui::icon::kKey,
                                                 .kind = ui::FieldKind::kPassword,
                                                 .enabled = enabled,
                                                 .wants_focus = wants_focus && !name_.empty()});
  if (wants_focus) wants_first_focus_ = false;
  if (name.is_changed || password.is_changed) problem_.clear();
  is_submitted_ = is_submitted_ || name.is_submitted || password.is_submitted;
  layout.gap(kFieldGap);
}

void LoginPanel::draw_code(const PanelContext& context, Layout& layout) {
  Ui& ui = context.ui;
  const LinkSnapshot& link = context.scene.link;
  ui::checkbox(ui, "remember", layout.row(ui.px(20)), "Stay signed in on this computer", is_remembered_);
  layout.gap(kFieldGap);
  if (mode_ != Mode::kRegister) return;
  if (wants_invite(link)) {
    const bool is_either = link.auth.code_makes_admin;
    const ui::FieldResult code =
        layout.field("code", is_either ? "Invite code, or the server's one-time admin code" : "Invite code", code_,
                     {.hint = "from somebody who runs this server", .icon = ui::icon::kTicket});
    if (code.is_changed) problem_.clear();
    is_submitted_ = is_submitted_ || code.is_submitted;
    layout.gap(kFieldGap);
    return;
  }
  if (is_connected(link) && !link.auth.code_makes_admin) return;
  if (!is_code_shown_) {
    const Box row = layout.row(ui.line_height(TextStyle::kBody));
    if (ui::link(ui, "have-code", row.min(), "I have the server's one-time admin code")) is_code_shown_ = true;
  } else {
    const ui::FieldResult code = layout.field(
        "code", "Admin code", code_, {.hint = "printed by the server at its first start", .icon = ui::icon::kShield});
    is_submitted_ = is_submitted_ || code.is_submitted;
  }
  layout.gap(kFieldGap);
}

void LoginPanel::draw_problem(const PanelContext& context, Layout& layout) {
  Ui& ui = context.ui;
  const LinkSnapshot& link = context.scene.link;
  std::string text = !problem_.empty() || is_busy(link) ? problem_ : link.error;
  const bool is_closed = is_connected(link) && !link.auth.can_log_in && !link.auth.can_register && !link.auth.is_guest;
  if (text.empty() && is_closed)
    text = "This server takes nobody in: its operator has set up no accounts and no guests.";
  if (text.empty()) return;
  const float beside = ui.px(16) + ui.px(10);
  const float inner_width = layout.width() - 2 * ui.px(12) - beside;
  const float height = ui.paragraph_height(inner_width, TextStyle::kBody, text, 6) + 2 * ui.px(10);
  const Box box = layout.row(height);
  ui.fill(box, ui.palette().error.with_alpha(0.12F), ui.px(ui.theme().radius.medium));
  Box inner = box.inset(ui.px(12), ui.px(10));
  Box icon = inner.cut_left(ui.px(16));
  ui.icon(icon.cut_top(std::round(ui.line_height(TextStyle::kBody) * 1.15F)), TextStyle::kIcon, ui.palette().error,
          ui::icon::kWarning);
  inner.cut_left(ui.px(10));
  ui.paragraph(inner.min(), inner.w, TextStyle::kBody, ui.palette().text, text, 6);
  layout.gap(kFieldGap);
}

void LoginPanel::draw_actions(const PanelContext& context, Layout& layout) {
  Ui& ui = context.ui;
  const LinkSnapshot& link = context.scene.link;
  const float height = ui.px(ui.theme().control.height);
  const bool has_accounts = !is_connected(link) || link.auth.can_log_in || link.auth.can_register;
  if (is_busy(link)) {
    Box row = layout.row(height);
    const Box cancel = row.cut_right(ui.px(96));
    row.cut_right(ui.px(8));
    const std::string_view text = link.state == LinkState::kConnecting ? "Connecting\u2026" : "Signing in\u2026";
    ui::button(ui, "busy", row, {.text = text, .kind = ui::ButtonKind::kPrimary, .is_busy = true});
    if (ui::button(ui, "cancel", cancel, {.text = "Cancel"})) context.link.disconnect();
    return;
  }
  if (has_accounts) {
    const std::string_view text = mode_ == Mode::kLogIn ? "Log in" : "Create account";
    const bool has_code = mode_ == Mode::kLogIn || !wants_invite(link) || !code_.empty();
    const bool is_complete = !address_.empty() && !name_.empty() && !password_.empty() && has_code;
    const Box place = layout.row(height);
    ui.mark("login.submit", place, is_complete ? "ready" : "");
    const bool is_pressed = ui::button(
        ui, "submit", place,
        {.text = text, .kind = ui::ButtonKind::kPrimary, .enabled = is_complete ? Enabled::kYes : Enabled::kNo});
    if (is_complete && (is_pressed || is_submitted_)) submit(context);
  }
  if (is_connected(link) && link.auth.is_guest) {
    if (has_accounts) layout.gap(8);
    const ui::ButtonKind kind = has_accounts ? ui::ButtonKind::kSecondary : ui::ButtonKind::kPrimary;
    if (ui::button(ui, "guest", layout.row(height), {.text = "Continue as guest", .kind = kind}))
      context.link.enter_as_guest();
  }
}

void LoginPanel::draw_foot(const PanelContext& context, Layout& layout) {
  Ui& ui = context.ui;
  const LinkSnapshot& link = context.scene.link;
  if (!is_connected(link)) return;
  layout.gap(20);
  if (link.is_encrypted && link.is_key_new) {
    layout.paragraph(TextStyle::kCaption, ui.palette().warning,
                     "You are here for the first time. If you want to be sure that this is the right server, ask its "
                     "operator whether the key below is its key; from now on a change of it is noticed.");
    layout.gap(10);
  }
  Box row = layout.row(ui.line_height(TextStyle::kCaption));
  const std::string_view glyph = link.is_encrypted ? ui::icon::kLock : ui::icon::kUnlock;
  const ui::Color color = link.is_encrypted ? ui.palette().text_faint : ui.palette().warning;
  ui.icon(row.cut_left(ui.px(14)), TextStyle::kIcon, color, glyph);
  row.cut_left(ui.px(8));
  if (!link.is_encrypted) {
    ui.label(row, TextStyle::kCaption, color, "Not encrypted: this connection stays on this computer");
    return;
  }
  ui.label(row, TextStyle::kCaption, color, "Server key " + fingerprint_text(link.key_pin, 6));
  const ui::Press press = ui::pressable(ui, "key", row, Enabled::kNo);
  if (press.is_hovered) ui.tip(row, "Ask the operator whether the server's key begins like this");
}

void LoginPanel::draw_key_changed(const PanelContext& context, Layout& layout) {
  Ui& ui = context.ui;
  const LinkSnapshot& link = context.scene.link;
  const ui::Palette& palette = ui.palette();
  Box head = layout.row(ui.px(40));
  ui.icon(head.cut_left(ui.px(32)), TextStyle::kIconLarge, palette.error, ui::icon::kShield);
  head.cut_left(ui.px(12));
  ui.label(head, TextStyle::kTitle, palette.text, "The server's key has changed");
  layout.gap(16);
  layout.paragraph(TextStyle::kBody, palette.text_muted,
                   link.address +
                       " showed another key than last time. Its operator may have set it up anew. Or somebody "
                       "else answers in its place, to get at your password.");
  layout.gap(16);
  const auto key = [&](std::string_view label, const std::string& pin) {
    Box row = layout.row(ui.px(48));
    ui.fill(row, palette.field, ui.px(ui.theme().radius.medium));
    row = row.inset(ui.px(12), ui.px(6));
    ui.label(row.cut_top(row.h / 2), TextStyle::kCaption, palette.text_faint, label);
    ui.label(row, TextStyle::kCaption, palette.text, fingerprint_text(pin, 8) + " \u2026");
    layout.gap(8);
  };
  key("Key until now", link.former_key_pin);
  key("Key shown today", link.key_pin);
  layout.gap(8);
  layout.paragraph(TextStyle::kBody, palette.text_muted,
                   "Ask the operator before you go on. What you were signed in with here will be forgotten.");
  layout.gap(20);
  Box row = layout.row(ui.px(ui.theme().control.height));
  const Box leave = row.cut_left((row.w - ui.px(8)) / 2);
  row.cut_left(ui.px(8));
  if (ui::button(ui, "leave", leave, {.text = "Leave", .kind = ui::ButtonKind::kPrimary})) context.link.disconnect();
  if (ui::button(ui, "trust", row, {.text = "Trust the new key"})) context.link.accept_key();
}

bool LoginPanel::connect(const PanelContext& context) {
  const auto address = ServerAddress::parse(address_);
  if (!address) {
    problem_ = address.error().message;
    return false;
  }
  problem_.clear();
  context.link.connect(*address);
  return true;
}

void LoginPanel::submit(const PanelContext& context) {
  const LinkSnapshot& link = context.scene.link;
  const bool needs_connection = !is_connected(link) || !is_same_server(address_, link);
  if (needs_connection && !connect(context)) return;
  const Remember remember = is_remembered_ ? Remember::kToken : Remember::kNo;
  if (mode_ == Mode::kLogIn)
    context.link.log_in(name_, password_, remember);
  else
    context.link.register_account(name_, password_, is_code_shown_ || wants_invite(link) ? code_ : std::string(),
                                  remember);
  password_.clear();
}

}  // namespace zoe::player
