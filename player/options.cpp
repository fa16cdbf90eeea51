#include "player/options.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <system_error>

#include "player/client/room_link.hpp"

namespace zoe::player {
namespace {

constexpr const char* kVersion = "0.1.0";

constexpr const char* kExamples = R"(
Examples:
  zoetrope                                   choose a server in the window
  zoetrope film.mkv                          play a file, or a folder of them, without a server
  zoetrope media.local                       connect to that server and sign in there
  zoetrope 192.168.1.20:7340 --guest --media "Cup final" --rate -1
  zoetrope zoetrope://192.168.1.20/room/ABCD-EFGH-JKLM --guest     watch together: a link that somebody sent
  zoetrope --headless localhost --guest --autoplay --seconds 10 --screenshot last.png
  zoetrope --headless localhost --user ann --password-file pw --input-script keys.txt --stats stats.json

Exit codes: 0 all well; 1 it could not start; 2 the command line is wrong; 3 the input script failed; 4 the media failed;
5 no display could be used for a window.
Keys, input scripts, statistics and traces are described in docs/player.md.)";

struct Raw {
  std::vector<std::string> what;
  std::string server;
  std::string room;
  std::string size = "1280x720";
  std::string rate = "1";
  std::string log_level = "warning";
  std::string lan;
  SignInArguments sign_in;
  double connect_timeout_s = 10;
  double start_s = -1;
};

void add_server_options(CLI::App& app, Raw& raw, PlayerOptions& options) {
  app.add_option("WHAT", raw.what,
                 "A server (HOST or HOST:PORT, port 7340; none: the one used last), an invitation's link, or files and "
                 "folders to play");
  app.add_option("--server,--connect", raw.server, "A server, whatever files are called so");
  app.add_option("--lan", raw.lan,
                 "Where servers are looked for: off, or an IPv4 ADDRESS[:PORT] (none: on all networks of this machine; "
                 "off with --headless)");
  add_sign_in_options(app, raw.sign_in, PasswordPrompt::kNone);
  app.add_flag("--plain", options.is_plain_wanted,
               "Connect without encryption, also over the network: whoever listens sees the password");
  app.add_option("--connect-timeout", raw.connect_timeout_s, "Seconds until a connection attempt is given up")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
}

void add_playing_options(CLI::App& app, Raw& raw, PlayerOptions& options) {
  app.add_option("--media", options.media, "Title, path or id of what to play");
  app.add_flag("--autoplay", options.is_autoplay, "Play the first video of the library where --media names none");
  app.add_option("--room", raw.room, "Enter the room of this invitation: its code, or its link");
  app.add_option("--channel", options.channel,
                 "Tune in to the channel of this name, or the first one that has it in its name");
  app.add_option("--rendition", options.rendition,
                 "How it is sent: copy, h264@auto (as the line carries it), h264@480p, jpeg@auto, jpeg@q80, …")
      ->capture_default_str();
  app.add_option("--rate", raw.rate, "From -16 to 16, not 0; negative plays backwards")->capture_default_str();
  app.add_option("--start", raw.start_s, "Seconds into the media")->check(CLI::Range(0.0, 1e9));
  app.add_flag("--loop", options.is_looping, "Begin again at the end");
  app.add_flag("--paused", options.is_paused, "Show the first frame and wait");
}

void add_window_options(CLI::App& app, Raw& raw, PlayerOptions& options) {
  app.add_flag("--fullscreen", options.is_fullscreen, "Fill the screen");
  app.add_flag("--headless", options.is_headless, "The same player without a window or display");
  app.add_option("--size", raw.size, "WIDTHxHEIGHT of the window or the headless surface")
      ->take_last()
      ->capture_default_str();
  app.add_flag("--control-panel", options.is_control_panel,
               "Show the server's control panel, for admins, and no video");
  app.add_option("--downloads", options.downloads,
                 "Folder for what is downloaded, from now on (at first $XDG_DOWNLOAD_DIR, ~/Downloads or the home)");
  app.add_flag("--panels", options.opens_panels, "Open the library and the buffer panel at the start");
}

void add_automation_options(CLI::App& app, PlayerOptions& options) {
  app.add_option("--input-script", options.input_script, "Replay keys, clicks and waits from this file")
      ->check(CLI::ExistingFile);
  app.add_option("--stats", options.stats_file, "Write what the buffer panel shows to this file as JSON");
  app.add_option("--trace", options.trace_file, "Write a line for every frame shown to this file as JSON");
  app.add_option("--screenshot", options.screenshot_file, "Save the last picture as PNG before leaving");
  app.add_option("--seconds", options.seconds, "Leave after so many seconds of showing pictures")
      ->check(CLI::Range(0.0, 1e6));
  app.add_flag("--untimed", options.is_untimed, "Show every frame as soon as the one before was drawn");
  app.add_flag("--exit-at-end", options.exits_at_end, "Leave when the media has ended");
}

void add_tuning_options(CLI::App& app, Raw& raw, PlayerOptions& options) {
  app.add_option("--ring-frames", options.ring_frames, "Most decoded frames kept")
      ->check(CLI::Range(8, 4096))
      ->capture_default_str();
  app.add_option("--ring-mib", options.ring_mib, "Most memory for them, in MiB")
      ->check(CLI::Range(16, 65'536))
      ->capture_default_str();
  app.add_option("--packets-mib", options.packets_mib, "Most memory for encoded packets, in MiB")
      ->check(CLI::Range(8, 65'536))
      ->capture_default_str();
  app.add_option("--decoder-threads", options.decoder_threads, "0: as many as there are cores, at most 4")
      ->check(CLI::Range(0, 32))
      ->capture_default_str();
  app.add_option("--log", raw.log_level, "trace, debug, info, warning, error or off")->capture_default_str();
  app.add_option("--log-file", options.log_file, "Log to this file, too");
}

Status read_size(const std::string& text, PlayerOptions& options) {
  int end = 0;
  const int read = std::sscanf(text.c_str(), "%dx%d%n", &options.width, &options.height, &end);
  const bool is_size = read == 2 && static_cast<std::size_t>(end) == text.size();
  if (!is_size || options.width < 64 || options.height < 64 || options.width > 16'384 || options.height > 16'384)
    return fail(Errc::kInvalidArgument,
                fmt::format("--size {}: write WIDTHxHEIGHT, each from 64 to 16384, for example 1280x720", text));
  return {};
}

Status read_rate(const std::string& text, PlayerOptions& options) {
  const auto rate = Rational::parse(text);
  if (!rate || rate->is_zero() || std::abs(rate->to_double()) > 16)
    return fail(Errc::kInvalidArgument, fmt::format("--rate {}: a number from -16 to 16, and not 0", text));
  options.rate = *rate;
  return {};
}

// What is there as a file, or is written as a path, is one; a single other word is a server.
Status read_what(const Raw& raw, PlayerOptions& options) {
  const auto is_file = [](const std::string& word) {
    std::error_code ignored;
    if (std::filesystem::exists(word, ignored)) return true;
    return word.find('/') != std::string::npos && word.find("://") == std::string::npos;
  };
  std::string server = raw.server;
  std::string room = raw.room;
  if (raw.what.size() == 1 && server.empty() && !is_file(raw.what[0]))
    (raw.what[0].starts_with(kRoomLinkScheme) ? room : server) = raw.what[0];
  else
    options.files = raw.what;
  if (!server.empty()) {
    ZOE_TRY(options.server, ServerAddress::parse(server));
  }
  if (!room.empty()) {
    ZOE_TRY(const Invitation invitation, parse_invitation(room));
    options.room = invitation.code;
    if (invitation.server && !options.server) options.server = invitation.server;
  }
  const bool is_playing = !options.media.empty() || options.is_autoplay;
  const bool is_joining = !options.room.empty() || !options.channel.empty();
  if (is_joining && (is_playing || options.is_control_panel || (!options.room.empty() && !options.channel.empty())))
    return fail(
        Errc::kInvalidArgument,
        "in a room or on a channel plays what is watched there: leave --media, --autoplay and --control-panel out, "
        "and one of --room and --channel");
  if (options.files.empty()) return {};
  if (is_playing || is_joining || options.is_control_panel)
    return fail(
        Errc::kInvalidArgument,
        "--media, --autoplay, --room, --channel and --control-panel are about a server: leave them out, or the files");
  return {};
}

Status finish(const Raw& raw, PlayerOptions& options) {
  ZOE_CHECK(read_what(raw, options));
  ZOE_CHECK(read_size(raw.size, options));
  ZOE_CHECK(read_rate(raw.rate, options));
  ZOE_TRY(options.sign_in, read_sign_in(raw.sign_in, PasswordPrompt::kNone));
  const auto level = parse_log_level(raw.log_level);
  if (!level) return fail(Errc::kInvalidArgument, "--log: " + level.error().message);
  options.log_level = *level;
  options.lan.is_off = options.is_headless;
  if (!raw.lan.empty()) {
    auto lan = LanTarget::parse(raw.lan);
    if (!lan) return fail(Errc::kInvalidArgument, "--lan: " + lan.error().message);
    options.lan = std::move(*lan);
  }
  if (raw.start_s >= 0) options.start_s = raw.start_s;
  options.connect_timeout_ms = std::llround(raw.connect_timeout_s * 1000);
  // Without a window there is nobody to choose.
  if (options.is_control_panel) {
    if (!options.media.empty() || options.is_autoplay)
      return fail(Errc::kInvalidArgument, "--control-panel plays nothing: leave --media and --autoplay out");
  } else if (options.is_headless && options.input_script.empty() && options.files.empty() && options.room.empty() &&
             options.channel.empty())
    options.is_autoplay = true;
  if (options.is_headless && !options.server && options.files.empty() && options.input_script.empty())
    return fail(Errc::kInvalidArgument,
                "--headless: name a server or a file, for example: zoetrope --headless localhost");
  return {};
}

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv) {
  return catch_to_result("command line", [&]() -> Result<CommandLine> {
    CommandLine line;
    Raw raw;
    CLI::App app("Zoetrope: plays video from a zoetrope-server, forwards and backwards at any speed.", "zoetrope");
    app.footer(kExamples);
    app.set_version_flag("--version", std::string("zoetrope ") + kVersion);
    app.option_defaults()->always_capture_default(false);
    add_server_options(app, raw, line.options);
    add_playing_options(app, raw, line.options);
    add_window_options(app, raw, line.options);
    add_automation_options(app, line.options);
    add_tuning_options(app, raw, line.options);
    try {
      app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {
      line.is_to_run = false;
      line.text = wanted.get_name() == "CallForVersion" ? std::string(wanted.what()) + '\n' : app.help();
      return line;
    } catch (const CLI::ParseError& error) {
      return fail(Errc::kInvalidArgument, fmt::format("{}\nRun zoetrope --help for the options.", error.what()));
    }
    ZOE_CHECK(finish(raw, line.options));
    return line;
  });
}

}  // namespace zoe::player
