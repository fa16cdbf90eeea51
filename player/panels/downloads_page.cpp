#include "player/panels/downloads_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

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

constexpr float kRow = 84;
constexpr std::array<std::string_view, kMostAtOnce> kCounts{"1", "2", "3", "4"};

struct Look {
  std::string_view icon;
  ui::Color color;
};

Look look_of(const ui::Palette& palette, DownloadStage stage) {
  switch (stage) {
    case DownloadStage::kRunning:
    case DownloadStage::kChecking:
      return {ui::icon::kDownload, palette.accent};
    case DownloadStage::kPaused:
      return {ui::icon::kPause, palette.text_muted};
    case DownloadStage::kFailed:
      return {ui::icon::kWarning, palette.error};
    case DownloadStage::kDone:
      return {ui::icon::kCheck, palette.good};
    case DownloadStage::kQueued:
    case DownloadStage::kWaiting:
      break;
  }
  return {ui::icon::kClock, palette.text_muted};
}

// As its landmark says it.
std::string_view stage_word(DownloadStage stage) {
  constexpr std::array<std::string_view, 7> kWords{"queued", "waiting", "checking", "running",
                                                   "paused", "failed",  "done"};
  return kWords[static_cast<std::size_t>(stage) - 1];
}

std::string amount_text(const DownloadInfo& download) {
  const auto size = static_cast<double>(download.size_bytes);
  if (download.done_bytes == 0) return bytes_text(size);
  return bytes_text(static_cast<double>(download.done_bytes)) + " of " + bytes_text(size);
}

float share_of(const DownloadInfo& download) {
  if (download.size_bytes == 0) return 0;
  return static_cast<float>(static_cast<double>(download.done_bytes) / static_cast<double>(download.size_bytes));
}

int percent_of(const DownloadInfo& download) { return static_cast<int>(share_of(download) * 100); }

void ask_folder(const PanelContext& context) {
  context.dialogs.ask(
      {.title = "Where shall downloads go?",
       .text = "New downloads go into this folder of this computer. It is made where it is missing.",
       .confirm = "Use it",
       .fields =
           {{.hint = "Folder", .icon = ui::icon::kFolder, .value = context.scene.downloads.folder, .most_bytes = 1024}},
       .done = [](PanelRequests& requests, const Dialog::Answers& answers) {
         requests.download_commands.push_back({.verb = DownloadVerb::kSetFolder, .folder = answers.values.at(0)});
       }});
}

void ask_remove(const PanelContext& context, const DownloadInfo& download) {
  context.dialogs.ask({.title = "Cancel this download?",
                       .text = fmt::format("What has come of \u201C{}\u201D until now ({}) is deleted.", download.name,
                                           bytes_text(static_cast<double>(download.done_bytes))),
                       .confirm = "Cancel it",
                       .is_dangerous = true,
                       .done = [id = download.id](PanelRequests& requests, const Dialog::Answers&) {
                         requests.download_commands.push_back({.verb = DownloadVerb::kRemove, .id = id});
                       }});
}

// Cuts the buttons of a row off its right.
void draw_buttons(const PanelContext& context, Box& row, const std::string& name, const DownloadInfo& download) {
  Ui& ui = context.ui;
  const auto command = [&](DownloadVerb verb) {
    context.requests.download_commands.push_back({.verb = verb, .id = download.id});
  };
  const bool is_done = download.stage == DownloadStage::kDone;
  if (cut_icon_button(ui, row, (name + ".remove").c_str(),
                      {.icon = ui::icon::kClose, .tip = is_done ? "Take it off this list" : "Cancel"})) {
    if (is_done || download.done_bytes == 0)
      command(DownloadVerb::kRemove);
    else
      ask_remove(context, download);
  }
  switch (download.stage) {
    case DownloadStage::kDone:
      if (cut_icon_button(ui, row, (name + ".copy").c_str(), {.icon = ui::icon::kCopy, .tip = "Copy where it lies"})) {
        ImGui::SetClipboardText(download.path().c_str());
        context.toasts.add(ui::ToastKind::kGood, "The path was copied.");
      }
      return;
    case DownloadStage::kFailed:
      if (cut_icon_button(ui, row, (name + ".retry").c_str(), {.icon = ui::icon::kRefresh, .tip = "Try again"}))
        command(DownloadVerb::kResume);
      return;
    case DownloadStage::kPaused:
      if (cut_icon_button(ui, row, (name + ".resume").c_str(), {.icon = ui::icon::kPlay, .tip = "Go on"}))
        command(DownloadVerb::kResume);
      return;
    default:
      if (cut_icon_button(ui, row, (name + ".pause").c_str(), {.icon = ui::icon::kPause, .tip = "Pause"}))
        command(DownloadVerb::kPause);
  }
}

