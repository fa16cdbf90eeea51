#include "player/panels/room_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/client/room_link.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/room_views.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::Color;
using ui::TextStyle;
using ui::Ui;

constexpr float kWidth = 340;
constexpr float kHead = 52;
constexpr float kRow = 32;
constexpr float kWatched = 44;
constexpr float kGap = 10;
constexpr int kMostRowsShown = 7;
constexpr std::size_t kMostText = 500;

struct ReactionLook {
  std::string_view name;
  std::string_view text;
};
// Words, not pictures: the fonts have no emoji.
constexpr std::array<ReactionLook, 6> kReactions{
    {{"like", "Like"}, {"love", "Love"}, {"laugh", "Haha"}, {"wow", "Wow"}, {"sad", "Sad"}, {"clap", "Bravo"}}};

std::string_view reaction_text(const std::string& name) {
  for (const ReactionLook& each : kReactions)
    if (each.name == name) return each.text;
  return {};
}

// "+3 ms": how far ahead of the room somebody is.
std::string skew_text(std::int64_t skew_us) {
  const auto ms = static_cast<std::int64_t>(std::llround(static_cast<double>(skew_us) / 1000));
  if (ms == 0) return "0 ms";
  return ms < 0 ? fmt::format("\u2212{} ms", -ms) : fmt::format("+{} ms", ms);
}

}  // namespace

float RoomPanel::wanted_width(Ui& ui) { return ui.px(kWidth) + ui.px(ui.theme().space.m); }

void RoomPanel::draw(const PanelContext& context, float right, float top, float bottom, float openness) {
  Ui& ui = context.ui;
  const RoomSnapshot& room = context.scene.room;
  const float margin = ui.px(ui.theme().space.m);
  const float width = std::min(ui.px(kWidth), ui.screen().w - 2 * margin);
  const float slid = std::round((1.0F - openness) * (width + margin));
  box_ = {right - margin - width + slid, top, width, bottom - top};
  const ui::Panel panel(ui, "room", box_, {.alpha = room.now ? openness : 0});
  if (!panel.is_open()) return;
  Box rest = box_.inset(ui.px(16), 0);
  draw_head(context, rest.cut_top(ui.px(kHead)));
  if (room.now->entries.size() > 1) draw_watched(context, rest.cut_top(ui.px(kWatched)));
  const auto rows = static_cast<float>(std::min<std::size_t>(room.members.size(), kMostRowsShown));
  draw_members(context, rest.cut_top(std::min(rows * ui.px(kRow), rest.h / 2)));
  rest.cut_top(ui.px(kGap));
  rest.cut_bottom(ui.px(12));
  draw_views(context, rest.cut_top(ui.px(32)));
  rest.cut_top(ui.px(kGap));
  draw_view(context, rest);
}

void RoomPanel::draw_view(const PanelContext& context, Box area) {
  Ui& ui = context.ui;
  if (view_ == View::kPlaylist) return draw_room_playlist(context, area);
  if (view_ == View::kSettings) return draw_room_settings(context, area);
  draw_foot(context, area.cut_bottom(ui.px(ui.theme().control.height)));
  area.cut_bottom(ui.px(kGap));
  draw_reactions(context, area.cut_bottom(ui.px(ui.theme().control.compact)));
  area.cut_bottom(ui.px(kGap));
  draw_messages(context, area);
}

// Settings are the owner's: others have no such view.
void RoomPanel::draw_views(const PanelContext& context, const Box& row) {
  constexpr std::array<std::string_view, 3> kViews{"Chat", "Playlist", "Settings"};
  constexpr std::array<const char*, 3> kMarks{"room.view.chat", "room.view.playlist", "room.view.settings"};
  Ui& ui = context.ui;
  const std::size_t count = context.scene.room.now->is_own ? 3 : 2;
  if (static_cast<std::size_t>(view_) >= count) view_ = View::kChat;
  const float part = row.w / static_cast<float>(count);
  for (std::size_t i = 0; i < count; ++i)
    ui.mark(kMarks[i], {row.x + static_cast<float>(i) * part, row.y, part, row.h},
            static_cast<std::size_t>(view_) == i ? "on" : "");
  view_ = static_cast<View>(ui::segmented(ui, "views", row, std::span(kViews).first(count), static_cast<int>(view_)));
}

