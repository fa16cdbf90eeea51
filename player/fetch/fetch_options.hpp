// The command line of zoetrope-fetch.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "player/client/server_link.hpp"
#include "player/sign_in.hpp"

namespace zoe::player {

// What the program returns; docs/downloads.md tells it to people.
inline constexpr int kFetchDone = 0;
inline constexpr int kFetchFailed = 1;    // what has come is kept
inline constexpr int kFetchUsage = 2;     // the command line
inline constexpr int kFetchNotFound = 3;  // no such video, or more than one
inline constexpr int kFetchNotSignedIn = 4;
inline constexpr int kFetchInterrupted = 130;  // as a shell says of Ctrl-C; what has come is kept

struct FetchOptions {
  ServerAddress server;
  std::string file;    // path, title or id; with `is_listing` what to search for
  std::string output;  // a folder or a file; empty: the current folder
  SignInOptions sign_in;
  bool is_listing = false;
  bool is_quiet = false;
  bool is_plain_wanted = false;
  std::uint32_t chunk_bytes = FileIntake::kChunkBytes;
  std::int64_t connect_timeout_ms = 10'000;
  std::int64_t patience_ns = 0;  // without anything coming, until it gives up
  LogLevel log_level = LogLevel::kError;
};

// What to do with the command line: run, or say something and leave.
struct FetchCommandLine {
  FetchOptions options;
  bool is_to_run = true;
  std::string text;  // with !is_to_run: help or version
};

// kInvalidArgument with a sentence that names the option.
Result<FetchCommandLine> parse_fetch_command_line(int argc, const char* const* argv);

}  // namespace zoe::player
