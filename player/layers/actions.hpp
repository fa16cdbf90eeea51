// What the keys do.
#pragma once

#include <string>
#include <vector>

#include "engine/app/input_map.hpp"
#include "player/panels/panel_context.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player {

enum class Action : app::ActionId {
  kTogglePause = 1,
  kBackwards,  // J: play backwards, then twice, then four times as fast
  kForwards,   // L: the same forwards
  kSeekBack,   // 5 s
  kSeekForward,
  kSeekBackFine,  // 1 s
  kSeekForwardFine,
  kSeekStart,
  kSeekEnd,
  kSlower,
  kFaster,
  kStepBack,
  kStepForward,
  kToggleLoop,
  kToggleFullscreen,
  kLeave,  // Esc: full screen, then panels, then the media
  kToggleOverlays,
  kTogglePlaylist,
  kToggleBuffers,
  kSaveTrace,   // of the pipeline's last seconds
  kToggleRoom,  // the panel of the room that one sits in
  kGoLive,      // on a channel
  kSearch,
  kToggleServer,  // the control panel, for admins
  kNext,          // in what plays one after another
  kPrevious,
  kSubtitles,  // the next ones, behind the last ones none
  kSecondSubtitles,
  kSubtitlesEarlier,
  kSubtitlesLater,
  kSubtitlesSmaller,
  kSubtitlesLarger,
  kScreenshot,   // the picture with its subtitles, without the interface
  kSectionFrom,  // what lies between the two is repeated
  kSectionTo,
  kSectionClear,
  kNextChapter,
  kPreviousChapter,
  kPause,
  kToggleKeys,  // the sheet of all this
  kMute,
  kQuieter,
  kLouder,
  kToggleAnalysis,  // the panel
  kToggleGlass,     // what an analysis draws on the picture
  kDownload,        // what plays
  kZoomIn,
  kZoomOut,
  kPanLeft,  // the picture moves to the left: what lies right of the window comes in
  kPanRight,
  kPanUp,
  kPanDown,
  kToggleFill,  // the window is filled and the picture cut, or it is shown whole
  kAspect,      // the next of the proportions that a picture can be shown in
  kFramingReset,
  kDeinterlacing,  // the next way to show interlaced pictures
  kToggleDrawing,  // the bar of what one draws with
  kToggleNotes,    // the list of what was drawn
  kUndoDrawing,
  kDrawColor,  // the next one, while drawing
  kDrawWidth,
  kDrawPointer,  // the tools, in the order of DrawTool
  kDrawPen,
  kDrawLine,
  kDrawArrow,
  kDrawEllipse,
  kDrawText,
  kDrawEraser,
};

// The table of the keys.
app::InputMap default_input_map();

KeyLabels labels_of(const app::InputMap& map);

// A line of the sheet of keys: which keys, and what they do.
struct KeyHelp {
  std::string keys;
  std::string text;
};
std::vector<KeyHelp> key_helps();

// The rates that kSlower and kFaster go through, rising, and the next one from `rate`.
Rational next_rate(Rational rate, int direction);

// J and L: the rate after `rate` in the direction, 1, 2 and 4 times as fast.
Rational shuttle_rate(Rational rate, int direction);

}  // namespace zoe::player
