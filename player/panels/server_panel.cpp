#include "player/panels/server_panel.hpp"

#include <algorithm>
#include <utility>

#include "engine/ui/icons.hpp"
#include "player/panels/rail.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

struct Tab {
  AdminTab tab;
  std::string_view name;
  std::string_view mark;
  std::string_view icon;
};
constexpr std::array<Tab, 6> kTabs{{{AdminTab::kOverview, "Overview", "tab.overview", ui::icon::kDashboard},
                                    {AdminTab::kPlugins, "Plugins", "tab.plugins", ui::icon::kPuzzle},
                                    {AdminTab::kClients, "Clients", "tab.clients", ui::icon::kSignal},
                                    {AdminTab::kStore, "Segment store", "tab.store", ui::icon::kDatabase},
                                    {AdminTab::kLog, "Log", "tab.log", ui::icon::kLog},
                                    {AdminTab::kUsers, "Users", "tab.users", ui::icon::kUsers}}};

constexpr std::array<std::string_view, 3> kRoles{"Guest", "Member", "Admin"};

}  // namespace

bool ServerPanel::close_dialog() { return std::exchange(dialog_, std::nullopt).has_value(); }

void ServerPanel::draw(Ui& ui, const ServerScene& scene, ServerRequests& requests, float alpha) {
  box_ = ui.screen();
  {
    const ui::Panel panel(ui, "server", box_, {.ground = ui::Ground::kNone, .alpha = alpha});
    if (!panel.is_open()) return;
    ui.set_focus_scope(!dialog_);
    const Frame frame{ui, scene, requests};
    ui.fill(box_, ui.palette().ground);
    Box rest = box_;
    bool is_narrow = false;
    const Box rail = cut_rail(ui, rest, is_narrow);
    draw_rail(frame, rail, is_narrow);
    rest = rest.inset(ui.px(24), 0);
    draw_head(frame, rest.cut_top(ui.px(72)));
    rest.cut_bottom(ui.px(16));
    draw_body(frame, rest);
  }
  if (dialog_) draw_dialog({ui, scene, requests});
  ui.set_focus_scope(false);
}

void ServerPanel::draw_rail(const Frame& frame, Box rail, bool is_narrow) {
  Ui& ui = frame.ui;
  const float side = ui.px(8);
  const float height = ui.px(ui.theme().control.height);
  ImGui::PushID("rail");
  for (const Tab& each : kTabs)
    if (rail_item(ui, rail, {each.mark, each.name, each.icon, each.tab == tab_}, is_narrow)) tab_ = each.tab;
  rail.cut_bottom(ui.px(12));
  const std::string_view leave = frame.scene.is_alone ? "Sign out" : "Back to the player";
  const std::string_view leave_icon = frame.scene.is_alone ? ui::icon::kSignOut : ui::icon::kArrowLeft;
  const Box foot = rail.cut_bottom(height).inset(side, 0);
  ui.mark("leave", foot);
  const bool is_left =
      is_narrow
          ? ui::icon_button(ui, "leave", foot, {.icon = leave_icon, .tip = leave})
          : ui::button(ui, "leave", foot,
                       {.text = leave, .kind = ui::ButtonKind::kGhost, .icon = leave_icon, .style = TextStyle::kBody});
  if (is_left) (frame.scene.is_alone ? frame.requests.sign_out : frame.requests.leave) = true;
  ImGui::PopID();
  if (is_narrow) return;
  rail.cut_bottom(ui.px(8));
  Box who = rail.cut_bottom(ui.px(40)).inset(ui.px(20), 0);
  ui.label(who.cut_top(ui.px(20)), TextStyle::kStrong, ui.palette().text, frame.scene.link.principal.name);
  ui.label(who, TextStyle::kCaption, ui.palette().text_faint, "on " + frame.scene.link.server_name);
}