// Which of the room's videos is shown, and the ways to the others.
void RoomPanel::draw_watched(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const RoomSnapshot& room = context.scene.room;
  const std::vector<RoomEntry>& entries = room.now->entries;
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const RoomEntry& each) { return each.entry == room.now->entry; });
  const auto index = static_cast<std::size_t>(found - entries.begin());
  const bool may = room.may_command();
  row = row.centered(row.w, ui.px(36));
  ui.fill(row, ui.palette().raised, ui.px(ui.theme().radius.medium));
  row = row.inset(ui.px(4), 0);
  if (cut_icon_button(ui, row, "room.next",
                      {.icon = ui::icon::kNext,
                       .tip = "The next video",
                       .shortcut = context.keys.next,
                       .enabled = may && index + 1 < entries.size() ? ui::Enabled::kYes : ui::Enabled::kNo}))
    context.room.next();
  if (cut_icon_button(ui, row, "room.previous",
                      {.icon = ui::icon::kPrevious,
                       .tip = "The video before",
                       .shortcut = context.keys.previous,
                       .enabled = may && index > 0 && index < entries.size() ? ui::Enabled::kYes : ui::Enabled::kNo}))
    context.room.previous();
  row.cut_left(ui.px(8));
  const std::string place = fmt::format("{} of {}", std::min(index + 1, entries.size()), entries.size());
  ui.mark("room.watched", row, place);
  const Box number = row.cut_left(ui.text_width(TextStyle::kCaption, place) + ui.px(8));
  ui.label(number, TextStyle::kCaption, ui.palette().text_faint, place);
  if (found == entries.end()) return;
  ui.label(row, TextStyle::kBody, ui.palette().text,
           found->media.empty() ? std::string_view("Not for you") : std::string_view(found->title));
}

void RoomPanel::draw_head(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const RoomSnapshot& room = context.scene.room;
  if (cut_icon_button(ui, row, "room.leave", {.icon = ui::icon::kSignOut, .tip = "Leave the room"})) {
    context.room.leave();
    return;
  }
  if (room.now->is_own) {
    const float side = ui.px(ui.theme().control.compact);
    const Box invite = row.cut_right(side).centered(side, side);
    row.cut_right(ui.px(4));
    draw_invitation(context, invite);
  }
  const RoomMember* self = room.self();
  const bool is_ready = self != nullptr && self->is_ready;
  if (cut_icon_button(ui, row, "room.ready",
                      {.icon = ui::icon::kCheck, .tip = is_ready ? "Not ready" : "Ready", .is_on = is_ready}))
    context.room.set_ready(!is_ready);
  Box text = row.centered(row.w, ui.line_height(TextStyle::kStrong) + ui.line_height(TextStyle::kCaption));
  ui.mark("room", text, room.now->name);
  ui.mark("room.link", text, room.is_away ? "away" : "here");
  ui.label(text.cut_top(ui.line_height(TextStyle::kStrong)), TextStyle::kStrong, ui.palette().text, room.now->name);
  std::string below = counted(static_cast<std::int64_t>(room.members.size()), "person", "people");
  if (!room.now->waiting_for.empty())
    below = fmt::format("Waiting for {}",
                        counted(static_cast<std::int64_t>(room.now->waiting_for.size()), "person", "people"));
  if (!room.code.empty()) below = "Code " + room.code;
  if (room.is_away) below = "The connection was lost";
  ui.mark("room.detail", text, room.code.empty() ? below : room.code);
  ui.label(text, TextStyle::kCaption, ui.palette().text_muted, below);
}

