#include "player/layers/actions.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace zoe::player {
namespace {

using app::Key;
using app::OnRepeat;

struct Row {
  Key key;
  Action action;
  OnRepeat on_repeat = OnRepeat::kIgnore;
  std::uint8_t mods = 0;
};

constexpr auto kTable = std::to_array<Row>({
    {Key::kSpace, Action::kTogglePause},
    {Key::kK, Action::kTogglePause},
    {Key::kJ, Action::kBackwards},
    {Key::kL, Action::kForwards},
    {Key::kLeft, Action::kSeekBack, OnRepeat::kAct},
    {Key::kRight, Action::kSeekForward, OnRepeat::kAct},
    {Key::kLeft, Action::kSeekBackFine, OnRepeat::kAct, app::kModShift},
    {Key::kRight, Action::kSeekForwardFine, OnRepeat::kAct, app::kModShift},
    {Key::kHome, Action::kSeekStart},
    {Key::kEnd, Action::kSeekEnd},
    {Key::kUp, Action::kFaster},
    {Key::kDown, Action::kSlower},
    {Key::kComma, Action::kStepBack, OnRepeat::kAct},
    {Key::kPeriod, Action::kStepForward, OnRepeat::kAct},
    {Key::kR, Action::kToggleLoop},
    {Key::kF, Action::kToggleFullscreen},
    {Key::kF11, Action::kToggleFullscreen},
    {Key::kEscape, Action::kLeave},
    {Key::kTab, Action::kToggleOverlays},
    {Key::kP, Action::kTogglePlaylist},
    {Key::kB, Action::kToggleBuffers},
    {Key::kSlash, Action::kSearch},
    {Key::kC, Action::kToggleServer},
    {Key::kN, Action::kNext},
    {Key::kN, Action::kPrevious, OnRepeat::kIgnore, app::kModShift},
});

constexpr std::array<Rational, 11> kRates{
    {{-4, 1}, {-2, 1}, {-1, 1}, {-1, 2}, {-1, 4}, {1, 4}, {1, 2}, {1, 1}, {3, 2}, {2, 1}, {4, 1}}};

}  // namespace

app::InputMap default_input_map() {
  std::vector<app::KeyBinding> bindings;
  for (const Row& row : kTable)
    bindings.push_back({.key = row.key,
                        .mods = row.mods,
                        .action = static_cast<app::ActionId>(row.action),
                        .on_repeat = row.on_repeat});
  auto map = app::InputMap::create(std::move(bindings));
  if (!map) throw std::logic_error(map.error().message);  // the table above is wrong
  return std::move(*map);
}

KeyLabels labels_of(const app::InputMap& map) {
  const auto label = [&](Action action) { return map.label_of(static_cast<app::ActionId>(action)); };
  return {.play = label(Action::kTogglePause),
          .rewind = label(Action::kBackwards),
          .forward = label(Action::kForwards),
          .step_back = label(Action::kStepBack),
          .step_forward = label(Action::kStepForward),
          .loop = label(Action::kToggleLoop),
          .playlist = label(Action::kTogglePlaylist),
          .buffers = label(Action::kToggleBuffers),
          .fullscreen = label(Action::kToggleFullscreen),
          .back = label(Action::kLeave),
          .server = label(Action::kToggleServer),
          .next = label(Action::kNext),
          .previous = label(Action::kPrevious)};
}

Rational next_rate(Rational rate, int direction) {
  const double now = rate.to_double();
  if (direction > 0) {
    const auto found =
        std::find_if(kRates.begin(), kRates.end(), [&](Rational each) { return each.to_double() > now + 1e-9; });
    return found == kRates.end() ? kRates.back() : *found;
  }
  const auto found =
      std::find_if(kRates.rbegin(), kRates.rend(), [&](Rational each) { return each.to_double() < now - 1e-9; });
  return found == kRates.rend() ? kRates.front() : *found;
}

Rational shuttle_rate(Rational rate, int direction) {
  const Rational one{direction, 1};
  if (rate.is_negative() != (direction < 0)) return one;
  const double size = rate.abs().to_double();
  if (size < 1) return one;
  return {direction * (size < 2 ? 2 : 4), 1};
}

}  // namespace zoe::player