void ServerPanel::draw_head(const Frame& frame, Box head) {
  Ui& ui = frame.ui;
  const AdminSnapshot& admin = frame.scene.admin;
  const LinkState state = frame.scene.link.state;
  const bool is_live = state == LinkState::kSignedIn && admin.status.error.empty() && admin.status.value;
  const std::string_view word = state != LinkState::kSignedIn ? "Reconnecting" : is_live ? "Live" : "No answer";
  const ui::Color color = is_live ? ui.palette().good : ui.palette().warning;
  const float width = pill_width(ui, word);
  draw_pill(ui, {head.right() - width, head.center().y}, word, color);
  ui.mark("state", {head.right() - width, head.y, width, head.h}, word);
  head.cut_right(width + ui.px(16));
  std::string text;
  if (const auto& status = admin.status.value)
    text = "Version " + frame.scene.link.server_version + "  \u00B7  up " + span_text(status->uptime_s);
  const float text_width = ui.text_width(TextStyle::kBody, text);
  if (text_width + ui.px(200) < head.w)
    ui.label(head.cut_right(text_width), TextStyle::kBody, ui.palette().text_muted, text);
  for (const Tab& each : kTabs)
    if (each.tab == tab_) ui.label(head, TextStyle::kHeadline, ui.palette().text, each.name);
}

bool ServerPanel::draw_state(const Frame& frame, const Box& area, bool has_value, const std::string& error) {
  if (has_value) return false;
  Ui& ui = frame.ui;
  if (error.empty()) {
    const ImVec2 middle{area.center().x, area.y + area.h * 0.38F};
    ui::spinner(ui, middle, ui.px(18), ui.palette().accent);
    ui.label({area.x, middle.y + ui.px(34), area.w, ui.line_height(TextStyle::kBody)}, TextStyle::kBody,
             ui.palette().text_muted, "Asking the server", ui::Align::kCenter);
    return true;
  }
  const Box below = draw_notice(ui, area, ui::icon::kWarning, "The server does not tell", error);
  const ui::Button what{.text = "Try again", .icon = ui::icon::kRefresh};
  const float width = ui::button_width(ui, what);
  const Box place{std::round(below.center().x - width / 2), below.y, width, ui.px(ui.theme().control.height)};
  ui.mark("retry", place, error);
  if (ui::button(ui, "retry", place, what)) frame.requests.refresh = true;
  return true;
}

void ServerPanel::draw_body(const Frame& frame, const Box& body) {
  const LinkSnapshot& link = frame.scene.link;
  Ui& ui = frame.ui;
  if (link.principal.role != Role::kAdmin) {
    ui.mark("not-admin", body);
    draw_notice(ui, body, ui::icon::kLock, "Only for admins",
                link.principal.name +
                    " may watch, but not run this server. Ask one of its admins for the role, or "
                    "sign in with another account.");
    return;
  }
  if (link.state != LinkState::kSignedIn) {
    ui.mark("disconnected", body);
    draw_notice(ui, body, ui::icon::kUnlink, "The connection is gone",
                "Trying to reach " + link.address + " again. What is shown comes back by itself.");
    return;
  }
  switch (tab_) {
    case AdminTab::kOverview:
      return draw_overview(frame, body);
    case AdminTab::kPlugins:
      return draw_plugins(frame, body);
    case AdminTab::kClients:
      return draw_clients(frame, body);
    case AdminTab::kStore:
      return draw_store(frame, body);
    case AdminTab::kLog:
      return draw_log(frame, body);
    case AdminTab::kUsers:
      return draw_users(frame, body);
    case AdminTab::kCount:
      return;
  }
}

