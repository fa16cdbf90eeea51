// The player's command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/app/window.hpp"
#include "engine/core/log.hpp"
#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"
#include "player/client/lan_feed.hpp"
#include "player/client/server_link.hpp"
#include "player/sign_in.hpp"

namespace zoe::player {

struct PlayerOptions {
  std::optional<ServerAddress> server;  // none: the remembered one, or the login panel
  SignInOptions sign_in;
  bool is_plain_wanted = false;  // no TLS, also over the network
  std::int64_t connect_timeout_ms = 10'000;

  bool is_headless = false;
  bool is_fullscreen = false;
  int width = 1280;
  int height = 720;

  std::vector<std::string> files;  // of this machine, and folders: played without a server
  std::string media;               // title, path or id; empty: none
  bool is_autoplay = false;        // the first of the library where none is named
  std::string channel;             // part of the name of the channel to tune in to; empty: none
  std::string room;                // an invitation's code: the room to enter; empty: none
  std::string rendition = "copy";
  Rational rate{1, 1};
  bool is_looping = false;
  bool is_paused = false;
  std::optional<double> start_s;

  LanTarget lan;          // where servers are looked for
  std::string downloads;  // the folder for them; empty: as it was

  std::string input_script;
  std::string stats_file;
  std::string trace_file;
  std::string screenshot_file;  // of the last picture
  double seconds = 0;           // end after so long; 0: never
  bool is_untimed = false;
  bool exits_at_end = false;
  bool opens_panels = false;
  bool is_control_panel = false;  // the control panel alone

  std::uint32_t ring_frames = 300;
  std::uint64_t ring_mib = 1024;
  std::uint64_t packets_mib = 256;
  int decoder_threads = 0;

  std::string log_file;
  LogLevel log_level = LogLevel::kWarning;
};

// What to do with the command line: run, or say something and leave.
struct CommandLine {
  PlayerOptions options;
  bool is_to_run = true;
  std::string text;  // with !is_to_run: help or version
};

// kInvalidArgument with a sentence that names the option.
Result<CommandLine> parse_command_line(int argc, const char* const* argv);

}  // namespace zoe::player