// The code is asked for first; what was wanted of it is copied when it is there.
void RoomPanel::draw_invitation(const PanelContext& context, const Box& button) {
  Ui& ui = context.ui;
  const std::string& code = context.scene.room.code;
  ui.mark("room.invite", button, code);
  if (ui::icon_button(ui, "invite", button, {.icon = ui::icon::kShare, .tip = "Invite"})) ui::open_menu("invite-menu");
  if (ui::Menu menu(ui, "invite-menu", button, ui.px(268), 3, "Invite"); menu.is_open()) {
    const auto want = [&](Copy what) {
      wanted_copy_ = what;
      former_code_.clear();
      context.room.ask_code();
    };
    if (menu.item({.text = "Copy the link", .detail = "for this player", .icon = ui::icon::kLink})) want(Copy::kLink);
    if (menu.item({.text = "Copy the code", .detail = "to type in", .icon = ui::icon::kCopy})) want(Copy::kCode);
    if (menu.item({.text = "Make a new code", .detail = "voids the old", .icon = ui::icon::kRefresh})) {
      wanted_copy_ = Copy::kLink;
      former_code_ = code;
      context.room.renew_code();
    }
  }
  if (wanted_copy_ == Copy::kNothing || code.empty() || code == former_code_) return;
  const auto server = ServerAddress::parse(context.scene.link.address);
  const bool is_link = wanted_copy_ == Copy::kLink && server;
  ImGui::SetClipboardText((is_link ? to_room_link(*server, code) : code).c_str());
  wanted_copy_ = Copy::kNothing;
  context.toasts.add(ui::ToastKind::kGood,
                     is_link ? "The link of the invitation was copied." : "The code of the invitation was copied.");
}

void RoomPanel::draw_members(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  ui::ScrollArea scroll(ui, "members", {area.x - ui.px(8), area.y, area.w + ui.px(16), area.h});
  float y = scroll.origin().y;
  int index = 0;
  for (const RoomMember& each : context.scene.room.members) {
    draw_member(context, {area.x, y, area.w, ui.px(kRow)}, each, index++);
    y += ui.px(kRow);
  }
  scroll.set_height(y - scroll.origin().y);
}

void RoomPanel::draw_member(const PanelContext& context, Box row, const RoomMember& member, int index) {
  Ui& ui = context.ui;
  const ui::Palette& palette = ui.palette();
  const RoomSnapshot& room = context.scene.room;
  const bool is_awaited = std::find(room.now->waiting_for.begin(), room.now->waiting_for.end(), member.member) !=
                          room.now->waiting_for.end();
  const Color dot = !member.is_here                     ? palette.text_faint
                    : is_awaited || member.is_buffering ? palette.warning
                                                        : palette.good;
  ui.list().AddCircleFilled(row.cut_left(ui.px(10)).center(), ui.px(4), ui.color(dot), 16);
  row.cut_left(ui.px(8));
  const std::string state = !member.is_here ? "away" : member.is_buffering ? "loading" : skew_text(member.skew_us);
  // What the owner may do with somebody: of oneself there is nothing.
  if (room.now->is_own) {
    const Box more = row.cut_right(ui.px(24));
    row.cut_right(ui.px(2));
    if (member.member != room.member) {
      ui.mark(fmt::format("room.member.{}.more", index), more);
      draw_member_menu(context, more, member);
    }
  }
  const Box right = row.cut_right(ui.px(60));
  ui.mark(fmt::format("room.member.{}", index), row, member.name);
  ui.mark(fmt::format("room.skew.{}", index), right, state);
  ui.label(right, TextStyle::kCaption, palette.text_muted, state, ui::Align::kRight);
  if (member.is_ready) ui.icon(row.cut_right(ui.px(20)), TextStyle::kIcon, palette.good, ui::icon::kCheck);
  if (member.is_owner) ui.icon(row.cut_right(ui.px(20)), TextStyle::kIcon, palette.text_faint, ui::icon::kKey);
  const bool is_self = member.member == room.member;
  ui.label(row, is_self ? TextStyle::kStrong : TextStyle::kBody, member.is_here ? palette.text : palette.text_faint,
           member.name);
}

void RoomPanel::draw_member_menu(const PanelContext& context, const Box& button, const RoomMember& member) {
  Ui& ui = context.ui;
  const std::string id = fmt::format("member-{}", member.member);
  const std::string menu_id = id + "-menu";
  if (ui::icon_button(ui, id.c_str(), button, {.icon = ui::icon::kMore, .tip = "What they may"}))
    ui::open_menu(menu_id.c_str());
  const bool is_by_name = context.scene.room.now->policy == "named" && !member.is_owner;
  const int items = (is_by_name ? 1 : 0) + (member.is_owner ? 0 : 1);
  ui::Menu menu(ui, menu_id.c_str(), button, ui.px(240), std::max(items, 1), member.name);
  if (!menu.is_open()) return;
  if (is_by_name && menu.item({.text = member.may_command ? "May not control it any more" : "May control it",
                               .icon = ui::icon::kSliders}))
    context.room.allow(member.member, !member.may_command);
  if (!member.is_owner && menu.item({.text = "Make it their room", .icon = ui::icon::kKey}))
    context.room.hand_over(member.member);
  if (member.is_owner) menu.item({.text = "Owns the room", .icon = ui::icon::kKey});
}

