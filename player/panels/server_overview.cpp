// The pages of figures: the overview and the segment store.
#include <fmt/format.h>

#include <algorithm>

#include "engine/ui/icons.hpp"
#include "player/panels/format.hpp"
#include "player/panels/server_panel.hpp"
#include "player/panels/server_parts.hpp"

namespace zoe::player {
namespace {

using ui::Box;
using ui::TextStyle;
using ui::Ui;

std::string whole(double value) { return fmt::format("{:.0f}", value); }
std::string percent(double value) { return fmt::format("{:.0f} %", value); }
std::string rate(double value) { return fmt::format(fmt::runtime(value < 10 ? "{:.1f}/s" : "{:.0f}/s"), value); }

const std::vector<AdminSample>& samples_of(const AdminSnapshot& admin) {
  static const std::vector<AdminSample> kNone;
  return admin.samples ? *admin.samples : kNone;
}

std::string share(std::int64_t part, std::int64_t whole_of) {
  if (whole_of <= 0) return "\u2013";
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole_of));
}

// Cuts a row of `count` equal parts with gaps; returns the part `index`.
Box part_of(const Box& row, int count, int index, float gap) {
  const float width = std::floor((row.w - gap * static_cast<float>(count - 1)) / static_cast<float>(count));
  return {row.x + static_cast<float>(index) * (width + gap), row.y, width, row.h};
}

}  // namespace

