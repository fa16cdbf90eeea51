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
    {Key::kB, Action::kSaveTrace, OnRepeat::kIgnore, app::kModShift},
    {Key::kO, Action::kToggleRoom},
    {Key::kG, Action::kGoLive},
    {Key::kSlash, Action::kSearch},
    {Key::kC, Action::kToggleServer},
    {Key::kA, Action::kToggleAnalysis},
    {Key::kA, Action::kToggleGlass, OnRepeat::kIgnore, app::kModShift},
    {Key::kN, Action::kNext},
    {Key::kN, Action::kPrevious, OnRepeat::kIgnore, app::kModShift},
    {Key::kV, Action::kSubtitles},
    {Key::kV, Action::kSecondSubtitles, OnRepeat::kIgnore, app::kModShift},
    {Key::kZ, Action::kSubtitlesEarlier, OnRepeat::kAct},
    {Key::kZ, Action::kSubtitlesLater, OnRepeat::kAct, app::kModShift},
    {Key::kX, Action::kSubtitlesSmaller, OnRepeat::kAct},
    {Key::kX, Action::kSubtitlesLarger, OnRepeat::kAct, app::kModShift},
    {Key::kS, Action::kScreenshot},
    {Key::kLeftBracket, Action::kSectionFrom},
    {Key::kRightBracket, Action::kSectionTo},
    {Key::kBackspace, Action::kSectionClear},
    {Key::kPageDown, Action::kNextChapter},
    {Key::kPageUp, Action::kPreviousChapter},
    {Key::kSlash, Action::kToggleKeys, OnRepeat::kIgnore, app::kModShift},
    {Key::kMediaPlay, Action::kTogglePause},
    {Key::kMediaStop, Action::kPause},
    {Key::kMediaNext, Action::kNext},
    {Key::kMediaPrevious, Action::kPrevious},
    {Key::kM, Action::kMute},
    {Key::k9, Action::kQuieter, OnRepeat::kAct},
    {Key::k0, Action::kLouder, OnRepeat::kAct},
    {Key::kD, Action::kDownload},
    {Key::kEquals, Action::kZoomIn, OnRepeat::kAct, app::kModAlt},
    {Key::kMinus, Action::kZoomOut, OnRepeat::kAct, app::kModAlt},
    {Key::kLeft, Action::kPanLeft, OnRepeat::kAct, app::kModAlt},
    {Key::kRight, Action::kPanRight, OnRepeat::kAct, app::kModAlt},
    {Key::kUp, Action::kPanUp, OnRepeat::kAct, app::kModAlt},
    {Key::kDown, Action::kPanDown, OnRepeat::kAct, app::kModAlt},
    {Key::kBackspace, Action::kFramingReset, OnRepeat::kIgnore, app::kModAlt},
    {Key::kW, Action::kToggleFill},
    {Key::kI, Action::kDeinterlacing},
    {Key::kW, Action::kAspect, OnRepeat::kIgnore, app::kModShift},
    {Key::kT, Action::kToggleDrawing},
    {Key::kT, Action::kToggleNotes, OnRepeat::kIgnore, app::kModShift},
    {Key::kZ, Action::kUndoDrawing, OnRepeat::kIgnore, app::kModCtrl},
    {Key::kQ, Action::kDrawColor},
    {Key::kQ, Action::kDrawWidth, OnRepeat::kIgnore, app::kModShift},
    {Key::k1, Action::kDrawPointer},
    {Key::k2, Action::kDrawPen},
    {Key::k3, Action::kDrawLine},
    {Key::k4, Action::kDrawArrow},
    {Key::k5, Action::kDrawEllipse},
    {Key::k6, Action::kDrawText},
    {Key::k7, Action::kDrawEraser},
});

constexpr std::array<Rational, 11> kRates{
    {{-4, 1}, {-2, 1}, {-1, 1}, {-1, 2}, {-1, 4}, {1, 4}, {1, 2}, {1, 1}, {3, 2}, {2, 1}, {4, 1}}};

// In the order of the sheet; two actions are told together where they are each other's opposite.
struct Told {
  Action action;
  Action other;
  std::string_view text;
};