void RoomPanel::draw_reactions(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const float gap = ui.px(4);
  // As wide as its word, and all the same beside it.
  float words = 0;
  for (const ReactionLook& each : kReactions) words += ui.text_width(TextStyle::kCaption, each.text);
  const float beside = std::floor((row.w - words) / static_cast<float>(kReactions.size()) - gap);
  for (const ReactionLook& each : kReactions) {
    const Box box = row.cut_left(ui.text_width(TextStyle::kCaption, each.text) + beside);
    row.cut_left(gap);
    ui.mark(fmt::format("room.react.{}", each.name), box);
    const std::string id(each.name);
    if (ui::button(ui, id.c_str(), box,
                   {.text = each.text, .kind = ui::ButtonKind::kGhost, .style = TextStyle::kCaption}))
      context.room.react(id);
  }
}

// The newest at the foot, with the reactions of the last moments below them.
void RoomPanel::draw_messages(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const RoomSnapshot& room = context.scene.room;
  ui::ScrollArea scroll(ui, "messages", {area.x - ui.px(8), area.y, area.w + ui.px(16), area.h});
  float y = scroll.origin().y;
  const auto line = [&](std::string_view name, std::string_view text, Color color) {
    ui.text({area.x, y}, TextStyle::kCaption, ui.palette().text_faint, name);
    y += ui.line_height(TextStyle::kCaption);
    y += ui.paragraph({area.x, y}, area.w - ui.px(8), TextStyle::kBody, color, text) + ui.px(6);
  };
  if (room.messages.empty() && room.reactions.empty())
    y += ui.paragraph({area.x, y}, area.w, TextStyle::kBody, ui.palette().text_faint,
                      "Nobody has said anything yet. What one does with the controls, all see.", 3);
  int index = 0;
  for (const RoomMessage& each : room.messages) {
    const float top = y;
    line(each.name, each.text, ui.palette().text);
    ui.mark(fmt::format("room.message.{}", index++), {area.x, top, area.w, y - top}, each.text);
  }
  for (const RoomReaction& each : room.reactions) {
    line(each.name, reaction_text(each.reaction), ui.palette().accent);
    ui.wake_at(each.at_ns + 4 * kNsPerS);
  }
  scroll.set_height(y - scroll.origin().y);
  const std::size_t count = room.messages.size() + room.reactions.size();
  if (count > seen_messages_) scroll.scroll_to(y - scroll.origin().y);
  seen_messages_ = count;
}

void RoomPanel::draw_foot(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  const Box send = row.cut_right(row.h);
  row.cut_right(ui.px(4));
  ui.mark("room.text", row, text_);
  ui.mark("room.send", send);
  const auto field = ui::text_field(ui, "say", row, text_, {.hint = "Say something"});
  if (text_.size() > kMostText) text_.resize(kMostText);
  const bool is_sent = ui::icon_button(ui, "send", send, {.icon = ui::icon::kAngleRight, .tip = "Send"});
  if ((!is_sent && !field.is_submitted) || text_.find_first_not_of(' ') == std::string::npos) return;
  context.room.say(text_);
  text_.clear();
}

void ask_for_room(const PanelContext& context, const std::string& media) {
  RoomFeed& room = context.room;
  context.dialogs.ask({.title = "Watch together",
                       .text = "Everybody in the room sees the same frame at the same moment, forwards and backwards. "
                               "Who may control it, you can choose later.",
                       .confirm = "Make the room",
                       .fields = {{.hint = "The room's name",
                                   .icon = ui::icon::kUsers,
                                   .value = context.scene.link.principal.name + "'s room",
                                   .most_bytes = 100}},
                       .check = "Only with a code",
                       .done = [&room, media](PanelRequests&, const Dialog::Answers& answers) {
                         room.create(answers.values[0], media.empty() ? std::vector<std::string>() : std::vector{media},
                                     answers.is_checked);
                       }});
}

}  // namespace zoe::player
