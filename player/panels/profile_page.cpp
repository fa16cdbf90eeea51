#include "player/panels/profile_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/ui/icons.hpp"
#include "engine/ui/panel.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/dialog.hpp"
#include "player/panels/format.hpp"
#include "player/panels/page_parts.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

constexpr float kWidest = 760;
constexpr float kRow = 56;
constexpr std::size_t kMostPassword = 256;

struct Language {
  std::string_view code;
  std::string_view name;
};
constexpr std::array<Language, 19> kLanguages{{{"ar", "Arabic"},
                                               {"zh", "Chinese"},
                                               {"cs", "Czech"},
                                               {"da", "Danish"},
                                               {"nl", "Dutch"},
                                               {"en", "English"},
                                               {"fr", "French"},
                                               {"de", "German"},
                                               {"el", "Greek"},
                                               {"he", "Hebrew"},
                                               {"hi", "Hindi"},
                                               {"it", "Italian"},
                                               {"ja", "Japanese"},
                                               {"ko", "Korean"},
                                               {"pl", "Polish"},
                                               {"pt", "Portuguese"},
                                               {"ru", "Russian"},
                                               {"es", "Spanish"},
                                               {"tr", "Turkish"}}};

constexpr std::array<Rational, 7> kSpeeds{{{1, 2}, {3, 4}, {1, 1}, {5, 4}, {3, 2}, {2, 1}, {4, 1}}};

std::string language_text(const std::string& code, std::string_view none) {
  if (code.empty()) return std::string(none);
  if (code == "off") return "None";
  const auto found =
      std::find_if(kLanguages.begin(), kLanguages.end(), [&](const Language& each) { return each.code == code; });
  return found == kLanguages.end() ? code : std::string(found->name);
}

// A card that grows downwards: rows with a line between them.
class Section {
 public:
  Section(const PanelContext& context, Box& rest, std::string_view heading, int rows) : ui_(context.ui) {
    draw_heading(ui_, rest, heading);
    card_ = rest.cut_top(static_cast<float>(rows) * ui_.px(kRow));
    draw_card(ui_, card_);
    rest.cut_top(ui_.px(24));
  }
  // The next row, inset.
  Box row() {
    const Box whole = card_.cut_top(ui_.px(kRow));
    if (!is_first_) ui_.fill({whole.x, whole.y, whole.w, ui_.px(1)}, ui_.palette().line);
    is_first_ = false;
    return whole.inset(ui_.px(16), 0);
  }
  // A name at the left with a line below it.
  void name(Box row, std::string_view title, std::string_view detail) {
    Box text =
        row.centered(row.w, ui_.line_height(TextStyle::kBody) + ui_.px(2) + ui_.line_height(TextStyle::kCaption));
    ui_.label(text.cut_top(ui_.line_height(TextStyle::kBody)), TextStyle::kBody, ui_.palette().text, title);
    text.cut_top(ui_.px(2));
    if (ui_.label(text, TextStyle::kCaption, ui_.palette().text_faint, detail) &&
        ImGui::IsMouseHoveringRect(text.min(), text.max()))
      ui_.tip(text, detail);
  }

 private:
  Ui& ui_;
  Box card_;
  bool is_first_ = true;
};

void ask_password(const PanelContext& context) {
  context.dialogs.ask({.title = "Change your password",
                       .text = "You stay signed in here; every other device has to sign in again.",
                       .confirm = "Change",
                       .fields = {{.hint = "The password until now",
                                   .icon = ui::icon::kUnlock,
                                   .kind = ui::FieldKind::kPassword,
                                   .value = {},
                                   .most_bytes = kMostPassword},
                                  {.hint = "A new one, at least 8 characters",
                                   .icon = ui::icon::kKey,
                                   .kind = ui::FieldKind::kPassword,
                                   .value = {},
                                   .most_bytes = kMostPassword}},
                       .done = [](PanelRequests& requests, const Dialog::Answers& answers) {
                         requests.commands.push_back({.verb = PersonalVerb::kChangePassword,
                                                      .secret = answers.values[0],
                                                      .new_secret = answers.values[1]});
                       }});
}

