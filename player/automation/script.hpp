// Input scripts: what a person would do at the player, as text. docs/player.md lists the commands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/app/events.hpp"
#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"
#include "player/client/server_link.hpp"
#include "player/playback/playback.hpp"

namespace zoe::player::script {

// A place in the window: pixels, or parts of its width and height.
struct Coordinate {
  double value = 0;
  bool is_percent = false;
};
struct Place {
  Coordinate x;
  Coordinate y;
};

// --- input
struct Press {  // a key, down and up again unless only one of the two is wanted
  app::Key key = app::Key::kNone;
  std::uint8_t mods = 0;
  bool is_down = true;
  bool is_up = true;
};
struct Type {
  std::string text;
};
struct Move {
  Place place;
};
struct Click {
  Place place;
  app::PointerButton button = app::PointerButton::kLeft;
  int clicks = 1;
};
struct OnControl {  // the middle of a control by its name; waits until it is there
  std::string name;
  bool is_click = true;  // false: the pointer moves there
};
struct Hold {  // the left button pressed or let go, for dragging
  Place place;
  bool is_down = true;
};
struct Wheel {
  Place place;
  double dy = 0;
};
struct Resize {
  int width = 0;
  int height = 0;
};
struct Drop {  // a file or a folder on the window
  std::string path;
};

// --- waiting
struct Wait {
  std::int64_t ms = 0;
};
struct WaitFrame {  // that frame of the media, counted from 0, or one beyond it in the direction of play
  std::int64_t frame = 0;
};
struct WaitShown {  // so many frames since the program's start
  std::int64_t frames = 0;
};
struct WaitState {
  PlayState state = PlayState::kIdle;
};
struct WaitLink {
  LinkState state = LinkState::kIdle;
};
struct WaitFor {  // a control is there and, where `value` is not empty, says that
  std::string name;
  std::string value;
};
struct WaitLibrary {  // so many media listed
  std::int64_t items = 0;
};
struct Timeout {  // of the waits that follow
  std::int64_t ms = 30'000;
};

// --- commands to playback, as panels and keys give them
struct Open {
  std::string media;  // title or id
};
struct Play {};
struct Pause {};
struct Seek {
  std::int64_t position_us = 0;
};
struct Rate {
  Rational rate{1, 1};
};
struct Steps {
  int count = 0;
};
struct Loop {
  bool is_on = false;
};
struct Rendition {
  std::string name;
};
struct Analyse {         // the video that plays
  std::string analyser;  // empty: the first that can
};

// --- outcome
struct Screenshot {
  std::string path;
};
struct Mark {  // a named moment for the statistics
  std::string name;
};
struct Quit {
  int code = 0;
};

using Action = std::variant<Press, Type, Move, Click, OnControl, Hold, Wheel, Resize, Drop, Wait, WaitFrame, WaitShown,
                            WaitState, WaitLink, WaitFor, WaitLibrary, Timeout, Open, Play, Pause, Seek, Rate, Steps,
                            Loop, Rendition, Analyse, Screenshot, Mark, Quit>;

struct Step {
  int line = 0;
  std::string text;  // as written, for messages
  Action action;
};

inline constexpr std::size_t kMostScriptBytes = 1U << 20;

// kMalformed: "NAME:LINE: what is wrong". At most kMostScriptBytes.
Result<std::vector<Step>> parse(std::string_view text, const std::string& name);

std::string_view to_string(LinkState state);  // "signed-in"

}  // namespace zoe::player::script
