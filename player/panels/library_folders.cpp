// The library's folders: where the viewer is, and what lies below.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/ui/icons.hpp"
#include "engine/ui/widgets.hpp"
#include "player/panels/library_panel.hpp"
#include "player/panels/page_parts.hpp"

namespace zoe::player {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

void LibraryPanel::go_to(std::string root, std::string folder) {
  root_ = std::move(root);
  folder_ = std::move(folder);
  is_moved_ = true;
}

bool LibraryPanel::go_up() {
  if (root_.empty()) return false;
  if (folder_.empty()) {
    go_to({}, {});
    return true;
  }
  const std::size_t slash = folder_.rfind('/');
  go_to(root_, slash == std::string::npos ? std::string() : folder_.substr(0, slash));
  return true;
}

// "All videos / root / folder / folder": each but the last leads there. Where there is no room the first ones make way.
void LibraryPanel::draw_crumbs(const PanelContext& context, Box row) {
  Ui& ui = context.ui;
  struct Crumb {
    std::string text;
    std::string root;
    std::string folder;
  };
  std::vector<Crumb> crumbs{{"All videos", {}, {}}};
  if (!root_.empty()) crumbs.push_back({root_, root_, {}});
  for (std::size_t at = 0; at < folder_.size();) {
    const std::size_t end = std::min(folder_.find('/', at), folder_.size());
    crumbs.push_back({folder_.substr(at, end - at), root_, folder_.substr(0, end)});
    at = end + 1;
  }
  const auto style_of = [&](std::size_t i) { return i + 1 == crumbs.size() ? TextStyle::kStrong : TextStyle::kBody; };
  const float gap = ui.px(24);
  const float most = ui.px(240);
  const auto width_of = [&](std::size_t i) { return std::min(ui.text_width(style_of(i), crumbs[i].text), most); };
  std::size_t first = crumbs.size() - 1;
  float used = width_of(first);
  while (first > 0 && used + gap + width_of(first - 1) <= row.w - (first > 1 ? gap : 0))
    used += gap + width_of(--first);
  if (first > 0) {
    const Box up = row.cut_left(ui.px(16)).centered(ui.px(24), ui.px(28));
    if (ui::icon_button(ui, "crumb-up", up, {.icon = ui::icon::kArrowUp, .tip = "The folder above"})) go_up();
    row.cut_left(ui.px(8));
  }
  for (std::size_t i = first; i < crumbs.size() && row.w > 0; ++i) {
    if (i > 0) ui.icon(row.cut_left(gap), TextStyle::kIcon, ui.palette().text_faint, ui::icon::kAngleRight);
    const bool is_last = i + 1 == crumbs.size();
    const Box box = row.cut_left(width_of(i)).centered(std::min(width_of(i), row.w + width_of(i)), ui.px(28));
    ui.mark(fmt::format("crumb.{}", i), box, crumbs[i].text);
    ImGui::PushID(static_cast<int>(i));
    const ui::Press press = is_last ? ui::Press{} : ui::pressable(ui, "crumb", box);
    ImGui::PopID();
    const ui::Color color = is_last            ? ui.palette().text
                            : press.is_hovered ? ui.palette().accent_hover
                                               : ui.palette().text_muted;
    if (ui.label(box, style_of(i), color, crumbs[i].text) && ImGui::IsMouseHoveringRect(box.min(), box.max()))
      ui.tip(box, crumbs[i].text);
    if (press.is_clicked) go_to(crumbs[i].root, crumbs[i].folder);
  }
}

bool LibraryPanel::draw_folder_card(const PanelContext& context, const Box& box, std::string_view name,
                                    std::int64_t media, const std::string& mark) {
  Ui& ui = context.ui;
  ui.mark(mark, box, name);
  ImGui::PushID(mark.c_str());
  const float rounding = ui.px(ui.theme().radius.medium);
  ui.fill(box, ui::blend(ui.palette().surface, ui.palette().ground), rounding);
  const ui::Press press = draw_row_ground(ui, "folder", box);
  ui.outline(box, ui.palette().line, rounding);
  ImGui::PopID();
  Box inner = box.inset(ui.px(16), 0);
  ui.icon(inner.cut_left(ui.px(24)), TextStyle::kIconLarge, ui.palette().accent, ui::icon::kFolder);
  inner.cut_left(ui.px(12));
  Box text =
      inner.centered(inner.w, ui.line_height(TextStyle::kStrong) + ui.px(2) + ui.line_height(TextStyle::kCaption));
  const bool is_cut =
      ui.label(text.cut_top(ui.line_height(TextStyle::kStrong)), TextStyle::kStrong, ui.palette().text, name);
  text.cut_top(ui.px(2));
  ui.label(text, TextStyle::kCaption, ui.palette().text_faint, counted(media, "video", "videos"));
  if (is_cut && press.is_hovered) ui.tip(box, name);
  return press.is_clicked;
}

float LibraryPanel::draw_folders(const PanelContext& context, const Box& row, const Box& view) {
  Ui& ui = context.ui;
  const LibrarySnapshot& now = context.scene.folders;
  const bool has_roots = root_.empty() && now.roots.value && now.roots.value->size() > 1;
  // While another folder is on its way, the former one's are not shown as its own.
  const bool has_folders = !has_roots && now.folders.value && now.folder == folder_;
  const std::size_t count = has_roots ? now.roots.value->size() : has_folders ? now.folders.value->size() : 0;
  if (count == 0) return 0;
  CardGrid grid = CardGrid::of(ui, row.w);
  grid.card_height = ui.px(64);
  grid.gap = ui.px(12);
  grid.card_width =
      std::floor((row.w - grid.gap * static_cast<float>(grid.columns - 1)) / static_cast<float>(grid.columns));
  const CardGrid::Range range = grid.seen(static_cast<int>(count), row.y, view);
  for (int i = range.first; i < range.last; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const Box box = grid.box(row.min(), i);
    const std::string mark = fmt::format("folder.{}", i);
    if (has_roots) {
      const LibraryRoot& root = (*now.roots.value)[index];
      if (draw_folder_card(context, box, root.root, root.media, mark)) go_to(root.root, {});
    } else {
      const LibraryFolder& folder = (*now.folders.value)[index];
      if (draw_folder_card(context, box, folder.name, folder.media, mark)) go_to(now.root, folder.folder);
    }
  }
  return range.height + ui.px(8);
}

}  // namespace zoe::player
