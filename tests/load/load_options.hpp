// What zoetrope-load was asked to do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/core/result.hpp"

namespace zoe::load {

enum class Behaviour { kWatch = 1, kScrub, kMixed };

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 7340;
  int clients = 64;
  int stalled = 0;  // further clients that stop reading once they play
  double seconds = 10;
  double warm_up_s = 3;   // after the last client has started; what comes before counts apart
  double ramp_s = 2;      // over which the clients are started
  double ahead_s = 2;     // media granted beyond the playhead
  double buffer_s = 0.5;  // from the first frame to the start of playing
  std::string rendition = "jpeg";
  Behaviour behaviour = Behaviour::kWatch;
  std::string media;    // id, or part of a title; empty: the first of the library
  std::string channel;  // part of the name of the channel to tune in to; empty: none
  std::string user;
  std::string password;
  bool is_new_account = false;  // register `user` first
  bool is_tls = false;
  double max_fps = 0;
  unsigned seed = 1;
  int server_pid = 0;          // its CPU time is reported too; 0: not
  bool is_controlled = false;  // commands come on stdin
  std::string json_file;
};

// From the command line. No value: it has been answered (--help), and the program ends with `exit_code`.
std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

}  // namespace zoe::load
