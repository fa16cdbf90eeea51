#include "tests/load/load_options.hpp"

#include <map>

#include <CLI/CLI.hpp>

namespace zoe::load {

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
  Options options;
  std::string server = "127.0.0.1:7340";
  CLI::App app{
      "Many clients of a Zoetrope server at once, without windows: each plays in real time and counts what came late."};
  const std::map<std::string, Behaviour> behaviours{
      {"watch", Behaviour::kWatch}, {"scrub", Behaviour::kScrub}, {"mixed", Behaviour::kMixed}};
  app.add_option("--server", server, "address of the server (HOST:PORT, numeric IPv4)")->capture_default_str();
  app.add_option("--clients", options.clients, "how many")->capture_default_str()->check(CLI::Range(1, 20'000));
  app.add_option("--seconds", options.seconds, "how long to measure")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 86'400.0));
  app.add_option("--rendition", options.rendition, "jpeg, jpeg@q80, copy, ...")->capture_default_str();
  app.add_option(
         "--behaviour", options.behaviour,
         "watch: forwards from a place of their own; scrub: seek every one to three seconds; mixed: a quarter in "
         "reverse, an eighth at double speed, an eighth seeking, the rest watching")
      ->transform(CLI::CheckedTransformer(behaviours, CLI::ignore_case));
  app.add_option("--stalled", options.stalled, "further clients that stop reading altogether")
      ->check(CLI::Range(0, 20'000));
  app.add_option("--media", options.media, "id or part of the title (the library's first)");
  app.add_option("--channel", options.channel,
                 "part of the name of a channel: all watch it live (with --behaviour watch), from video to video")
      ->excludes("--media");
  app.add_option("--user", options.user, "log in with this name (as a guest where it is left out)");
  app.add_option("--password", options.password, "password of --user");
  app.add_flag("--register", options.is_new_account, "make the account of --user first");
  app.add_flag("--tls", options.is_tls, "encrypt, believing any key");
  app.add_option("--warm-up", options.warm_up_s, "seconds between the last client's start and the measurement")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--ramp", options.ramp_s, "seconds over which the clients start")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--ahead", options.ahead_s, "seconds of media granted beyond the playhead")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 60.0));
  app.add_option("--buffer", options.buffer_s, "seconds from the first frame to the start of playing")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 60.0));
  app.add_option("--max-fps", options.max_fps, "let the server leave out frames above this rate (0: none)")
      ->check(CLI::Range(0.0, 1000.0));
  app.add_option("--seed", options.seed, "of where clients start and seek to")->capture_default_str();
  app.add_option("--server-pid", options.server_pid, "process of a server on this machine: report its CPU time too");
  app.add_flag(
      "--control", options.is_controlled,
      "take commands from stdin, one a line, while measuring: \"mark NAME\" ends a window of the figures, prints "
      "it as one line of JSON, and begins another called NAME; \"stop\" (or the end of stdin) ends the run");
  app.add_option("--json", options.json_file, "write the figures there as JSON");
  app.footer(
      "Example: zoetrope-load --server 127.0.0.1:7340 --clients 512 --seconds 30 --rendition jpeg --behaviour mixed");
  try {
    app.parse(argc, argv);
    const auto colon = server.rfind(':');
    options.host = server.substr(0, colon);
    const int port = colon == std::string::npos ? options.port : std::stoi(server.substr(colon + 1));
    if (!options.channel.empty() && options.behaviour != Behaviour::kWatch)
      throw CLI::ValidationError("--channel", "a channel is watched live: leave --behaviour out");
    if (port < 1 || port > 65'535) throw CLI::ValidationError("--server", "the port must be 1 to 65535");
    options.port = static_cast<std::uint16_t>(port);
  } catch (const CLI::ParseError& e) {
    exit_code = app.exit(e);
    return std::nullopt;
  } catch (const std::exception&) {
    exit_code = app.exit(CLI::ValidationError("--server", server + " is not HOST:PORT"));
    return std::nullopt;
  }
  return options;
}

}  // namespace zoe::load
