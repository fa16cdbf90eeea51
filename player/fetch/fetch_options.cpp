#include "player/fetch/fetch_options.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cmath>

namespace zoe::player {
namespace {

constexpr const char* kVersion = "0.1.0";

constexpr const char* kExamples = R"(
Examples:
  zoetrope-fetch media.local "Cup final" --user ann
  zoetrope-fetch 192.168.1.20:7340 Films/2024/final.mkv -o ~/Videos --guest
  zoetrope-fetch localhost --list final

What is there of the file from before is gone on with. While it comes it is called NAME.part; nothing is overwritten.
The path of the finished file is written to standard output, everything else to standard error.
Without a way to sign in, the session that `zoetrope` keeps for the server is used, or a guest's where guests may come in.

Exit codes: 0 it is here and verified; 1 it failed, what has come is kept; 2 the command line is wrong; 3 there is no such
video, or more than one; 4 the server let nobody in; 130 interrupted, what has come is kept.)";

struct Raw {
  std::string server;
  std::string log_level = "error";
  SignInArguments sign_in;
  double connect_timeout_s = 10;
  double patience_s = 120;
};

Status finish(const Raw& raw, FetchOptions& options) {
  ZOE_TRY(options.server, ServerAddress::parse(raw.server));
  ZOE_TRY(options.sign_in, read_sign_in(raw.sign_in, PasswordPrompt::kTerminal));
  const auto level = parse_log_level(raw.log_level);
  if (!level) return fail(Errc::kInvalidArgument, "--log: " + level.error().message);
  options.log_level = *level;
  options.connect_timeout_ms = std::llround(raw.connect_timeout_s * 1000);
  options.patience_ns = std::llround(raw.patience_s * 1e9);
  if (options.file.empty() && !options.is_listing)
    return fail(Errc::kInvalidArgument, "FILE is missing: a video's path, title or id (zoetrope-fetch SERVER --list)");
  return {};
}

}  // namespace

Result<FetchCommandLine> parse_fetch_command_line(int argc, const char* const* argv) {
  return catch_to_result("command line", [&]() -> Result<FetchCommandLine> {
    FetchCommandLine line;
    FetchOptions& options = line.options;
    Raw raw;
    CLI::App app("Downloads a video from a zoetrope-server, checked and resumable.", "zoetrope-fetch");
    app.footer(kExamples);
    app.set_version_flag("--version", std::string("zoetrope-fetch ") + kVersion);
    app.option_defaults()->always_capture_default(false);
    app.add_option("SERVER,--server", raw.server, "HOST or HOST:PORT (port 7340)")->required();
    app.add_option("FILE,--file", options.file, "Path, title or id of the video; with --list what to search for");
    app.add_option("-o,--output", options.output, "Folder to put it in, or the file's path (the current folder)");
    app.add_flag("--list", options.is_listing, "List what there is: size, length and path");
    app.add_flag("-q,--quiet", options.is_quiet, "Say nothing but errors, and the path in the end");
    add_sign_in_options(app, raw.sign_in, PasswordPrompt::kTerminal);
    app.add_flag("--plain", options.is_plain_wanted,
                 "Connect without encryption, also over the network: whoever listens sees the password");
    app.add_option("--chunk", options.chunk_bytes, "Bytes of each checked piece")
        ->check(CLI::Range(512U, net::kMostChunkBytes))
        ->capture_default_str();
    app.add_option("--patience", raw.patience_s, "Seconds without anything coming until it gives up")
        ->check(CLI::Range(0.0, 1e6))
        ->capture_default_str();
    app.add_option("--connect-timeout", raw.connect_timeout_s, "Seconds until a connection attempt is given up")
        ->check(CLI::Range(0.1, 3600.0))
        ->capture_default_str();
    app.add_option("--log", raw.log_level, "trace, debug, info, warning, error or off")->capture_default_str();
    try {
      app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {
      line.is_to_run = false;
      line.text = wanted.get_name() == "CallForVersion" ? std::string(wanted.what()) + '\n' : app.help();
      return line;
    } catch (const CLI::ParseError& error) {
      return fail(Errc::kInvalidArgument, fmt::format("{}\nRun zoetrope-fetch --help for the options.", error.what()));
    }
    ZOE_CHECK(finish(raw, options));
    return line;
  });
}

}  // namespace zoe::player