void draw_bar(Ui& ui, const Box& track, const DownloadInfo& download) {
  ui.fill(track, ui.palette().line_strong, track.h / 2);
  const bool is_moving = download.stage == DownloadStage::kRunning || download.stage == DownloadStage::kChecking;
  const float share = std::clamp(share_of(download), 0.0F, 1.0F);
  if (share > 0)
    ui.fill({track.x, track.y, std::max(track.w * share, track.h), track.h},
            is_moving ? ui.palette().accent : ui.palette().text_faint, track.h / 2);
}

void draw_download(const PanelContext& context, const Box& box, const DownloadInfo& download, std::size_t index) {
  Ui& ui = context.ui;
  const std::string name = fmt::format("download.{}", index);
  const bool is_done = download.stage == DownloadStage::kDone;
  ImGui::PushID(name.c_str());
  ui.fill({box.x, box.y, box.w, box.h - ui.px(8)}, ui.palette().raised, ui.px(ui.theme().radius.medium));
  Box inner = box;
  inner.cut_bottom(ui.px(8));
  inner = inner.inset(ui.px(12), ui.px(8));
  const Look look = look_of(ui.palette(), download.stage);
  const Box disc = inner.cut_left(ui.px(44)).centered(ui.px(44), ui.px(44));
  ui.fill(disc, look.color.with_alpha(0.14F), disc.h / 2);
  ui.icon(disc, TextStyle::kIcon, look.color, look.icon);
  inner.cut_left(ui.px(16));
  draw_buttons(context, inner, name, download);
  inner.cut_right(ui.px(8));

  const std::string text = download_text(download);
  ui.mark(name, box, stage_word(download.stage));
  const float bar = is_done ? 0 : ui.px(4) + 2 * ui.px(6);
  Box lines = inner.centered(
      inner.w, ui.line_height(TextStyle::kStrong) + std::max(bar, ui.px(4)) + ui.line_height(TextStyle::kCaption));
  Box head = lines.cut_top(ui.line_height(TextStyle::kStrong));
  if (!is_done && download.size_bytes > 0) {
    const std::string percent = fmt::format("{} %", percent_of(download));
    ui.label(head.cut_right(ui.px(56)), TextStyle::kBody, ui.palette().text_muted, percent, ui::Align::kRight);
  }
  const std::string& title = download.source.title.empty() ? download.name : download.source.title;
  const bool is_title_cut = ui.label(head, TextStyle::kStrong, ui.palette().text, title);
  if (is_title_cut && ImGui::IsMouseHoveringRect(head.min(), head.max())) ui.tip(head, title);
  if (is_done)
    lines.cut_top(ui.px(4));
  else
    draw_bar(ui, lines.cut_top(bar).centered(lines.w, ui.px(4)), download);
  const bool is_wrong = download.stage == DownloadStage::kFailed;
  const bool is_cut =
      ui.label(lines, TextStyle::kCaption, is_wrong ? ui.palette().error : ui.palette().text_faint, text);
  if (is_cut && ImGui::IsMouseHoveringRect(lines.min(), lines.max())) ui.tip(lines, text);
  ImGui::PopID();
}

