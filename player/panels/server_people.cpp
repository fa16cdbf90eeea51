// The pages of who is connected and who may be.
#include <fmt/format.h>

#include <algorithm>

#include "engine/ui/icons.hpp"
#include "player/client/admin_messages.hpp"
#include "player/panels/format.hpp"
#include "player/panels/server_panel.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

ui::Color color_of(Ui& ui, std::string_view role) {
  if (role == "admin") return ui.palette().accent;
  return role == "member" ? ui.palette().lane_network : ui.palette().text_muted;
}

constexpr float kStreamHeight = 28;

}  // namespace

void ServerPanel::draw_clients(const Frame& frame, const Box& area) {
  Ui& ui = frame.ui;
  const AdminSnapshot& admin = frame.scene.admin;
  if (draw_state(frame, area, admin.clients.value != nullptr, admin.clients.error)) return;
  const AdminClients& clients = *admin.clients.value;
  if (clients.clients.empty()) {
    draw_notice(ui, area, ui::icon::kSignal, "Nobody is connected", "Players appear here when they connect.");
    return;
  }
  Box rest = area;
  const std::string shown = static_cast<std::int64_t>(clients.clients.size()) < clients.total
                                ? fmt::format("The first {} of {} clients", clients.clients.size(), clients.total)
                                : fmt::format("{} connected", clients.total);
  ui.label(rest.cut_top(ui.px(28)), TextStyle::kBody, ui.palette().text_muted, shown);
  ui::ScrollArea scroll(ui, "clients", {rest.x, rest.y, rest.w + ui.px(16), rest.h});
  float y = scroll.origin().y;
  for (const AdminClient& client : clients.clients) {
    const float streams =
        client.streams.empty() ? 0 : static_cast<float>(client.streams.size()) * ui.px(kStreamHeight) + ui.px(10);
    const Box card{scroll.origin().x, y, area.w, ui.px(60) + streams};
    draw_client(frame, card, client);
    y += card.h + ui.px(10);
  }
  scroll.set_height(y - scroll.origin().y);
}

void ServerPanel::draw_client(const Frame& frame, Box card, const AdminClient& client) {
  Ui& ui = frame.ui;
  const ui::Palette& palette = ui.palette();
  draw_card(ui, card);
  const std::string name = fmt::format("client.{}", client.client);
  ui.mark(name, card, client.user);
  ImGui::PushID(static_cast<int>(client.client));
  Box rest = card.inset(ui.px(16), 0);
  Box top = rest.cut_top(ui.px(60));
  const Box end = top.cut_right(ui.px(36)).centered(ui.px(36), ui.px(36));
  ui.mark(name + ".end", end);
  if (ui::icon_button(ui, "end", end, {.icon = ui::icon::kClose, .tip = "End this connection"}))
    ask({.title = "End " + client.user + "'s connection?",
         .text =
             fmt::format("{} streams end at {}. The player may connect again.", client.streams.size(), client.address),
         .confirm = "End it",
         .is_dangerous = true,
         .command = {.verb = AdminVerb::kEndClient, .number = client.client, .name = client.user}});
  top.cut_right(ui.px(16));
  const float column = ui.px(120);
  const auto column_of = [&](std::string_view label, const std::string& value) {
    Box text = top.cut_right(column).centered(column, ui.px(42));
    ui.label(text.cut_top(ui.px(18)), TextStyle::kCaption, palette.text_faint, label);
    ui.label(text, TextStyle::kBody, palette.text, value);
  };
  const std::int64_t since_s = (frame.scene.utc_ns - client.since_utc_ns) / kNsPerS;
  column_of("Connected", client.since_utc_ns > 0 ? span_text(since_s) : "\u2013");
  column_of("Sent in all", bytes_text(static_cast<double>(client.bytes_sent)));
  column_of("Bandwidth", rate_text(client.bytes_per_s));
  if (card.w > ui.px(900)) column_of("Transport", fmt::format("{} \u00B7 {}", client.transport, client.generation));
  Box text = top.centered(top.w, ui.px(42));
  Box title = text.cut_top(ui.px(22));
  const float width = std::min(ui.text_width(TextStyle::kStrong, client.user), title.w - pill_width(ui, client.role));
  ui.label(title.cut_left(width), TextStyle::kStrong, palette.text, client.user);
  title.cut_left(ui.px(8));
  if (!client.role.empty()) draw_pill(ui, {title.x, title.center().y}, client.role, color_of(ui, client.role));
  ui.label(text, TextStyle::kCaption, palette.text_muted,
           client.program.empty() ? client.address : client.address + "  \u00B7  " + client.program);
  ImGui::PopID();
  for (const AdminStream& stream : client.streams) {
    Box row = rest.cut_top(ui.px(kStreamHeight));
    ui.fill({row.x, row.y, row.w, ui.px(1)}, palette.line);
    const float ahead_s = static_cast<float>(std::max<std::int64_t>(stream.granted_us - stream.sent_us, 0)) / 1e6F;
    const auto cell = [&](float wide, const std::string& value, ui::Color color) {
      ui.label(row.cut_right(wide), TextStyle::kCaption, color, value, ui::Align::kRight);
      row.cut_right(ui.px(12));
    };
    cell(ui.px(150), fmt::format("sent {:.1f} s, {:.1f} s open", static_cast<double>(stream.sent_us) / 1e6, ahead_s),
         palette.text_muted);
    cell(ui.px(72), time_text(stream.position_us), palette.text);
    cell(ui.px(84), stream.is_paused ? "paused" : speed_text(stream.rate) + (stream.is_looping ? " repeats" : ""),
         palette.text_muted);
    cell(ui.px(84), rendition_text(stream.rendition), palette.text_muted);
    ui.icon(row.cut_left(ui.px(20)), TextStyle::kIcon, palette.text_faint,
            stream.is_paused ? ui::icon::kPause : ui::icon::kPlay);
    row.cut_left(ui.px(10));
    ui.label(row, TextStyle::kBody, palette.text, stream.title.empty() ? stream.media : stream.title);
  }
}