void ServerPanel::draw_overview(const Frame& frame, const Box& area) {
  Ui& ui = frame.ui;
  const AdminSnapshot& admin = frame.scene.admin;
  if (draw_state(frame, area, admin.status.value != nullptr, admin.status.error)) return;
  const AdminStatus& status = *admin.status.value;
  ui::ScrollArea scroll(ui, "overview", {area.x, area.y, area.w + ui.px(16), area.h});
  const float gap = ui.px(16);
  const int columns = area.w < ui.px(860) ? 1 : area.w < ui.px(1180) ? 2 : 3;
  Box rest{scroll.origin().x, scroll.origin().y, area.w, 100'000};
  const Box strip = rest.cut_top(ui.px(72));
  draw_card(ui, strip);
  const Box figures = strip.inset(ui.px(16), ui.px(14));
  std::int64_t serving = 0;
  std::int64_t failing = 0;
  if (admin.plugins.value) {
    for (const AdminPlugin& plugin : *admin.plugins.value) {
      serving += plugin.active() != nullptr ? 1 : 0;
      failing += plugin.last && !plugin.last->is_ok ? 1 : 0;
    }
  }
  const std::string plugins = failing == 0 ? count_text(serving) : fmt::format("{}, {} in trouble", serving, failing);
  draw_figure(ui, part_of(figures, 5, 0, gap), "figure.clients", "Clients", count_text(status.clients));
  draw_figure(ui, part_of(figures, 5, 1, gap), "figure.streams", "Streams", count_text(status.streams));
  draw_figure(ui, part_of(figures, 5, 2, gap), "figure.plugins", "Plugins serving", plugins);
  draw_figure(ui, part_of(figures, 5, 3, gap), "figure.hits", "Store hits",
              share(status.store.hits, status.store.hits + status.store.misses));
  draw_figure(ui, part_of(figures, 5, 4, gap), "figure.sent", "Sent in all",
              status.bytes_sent ? bytes_text(static_cast<double>(*status.bytes_sent)) : "\u2013");
  rest.cut_top(gap);
  const ui::Palette& palette = ui.palette();
  const auto count = [](double value) { return whole(value); };
  const std::array<GraphLook, 6> graphs{{{.id = "clients",
                                          .title = "Clients",
                                          .color = palette.lane_screen,
                                          .value = [](const AdminSample& s) { return s.clients; },
                                          .text = count,
                                          .least_top = 4,
                                          .is_whole = true},
                                         {.id = "bandwidth",
                                          .title = "Sent",
                                          .color = palette.lane_network,
                                          .value = [](const AdminSample& s) { return s.bytes_per_s; },
                                          .text = rate_text,
                                          .least_top = 1000},
                                         {.id = "cpu",
                                          .title = "Processor, of one core",
                                          .color = palette.lane_packets,
                                          .value = [](const AdminSample& s) { return s.cpu_percent; },
                                          .text = percent,
                                          .least_top = 10},
                                         {.id = "memory",
                                          .title = "Memory",
                                          .color = palette.good,
                                          .value = [](const AdminSample& s) { return s.rss_bytes; },
                                          .text = bytes_text,
                                          .least_top = 1e6},
                                         {.id = "store",
                                          .title = "Segment store",
                                          .color = palette.lane_ring,
                                          .value = [](const AdminSample& s) { return s.store_bytes; },
                                          .text = bytes_text,
                                          .least_top = 1e6,
                                          .limit = static_cast<double>(status.store.budget_bytes)},
                                         {.id = "makes",
                                          .title = "Segments made",
                                          .color = palette.warning,
                                          .value = [](const AdminSample& s) { return s.makes_per_s; },
                                          .text = rate,
                                          .least_top = 1}}};
  const int rows = (static_cast<int>(graphs.size()) + columns - 1) / columns;
  const float left = area.h - (strip.h + gap) - gap * static_cast<float>(rows - 1);
  const float height = std::max(std::floor(left / static_cast<float>(rows)), ui.px(176));
  for (int i = 0; i < static_cast<int>(graphs.size()); ++i) {
    if (i % columns == 0 && i > 0) rest.cut_top(gap);
    const Box row = i % columns == 0 ? rest.cut_top(height) : Box{rest.x, rest.y - height, rest.w, height};
    draw_graph(ui, part_of(row, columns, i % columns, gap), samples_of(admin), ui.now_ns(),
               graphs[static_cast<std::size_t>(i)]);
  }
  scroll.set_height(rest.y - scroll.origin().y);
}

void ServerPanel::draw_store(const Frame& frame, const Box& area) {
  Ui& ui = frame.ui;
  const AdminSnapshot& admin = frame.scene.admin;
  if (draw_state(frame, area, admin.status.value != nullptr, admin.status.error)) return;
  const AdminStore& store = admin.status.value->store;
  const float gap = ui.px(16);
  Box rest = area;
  const Box use = rest.cut_top(ui.px(104));
  draw_card(ui, use);
  Box inner = use.inset(ui.px(16), ui.px(14));
  Box words = inner.cut_top(ui.line_height(TextStyle::kTitle));
  const std::string used =
      memory_text(static_cast<double>(store.bytes)) + " of " + memory_text(static_cast<double>(store.budget_bytes));
  ui.mark("store.use", use, used);
  ui.label(words.cut_right(ui.text_width(TextStyle::kBody, share(store.bytes, store.budget_bytes))), TextStyle::kBody,
           ui.palette().text_muted, share(store.bytes, store.budget_bytes));
  ui.label(words, TextStyle::kTitle, ui.palette().text, used);
  inner.cut_top(ui.px(12));
  const Box bar = inner.cut_top(ui.px(10));
  const float full =
      store.budget_bytes <= 0
          ? 0
          : std::clamp(static_cast<float>(static_cast<double>(store.bytes) / static_cast<double>(store.budget_bytes)),
                       0.0F, 1.0F);
  ui.fill(bar, ui.palette().track, bar.h / 2);
  ui.fill({bar.x, bar.y, std::max(bar.w * full, bar.h), bar.h},
          full > 0.95F ? ui.palette().warning : ui.palette().lane_ring, bar.h / 2);
  inner.cut_top(ui.px(8));
  ui.label(inner.cut_top(ui.line_height(TextStyle::kCaption)), TextStyle::kCaption, ui.palette().text_faint,
           "Encoded once, sent to everyone: segments stay until the budget is needed for others.");
  rest.cut_top(gap);
  const Box strip = rest.cut_top(ui.px(72));
  draw_card(ui, strip);
  const Box figures = strip.inset(ui.px(16), ui.px(14));
  const std::array<std::pair<std::string_view, std::string>, 6> values{
      {{"Segments", count_text(store.segments)},
       {"Hits", count_text(store.hits)},
       {"Misses", count_text(store.misses)},
       {"Hit rate", share(store.hits, store.hits + store.misses)},
       {"Made", count_text(store.makes)},
       {"Evicted", count_text(store.evictions)}}};
  for (int i = 0; i < 6; ++i) {
    const auto& [label, value] = values[static_cast<std::size_t>(i)];
    draw_figure(ui, part_of(figures, 6, i, gap), fmt::format("store.{}", label), label, value);
  }
  rest.cut_top(gap);
  const float height = std::min(rest.h, ui.px(420));
  const Box graphs = rest.cut_top(height);
  draw_graph(ui, part_of(graphs, 2, 0, gap), samples_of(admin), ui.now_ns(),
             {.id = "store",
              .title = "In use",
              .color = ui.palette().lane_ring,
              .value = [](const AdminSample& s) { return s.store_bytes; },
              .text = memory_text,
              .least_top = 1 << 20,
              .limit = static_cast<double>(store.budget_bytes),
              .unit = 1 << 20});
  draw_graph(ui, part_of(graphs, 2, 1, gap), samples_of(admin), ui.now_ns(),
             {.id = "hits",
              .title = "Hits",
              .color = ui.palette().good,
              .value = [](const AdminSample& s) { return s.hits_per_s; },
              .text = rate,
              .least_top = 1});
}

}  // namespace zoe::player
