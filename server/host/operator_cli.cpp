#include "server/host/operator_cli.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/core/config.hpp"
#include "engine/core/file.hpp"
#include "engine/net/json.hpp"
#include "server/host/control_client.hpp"
#include "server/host/operator_people.hpp"
#include "server/host/operator_tables.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 3> kCommands = {"plugins", "status", "log"};
constexpr int kRefused = 1;
constexpr int kUsage = 2;
constexpr int kNoServer = 3;
// How often a log that is followed is asked for what is new.
constexpr std::chrono::milliseconds kFollowEvery{500};

struct Options {
  std::optional<std::string> data;
  std::optional<std::string> config;
  bool is_json = false;
  std::string act;   // of `plugins`: "list", "swap", …
  std::string what;  // the plugin, or its file
  bool is_following = false;
  std::string level = "trace";
  std::string search;
  int lines = 100;
  PeopleOptions people;
};

void declare_place(CLI::App& command, Options& options) {
  command.add_option("--data,--data-dir", options.data, "Data folder of the running server")->type_name("FOLDER");
  command.add_option("--config", options.config, "Settings file of the running server, for its data folder")
      ->type_name("FILE");
  command.add_flag("--json", options.is_json, "Print what the server answers, as JSON");
}

void declare(CLI::App& app, Options& options) {
  app.require_subcommand(1);
  CLI::App* plugins = app.add_subcommand("plugins", "List plugins, and swap them while the server runs");
  plugins->require_subcommand(0, 1);
  declare_place(*plugins, options);
  struct Act {
    const char* name;
    const char* argument;
    const char* help;
  };
  constexpr std::array kActs = {
      Act{"list", nullptr, "What serves, in which generation, and what went wrong"},
      Act{"swap", "ID|FILE", "Take up the plugin's file from the plugin folder"},
      Act{"rollback", "ID", "Go back to what served before"},
      Act{"enable", "ID", "Put a disabled plugin back into service"},
      Act{"disable", "ID", "Take it out of service, also after a restart"},
      Act{"drain", "ID", "Move the clients of its old generations on now"},
  };
  for (const Act& act : kActs) {
    CLI::App* command = plugins->add_subcommand(act.name, act.help);
    declare_place(*command, options);
    if (act.argument) command->add_option(act.argument, options.what, "The plugin")->required();
    command->callback([&options, name = act.name] { options.act = name; });
  }
  CLI::App* status = app.add_subcommand("status", "Clients, streams, memory and segments of the running server");
  declare_place(*status, options);
  CLI::App* log = app.add_subcommand("log", "The last lines of the running server's log");
  declare_place(*log, options);
  log->add_flag("--follow,-f", options.is_following, "Go on with what is logged from now on");
  log->add_option("--level", options.level, "Lines of this level and above: debug, info, warning, error");
  log->add_option("--search", options.search, "Lines with these words");
  log->add_option("--lines,-n", options.lines, "How many (default: 100)")->check(CLI::Range(1, 1000));
  const auto place = [](CLI::App& command, void* context) { declare_place(command, *static_cast<Options*>(context)); };
  declare_people(app, options.people, place, &options);
}

Result<std::string> data_folder(const Options& options) {
  std::string folder = user_data_folder() + "/server";
  if (options.config) {
    ZOE_TRY(const Config file, Config::load(*options.config));
    ZOE_TRY(folder, file.string("data_dir", folder));
  }
  if (options.data) folder = *options.data;
  std::error_code error;
  const std::filesystem::path full = std::filesystem::absolute(folder, error);
  return error ? folder : full.lexically_normal().string();
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void print_json(const json& value) { print(net::to_text(value) + "\n"); }

Status list_plugins(ControlClient& server, const Options& options) {
  ZOE_TRY(const json result, server.ask("admin.plugins", json::object()));
  if (options.is_json)
    print_json(result);
  else
    print(plugins_table(result));
  return {};
}

Status act_on_plugin(ControlClient& server, const Options& options) {
  // An id has no dot and no slash; a file has one of them.
  const bool is_file = options.act == "swap" && options.what.find_first_of("./") != std::string::npos;
  std::string what = options.what;
  if (is_file && what.find('/') != std::string::npos) {
    std::error_code error;
    const std::filesystem::path full = std::filesystem::absolute(what, error);
    if (!error) what = full.lexically_normal().string();
  }
  const json params = {{is_file ? "file" : "id", what}};
  ZOE_TRY(const json result, server.ask("admin.plugin_" + options.act, params));
  if (options.is_json)
    print_json(result);
  else
    print(result.value("message", "done") + "\n");
  return {};
}

Status show_status(ControlClient& server, const Options& options) {
  ZOE_TRY(const json result, server.ask("admin.status", json::object()));
  if (options.is_json)
    print_json(result);
  else
    print(status_table(result));
  return {};
}

Status show_log(ControlClient& server, const Options& options) {
  json params = {{"level", options.level}, {"search", options.search}, {"limit", options.lines}};
  while (true) {
    ZOE_TRY(const json result, server.ask("admin.log", params));
    for (const json& line : result.value("lines", json::array())) {
      if (options.is_json)
        print_json(line);
      else
        print(log_text(line));
    }
    if (!options.is_following) return {};
    // What came meanwhile is taken in larger pieces.
    params["limit"] = 1000;
    params["after"] = result.value("last_seq", std::uint64_t{0});
    std::this_thread::sleep_for(kFollowEvery);
  }
}

int say(const Error& error) {
  std::fprintf(stderr, "zoetrope-server: %s\n", error.message.c_str());
  return kRefused;
}

}  // namespace

bool is_operator_command(int argc, const char* const* argv) {
  return argc > 1 &&
         (std::find(kCommands.begin(), kCommands.end(), argv[1]) != kCommands.end() || is_people_command(argv[1]));
}

int run_operator_command(int argc, const char* const* argv) {
  CLI::App app("Asks a running zoetrope-server, and tells it what to do.", "zoetrope-server");
  Options options;
  declare(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    print(app.help());
    return 0;
  } catch (const CLI::Error& error) {
    std::fprintf(stderr, "zoetrope-server: %s; --help lists what there is\n", error.what());
    return kUsage;
  }
  const auto folder = data_folder(options);
  if (!folder) return say(folder.error()), kUsage;
  auto server = ControlClient::connect(*folder);
  if (!server) return say(server.error()), kNoServer;
  const std::string_view command = argv[1];
  Status done;
  options.people.is_json = options.is_json;
  if (!options.people.group.empty())
    done = run_people(*server, options.people);
  else if (command == "status")
    done = show_status(*server, options);
  else if (command == "log")
    done = show_log(*server, options);
  else
    done =
        options.act.empty() || options.act == "list" ? list_plugins(*server, options) : act_on_plugin(*server, options);
  return done ? 0 : say(done.error());
}

}  // namespace zoe::server