void ask_delete(const PanelContext& context, const std::string& name) {
  context.dialogs.ask(
      {.title = "Delete your account?",
       .text = "Your history, favourites, playlists and settings are deleted with it, here and on every device, and "
               "nobody can bring them back. Save them first if you may want them. Type your name, " +
               name + ", to go on.",
       .confirm = "Delete for ever",
       .is_dangerous = true,
       .fields = {{.hint = "Your password",
                   .icon = ui::icon::kKey,
                   .kind = ui::FieldKind::kPassword,
                   .value = {},
                   .most_bytes = kMostPassword},
                  {.hint = "Your name, once more", .icon = ui::icon::kUser, .value = {}, .must_be = name}},
       .done = [](PanelRequests& requests, const Dialog::Answers& answers) {
         requests.commands.push_back({.verb = PersonalVerb::kDeleteAccount, .secret = answers.values[0]});
       }});
}

void draw_account(const PanelContext& context, Box& rest) {
  Ui& ui = context.ui;
  const LinkSnapshot& link = context.scene.link;
  Section section(context, rest, "Account", 2);
  Box row = section.row();
  if (cut_button(ui, row, "profile.sign-out", {.text = "Sign out", .icon = ui::icon::kSignOut}))
    context.link.sign_out();
  const Box disc = row.cut_left(ui.px(36)).centered(ui.px(36), ui.px(36));
  ui.list().AddCircleFilled(disc.center(), ui.px(18), ui.color(ui.palette().accent.with_alpha(0.16F)), 32);
  ui.icon(disc, TextStyle::kIcon, ui.palette().accent, ui::icon::kUser);
  row.cut_left(ui.px(12));
  ui.mark("profile.name", row, link.principal.name);
  section.name(row, link.principal.name, role_text(link.principal.role) + " on " + link.server_name);
  row = section.row();
  if (cut_button(ui, row, "profile.password", {.text = "Change", .icon = ui::icon::kKey})) ask_password(context);
  section.name(row, "Password", "Known to you alone; the server keeps no more than its trace");
}

void set(const PanelContext& context, std::string_view key, std::string text) {
  context.requests.commands.push_back(
      {.verb = PersonalVerb::kSetSetting, .name = std::string(key), .text = std::move(text)});
}

// A button that says what is chosen and opens the choice; returns where it is.
Box cut_choice(Ui& ui, Box& row, const char* name, const std::string& text) {
  const float width = std::min(ui.px(200), row.w / 2);
  const Box place = row.cut_right(width).centered(width, ui.px(ui.theme().control.height));
  row.cut_right(ui.px(16));
  ui.mark(name, place, text);
  if (ui::button(ui, name, place, {.text = ""})) ui::open_menu((std::string(name) + "-menu").c_str());
  Box inner = place.inset(ui.px(12), 0);
  ui.icon(inner.cut_right(ui.px(16)), TextStyle::kIcon, ui.palette().text_muted, ui::icon::kAngleDown);
  inner.cut_right(ui.px(8));
  ui.label(inner, TextStyle::kBody, ui.palette().text, text);
  return place;
}

void draw_language(const PanelContext& context, Box row, Section& section, std::string_view title,
                   std::string_view detail, const char* key, const std::string& now, bool has_off) {
  Ui& ui = context.ui;
  const std::string_view none = has_off ? "As the video says" : "The video's own";
  const Box place = cut_choice(ui, row, key, language_text(now, none));
  section.name(row, title, detail);
  const int items = static_cast<int>(kLanguages.size()) + (has_off ? 2 : 1);
  ui::Menu menu(ui, (std::string(key) + "-menu").c_str(), place, ui.px(220), items);
  if (!menu.is_open()) return;
  if (menu.item({.text = none, .is_chosen = now.empty()})) set(context, key, "");
  if (has_off && menu.item({.text = "None", .is_chosen = now == "off"})) set(context, key, "off");
  for (const Language& each : kLanguages)
    if (menu.item({.text = each.name, .detail = each.code, .is_chosen = now == each.code}))
      set(context, key, std::string(each.code));
}