// Where they go, how many at once, and what is over.
void draw_head(const PanelContext& context, Box row, bool has_done) {
  Ui& ui = context.ui;
  const DownloadsScene& scene = context.scene.downloads;
  if (has_done && cut_button(ui, row, "downloads.clear", {.text = "Clear finished", .kind = ui::ButtonKind::kGhost}))
    context.requests.download_commands.push_back({.verb = DownloadVerb::kClearDone});
  if (row.w > ui.px(620)) {
    const Box choice = row.cut_right(ui.px(160)).centered(ui.px(160), ui.px(ui.theme().control.compact + 4));
    const int now = scene.most_at_once - 1;
    ui.mark("downloads.at-once", choice, kCounts[static_cast<std::size_t>(std::clamp(now, 0, kMostAtOnce - 1))]);
    const int chosen = ui::segmented(ui, "at-once", choice, kCounts, now);
    if (chosen != now)
      context.requests.download_commands.push_back({.verb = DownloadVerb::kSetMostAtOnce, .count = chosen + 1});
    row.cut_right(ui.px(8));
    const float width = ui.text_width(TextStyle::kBody, "At once");
    ui.label(row.cut_right(width), TextStyle::kBody, ui.palette().text_muted, "At once");
    row.cut_right(ui.px(24));
  }
  if (cut_button(ui, row, "downloads.folder", {.text = "Change folder", .icon = ui::icon::kFolder}))
    ask_folder(context);
  row.cut_right(ui.px(8));
  const std::string text = "They go to " + scene.folder;
  if (ui.label(row, TextStyle::kBody, ui.palette().text_muted, text) &&
      ImGui::IsMouseHoveringRect(row.min(), row.max()))
    ui.tip(row, scene.folder);
}

}  // namespace

std::string download_text(const DownloadInfo& download) {
  switch (download.stage) {
    case DownloadStage::kQueued:
      return download.note.empty() ? "Waits for its turn \u00B7 " + amount_text(download) : download.note;
    case DownloadStage::kWaiting:
      return download.note + " \u00B7 " + amount_text(download);
    case DownloadStage::kChecking:
      return "Comparing what is here from before \u00B7 " + amount_text(download);
    case DownloadStage::kPaused:
      return download.note.empty() ? "Paused \u00B7 " + amount_text(download) : download.note;
    case DownloadStage::kFailed:
      return download.note;
    case DownloadStage::kDone:
      return download.path();
    case DownloadStage::kRunning:
      break;
  }
  std::string text = amount_text(download);
  if (download.bytes_per_s > 0) text += " \u00B7 " + rate_text(download.bytes_per_s);
  if (download.left_s >= 0) text += " \u00B7 " + time_text(download.left_s * 1'000'000) + " left";
  if (!download.note.empty()) text += " \u00B7 " + download.note;
  return text;
}

const DownloadInfo* find_download(const Downloads& downloads, const std::string& media) {
  if (!downloads) return nullptr;
  const auto found = std::find_if(downloads->rbegin(), downloads->rend(),
                                  [&](const DownloadInfo& each) { return each.source.media == media; });
  return found == downloads->rend() ? nullptr : &*found;
}

std::string download_tip(const DownloadInfo* download) {
  if (download == nullptr) return "Download";
  switch (download->stage) {
    case DownloadStage::kDone:
      return "Downloaded; once more";
    case DownloadStage::kFailed:
      return "The download failed; try again";
    case DownloadStage::kPaused:
      return fmt::format("The download is paused at {} %; go on", percent_of(*download));
    default:
      return fmt::format("Downloading, {} %", percent_of(*download));
  }
}

void draw_downloads_page(const PanelContext& context, const Box& area) {
  Ui& ui = context.ui;
  const Downloads& downloads = context.scene.downloads.list;
  Box rest = area;
  const bool has_done = std::any_of(downloads->begin(), downloads->end(),
                                    [](const DownloadInfo& each) { return each.stage == DownloadStage::kDone; });
  draw_head(context, rest.cut_top(ui.px(44)), has_done);
  rest.cut_top(ui.px(12));
  if (downloads->empty()) {
    const Box below = draw_notice(ui, rest, ui::icon::kDownload, "Nothing is downloaded",
                                  "Videos that you download are kept on this computer. They go on where they stopped, "
                                  "whatever ends the connection, and every piece is checked.");
    if (notice_button(ui, below, "To the library", ui::icon::kFilm)) context.requests.page = BrowserPage::kLibrary;
    return;
  }
  ui::ScrollArea scroll(ui, "downloads", {rest.x, rest.y, rest.w + ui.px(16), rest.h});
  const float step = ui.px(kRow);
  // The newest first; a row more on either side, so that the keyboard finds it.
  const std::size_t count = downloads->size();
  for (std::size_t i = 0; i < count; ++i) {
    const Box box{scroll.origin().x, scroll.origin().y + static_cast<float>(i) * step, rest.w, step};
    if (box.bottom() < scroll.view().y - step || box.y > scroll.view().bottom() + step) continue;
    draw_download(context, box, (*downloads)[count - 1 - i], i);
  }
  scroll.set_height(static_cast<float>(count) * step + ui.px(8));
}

}  // namespace zoe::player