void ServerPanel::draw_users(const Frame& frame, const Box& area) {
  Ui& ui = frame.ui;
  const AdminSnapshot& admin = frame.scene.admin;
  if (draw_state(frame, area, admin.users.value != nullptr, admin.users.error)) return;
  Box rest = area;
  Box head = rest.cut_top(ui.px(40));
  const ui::Button create{.text = "Create account", .kind = ui::ButtonKind::kPrimary, .icon = ui::icon::kPlus};
  const Box place = head.cut_right(ui::button_width(ui, create));
  ui.mark("users.create", place);
  if (ui::button(ui, "create", place, create))
    ask({.kind = DialogKind::kCreateUser,
         .title = "Create an account",
         .confirm = "Create",
         .command = {.verb = AdminVerb::kCreateUser}});
  const AdminAction* newest = nullptr;
  for (const AdminAction& each : admin.actions)
    if (each.plugin.empty() && each.state != AdminAction::State::kRunning) newest = &each;
  const bool is_failed = newest != nullptr && newest->state == AdminAction::State::kFailed;
  const std::string said = newest != nullptr ? newest->message : fmt::format("{} accounts", admin.users.value->size());
  ui.mark("users.said", head, said);
  ui.label(head, TextStyle::kBody, is_failed ? ui.palette().error : ui.palette().text_muted, said);
  rest.cut_top(ui.px(16));
  ui::ScrollArea scroll(ui, "users", {rest.x, rest.y, rest.w + ui.px(16), rest.h});
  float y = scroll.origin().y;
  for (const AdminUser& user : *admin.users.value) {
    draw_user(frame, {scroll.origin().x, y, area.w, ui.px(60)}, user);
    y += ui.px(60 + 8);
  }
  scroll.set_height(y - scroll.origin().y);
}

void ServerPanel::draw_user(const Frame& frame, Box row, const AdminUser& user) {
  Ui& ui = frame.ui;
  const ui::Palette& palette = ui.palette();
  draw_card(ui, row);
  const std::string name = "user." + user.name;
  ui.mark(name, row, user.is_disabled ? "disabled" : to_string(user.role));
  ImGui::PushID(static_cast<int>(user.user_id));
  Box rest = row.inset(ui.px(16), 0);
  const auto next = [&](float width, std::string_view what) {
    const Box box = rest.cut_right(width).centered(width, ui.px(36));
    rest.cut_right(ui.px(8));
    ui.mark(name + "." + std::string(what), box);
    return box;
  };
  const bool is_self = user.name == frame.scene.link.principal.name;
  if (ui::icon_button(ui, "lock", next(ui.px(36), "lock"),
                      {.icon = user.is_disabled ? ui::icon::kUnlock : ui::icon::kBan,
                       .tip = user.is_disabled ? "Let in again" : "Lock out"})) {
    const AdminCommand command{
        .verb = AdminVerb::kSetDisabled, .number = user.user_id, .name = user.name, .is_disabled = !user.is_disabled};
    if (user.is_disabled)
      frame.requests.commands.push_back(command);
    else
      ask({.title = "Lock " + user.name + " out?",
           .text = std::string("The sessions of this account end at once, and nobody can sign in with it.") +
                   (is_self ? " It is your own account." : ""),
           .confirm = "Lock out",
           .is_dangerous = true,
           .command = command});
  }
  if (ui::icon_button(ui, "reset", next(ui.px(36), "reset"), {.icon = ui::icon::kKey, .tip = "Set another password"}))
    ask({.kind = DialogKind::kResetPassword,
         .title = "Another password for " + user.name,
         .text = "The sessions of this account end at once.",
         .confirm = "Set it",
         .command = {.verb = AdminVerb::kResetPassword, .number = user.user_id, .name = user.name}});
  const Box role_box = next(ui.px(240), "role");
  static constexpr std::array<std::string_view, 3> kRoles{"Guest", "Member", "Admin"};
  const int now = static_cast<int>(user.role) - 1;
  const int chosen = ui::segmented(ui, "role", role_box, kRoles, now);
  if (chosen != now)
    ask({.title = fmt::format("Make {} {}?", user.name, to_string(static_cast<Role>(chosen + 1))),
         .text = is_self ? "It is your own account: you may lose this panel." : "It counts at once.",
         .confirm = "Change",
         .is_dangerous = is_self,
         .command = {.verb = AdminVerb::kSetRole,
                     .number = user.user_id,
                     .name = user.name,
                     .role = static_cast<Role>(chosen + 1)}});
  Box text = rest.centered(rest.w, ui.px(42));
  Box title = text.cut_top(ui.px(22));
  const float width = std::min(ui.text_width(TextStyle::kStrong, user.name), title.w);
  ui.label(title.cut_left(width), TextStyle::kStrong, user.is_disabled ? palette.text_faint : palette.text, user.name);
  title.cut_left(ui.px(8));
  if (user.is_disabled && title.w > pill_width(ui, "locked out"))
    draw_pill(ui, {title.x, title.center().y}, "locked out", palette.error);
  ui.label(text, TextStyle::kCaption, palette.text_muted, "since " + date_text(user.created_utc_ns));
  ImGui::PopID();
}

}  // namespace zoe::player