void draw_settings(const PanelContext& context, Box& rest) {
  Ui& ui = context.ui;
  const auto& answer = context.scene.personal.settings;
  const ViewerSettings now = answer.value ? *answer.value : ViewerSettings{};
  Section section(context, rest, "How you watch", 3);
  draw_language(context, section.row(), section, "Subtitles", "Chosen where a video has them", "subtitle_language",
                now.subtitle_language, true);
  draw_language(context, section.row(), section, "Spoken language", "Chosen where a video has several",
                "audio_language", now.audio_language, false);
  Box row = section.row();
  const Box place = cut_choice(ui, row, "default_speed", speed_text(now.default_speed));
  section.name(row, "Speed", "With which a video begins");
  ui::Menu menu(ui, "default_speed-menu", place, ui.px(180), static_cast<int>(kSpeeds.size()));
  if (!menu.is_open()) return;
  for (const Rational speed : kSpeeds) {
    const std::string text = speed_text(speed);
    const std::string_view detail = speed == Rational{1, 1} ? "normal" : "";
    if (menu.item({.text = text, .detail = detail, .is_chosen = speed == now.default_speed}))
      set(context, "default_speed", speed.to_string());
  }
}

void draw_sessions(const PanelContext& context, Box& rest) {
  Ui& ui = context.ui;
  const auto& answer = context.scene.personal.sessions;
  const int rows = answer.value ? std::max(static_cast<int>(answer.value->size()), 1) : 1;
  Section section(context, rest, "Where you are signed in", rows);
  if (!answer.value || answer.value->empty()) {
    Box row = section.row();
    if (answer.value) return ui.label(row, TextStyle::kBody, ui.palette().text_muted, "Nowhere else"), void();
    if (answer.error.empty()) return ui::spinner(ui, row.center(), ui.px(9), ui.palette().accent);
    if (cut_button(ui, row, "sessions.retry", {.text = "Try again"})) context.requests.refresh_personal = true;
    ui.label(row, TextStyle::kBody, ui.palette().error, answer.error);
    return;
  }
  for (std::size_t i = 0; i < answer.value->size(); ++i) {
    const SessionInfo& session = (*answer.value)[i];
    Box row = section.row();
    ui.mark(fmt::format("session.{}", i), row, session.client);
    ImGui::PushID(static_cast<int>(i));
    if (session.is_current) {
      const float width = pill_width(ui, "here");
      draw_pill(ui, {row.right() - width, row.center().y}, "here", ui.palette().good);
      row.cut_right(width + ui.px(12));
    } else {
      const Box before = row;
      if (cut_button(ui, row, "revoke", {.text = "Sign out"}))
        context.requests.commands.push_back({.verb = PersonalVerb::kRevokeSession, .number = session.session});
      ui.mark(fmt::format("session.{}.revoke", i), {row.right(), before.y, before.right() - row.right(), before.h});
    }
    ImGui::PopID();
    ui.icon(row.cut_left(ui.px(20)), TextStyle::kIcon, ui.palette().text_muted, ui::icon::kComputer);
    row.cut_left(ui.px(12));
    section.name(row,
                 session.client.empty() ? std::string_view("A program that does not say its name") : session.client,
                 fmt::format("since {}, last used {}", date_text(session.created_utc_ns),
                             ago_text(session.last_used_utc_ns, context.scene.utc_ns)));
  }
}

void draw_data(const PanelContext& context, Box& rest) {
  Ui& ui = context.ui;
  Section section(context, rest, "What is kept of you", 2);
  Box row = section.row();
  if (cut_button(ui, row, "profile.export", {.text = "Save", .icon = ui::icon::kDownload}))
    context.requests.commands.push_back({.verb = PersonalVerb::kExport});
  section.name(row, "All your data", "History, favourites, ratings, playlists and settings as one file");
  row = section.row();
  if (cut_button(ui, row, "profile.delete",
                 {.text = "Delete", .kind = ui::ButtonKind::kDanger, .icon = ui::icon::kTrash}))
    ask_delete(context, context.scene.link.principal.name);
  section.name(row, "Your account", "Deleted with all of that, for ever");
}

}  // namespace

void draw_profile_page(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  ui::ScrollArea scroll(ui, "profile", {area.x, area.y, area.w + ui.px(16), area.h});
  Box rest{scroll.origin().x, scroll.origin().y + ui.px(8), std::min(area.w, ui.px(kWidest)), 1e6F};
  draw_account(context, rest);
  draw_settings(context, rest);
  draw_sessions(context, rest);
  draw_data(context, rest);
  scroll.set_height(rest.y - scroll.origin().y);
}

}  // namespace zoe::player