void ServerPanel::draw_dialog(const Frame& frame) {
  Ui& ui = frame.ui;
  Dialog& dialog = *dialog_;
  {
    const ui::Panel scrim(ui, "server-scrim", box_, {.ground = ui::Ground::kNone, .is_in_front = dialog.is_fresh});
    ui.fill(box_, ui.palette().scrim);
  }
  const bool has_name = dialog.kind == DialogKind::kCreateUser;
  const bool has_password = dialog.kind != DialogKind::kConfirm;
  const float width = std::min(ui.px(460), box_.w - 2 * ui.px(16));
  const float inner = width - 2 * ui.px(24);
  const float control = ui.px(ui.theme().control.height);
  const float text = dialog.text.empty() ? 0 : ui.paragraph_height(inner, TextStyle::kBody, dialog.text, 8) + ui.px(20);
  const float fields = (has_name ? 2 * (control + ui.px(12)) : 0) + (has_password ? control + ui.px(20) : 0);
  const Box box = box_.centered(width, ui.px(24) * 2 + ui.px(28) + ui.px(12) + text + fields + control);
  const ui::Panel panel(ui, "server-dialog", box, {.ground = ui::Ground::kSolid, .is_in_front = dialog.is_fresh});
  ui.set_focus_scope(true);
  Box rest = box.inset(ui.px(24));
  ui.label(rest.cut_top(ui.px(28)), TextStyle::kTitle, ui.palette().text, dialog.title);
  ui.mark("dialog", box, dialog.title);
  rest.cut_top(ui.px(12));
  if (text > 0)
    ui.paragraph(rest.cut_top(text).min(), inner, TextStyle::kBody, ui.palette().text_muted, dialog.text, 8);
  bool is_submitted = false;
  if (has_name) {
    const Box field = rest.cut_top(control);
    ui.mark("dialog.name", field, dialog.name);
    is_submitted = ui::text_field(ui, "name", field, dialog.name,
                                  {.hint = "Name", .icon = ui::icon::kUser, .wants_focus = dialog.is_fresh})
                       .is_submitted;
    rest.cut_top(ui.px(12));
  }
  if (has_password) {
    const Box field = rest.cut_top(control);
    ui.mark("dialog.password", field);
    const auto result = ui::text_field(ui, "password", field, dialog.password,
                                       {.hint = "Password, at least 8 characters",
                                        .icon = ui::icon::kKey,
                                        .kind = ui::FieldKind::kPassword,
                                        .wants_focus = dialog.is_fresh && !has_name});
    is_submitted = is_submitted || result.is_submitted;
    rest.cut_top(ui.px(has_name ? 12 : 20));
  }
  if (has_name) {
    dialog.role = ui::segmented(ui, "role", rest.cut_top(control), kRoles, dialog.role);
    rest.cut_top(ui.px(20));
  }
  const bool is_complete = (!has_name || !dialog.name.empty()) && (!has_password || !dialog.password.empty());
  Box row = rest.cut_top(control);
  const ui::Button confirm{.text = dialog.confirm,
                           .kind = dialog.is_dangerous ? ui::ButtonKind::kDanger : ui::ButtonKind::kPrimary,
                           .enabled = is_complete ? ui::Enabled::kYes : ui::Enabled::kNo};
  const Box yes = row.cut_right(std::max(ui::button_width(ui, confirm), ui.px(120)));
  row.cut_right(ui.px(8));
  const Box no = row.cut_right(ui.px(96));
  ui.mark("dialog.confirm", yes);
  ui.mark("dialog.cancel", no);
  const bool is_cancelled = ui::button(ui, "cancel", no, {.text = "Cancel"});
  const bool is_confirmed = ui::button(ui, "confirm", yes, confirm) || (is_submitted && is_complete);
  dialog.is_fresh = false;
  if (is_confirmed) {
    AdminCommand command = std::move(dialog.command);
    if (has_name) {
      command.name = dialog.name;
      command.role = static_cast<Role>(dialog.role + 1);
    }
    if (has_password) command.password = dialog.password;
    frame.requests.commands.push_back(std::move(command));
  }
  if (is_confirmed || is_cancelled) dialog_.reset();
}

}  // namespace zoe::player