constexpr auto kTold = std::to_array<Told>({
    {Action::kTogglePause, Action::kTogglePause, "play, pause"},
    {Action::kBackwards, Action::kForwards, "play backwards, forwards; again: faster"},
    {Action::kSlower, Action::kFaster, "slower, faster"},
    {Action::kStepBack, Action::kStepForward, "one frame back, on"},
    {Action::kSeekBack, Action::kSeekForward, "5 seconds back, on"},
    {Action::kSeekBackFine, Action::kSeekForwardFine, "1 second back, on"},
    {Action::kSeekStart, Action::kSeekEnd, "to the start, to the end"},
    {Action::kPreviousChapter, Action::kNextChapter, "the chapter before, the next one"},
    {Action::kPrevious, Action::kNext, "the video before, the next one"},
    {Action::kToggleLoop, Action::kToggleLoop, "repeat"},
    {Action::kSectionFrom, Action::kSectionTo, "repeat from here, up to here"},
    {Action::kSectionClear, Action::kSectionClear, "stop repeating that part"},
    {Action::kSubtitles, Action::kSecondSubtitles, "subtitles, second ones at the top"},
    {Action::kSubtitlesEarlier, Action::kSubtitlesLater, "subtitles earlier, later"},
    {Action::kSubtitlesSmaller, Action::kSubtitlesLarger, "subtitles smaller, larger"},
    {Action::kZoomIn, Action::kZoomOut, "nearer, farther"},
    {Action::kPanLeft, Action::kPanRight, "move the picture; up, down as well"},
    {Action::kToggleFill, Action::kAspect, "fill the window, other proportions"},
    {Action::kFramingReset, Action::kFramingReset, "the whole picture as it is"},
    {Action::kDeinterlacing, Action::kDeinterlacing, "deinterlace: where marked, never, always"},
    {Action::kScreenshot, Action::kScreenshot, "save the picture"},
    {Action::kDownload, Action::kDownload, "download it"},
    {Action::kToggleFullscreen, Action::kToggleFullscreen, "full screen"},
    {Action::kToggleOverlays, Action::kToggleOverlays, "hide everything, show it again"},
    {Action::kTogglePlaylist, Action::kToggleBuffers, "library, buffers"},
    {Action::kSaveTrace, Action::kSaveTrace, "save a trace of the buffers"},
    {Action::kToggleRoom, Action::kToggleRoom, "who watches together"},
    {Action::kGoLive, Action::kGoLive, "on a channel: back to live"},
    {Action::kToggleDrawing, Action::kToggleNotes, "draw in a room, list of drawings"},
    {Action::kDrawPointer, Action::kDrawEraser, "drawing tools, from the pointer on"},
    {Action::kDrawColor, Action::kDrawWidth, "the next colour, the next width"},
    {Action::kUndoDrawing, Action::kUndoDrawing, "take one's last drawing back"},
    {Action::kToggleAnalysis, Action::kToggleGlass, "analysis, what it draws on the picture"},
    {Action::kSearch, Action::kSearch, "search"},
    {Action::kLeave, Action::kLeave, "close, leave"},
    {Action::kToggleKeys, Action::kToggleKeys, "this sheet"},
});

}  // namespace

std::vector<KeyHelp> key_helps() {
  const app::InputMap map = default_input_map();
  const auto label = [&](Action action) { return map.label_of(static_cast<app::ActionId>(action)); };
  std::vector<KeyHelp> helps;
  for (const Told& told : kTold) {
    std::string keys = label(told.action);
    if (told.other != told.action) keys += ", " + label(told.other);
    helps.push_back({std::move(keys), std::string(told.text)});
  }
  return helps;
}

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
          .save_trace = label(Action::kSaveTrace),
          .room = label(Action::kToggleRoom),
          .live = label(Action::kGoLive),
          .fullscreen = label(Action::kToggleFullscreen),
          .back = label(Action::kLeave),
          .server = label(Action::kToggleServer),
          .next = label(Action::kNext),
          .previous = label(Action::kPrevious),
          .subtitles = label(Action::kSubtitles),
          .second_subtitles = label(Action::kSecondSubtitles),
          .subtitles_earlier = label(Action::kSubtitlesEarlier),
          .subtitles_later = label(Action::kSubtitlesLater),
          .subtitles_smaller = label(Action::kSubtitlesSmaller),
          .subtitles_larger = label(Action::kSubtitlesLarger),
          .mute = label(Action::kMute),
          .analysis = label(Action::kToggleAnalysis),
          .overlays = label(Action::kToggleGlass),
          .download = label(Action::kDownload),
          .draw = label(Action::kToggleDrawing),
          .drawings = label(Action::kToggleNotes),
          .draw_undo = label(Action::kUndoDrawing),
          .draw_color = label(Action::kDrawColor),
          .draw_width = label(Action::kDrawWidth),
          .draw_tools = {label(Action::kDrawPointer), label(Action::kDrawPen), label(Action::kDrawLine),
                         label(Action::kDrawArrow), label(Action::kDrawEllipse), label(Action::kDrawText),
                         label(Action::kDrawEraser)}};
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
