#include "server/host/server_config.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/core/config.hpp"
#include "engine/core/file.hpp"
#include "server/api/version.hpp"
#include "server/library/root_names.hpp"

namespace zoe::server {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::int64_t kMebi = std::int64_t{1} << 20;
constexpr const char* kNativeTransport = "transport_tcp";
constexpr const char* kWebTransport = "transport_http";
constexpr const char* kGuestAuth = "auth_guest";
constexpr const char* kScripts = "analysis_script";

constexpr const char* kExamples = R"(
Examples:
  zoetrope-server ~/Videos
      serve a folder to this machine and, encrypted, to the network
  zoetrope-server --allow-guests --address 127.0.0.1 ~/Videos
      let everybody on this machine watch, without accounts
  zoetrope-server --config /etc/zoetrope.toml
      everything from a file; see zoetrope.example.toml

To a running server, as the user that runs it (each has a --help):
  zoetrope-server plugins list|swap|rollback|enable|disable|drain [ID|FILE]
  zoetrope-server status
  zoetrope-server log [--follow]

Signals: SIGINT and SIGTERM stop the server, a second one at once; SIGHUP looks for new files now.
Exit status: 0 stopped as asked, 1 failed while running, 2 wrong flags or settings, 3 the data folder cannot be used,
4 a port cannot be opened, 5 no plugin brings a way for clients to connect.
)";

// A flag that was not given leaves the file's value, or the default.
struct Flags {
  std::vector<std::string> folders;
  std::optional<std::string> config;
  std::optional<std::string> data_dir;
  std::optional<std::string> plugins_dir;
  std::optional<std::string> name;
  std::optional<std::string> address;
  std::optional<std::string> log_level;
  std::optional<std::string> log_file;
  std::optional<std::string> ready_file;
  std::optional<int> port;
  std::optional<int> http_port;
  std::optional<std::string> database;
  std::optional<std::int64_t> segment_memory_mib;
  std::optional<std::int64_t> segment_disk_mib;
  std::optional<std::int64_t> most_clients;
  bool allow_guests = false;
  bool allow_plain = false;
  bool no_announce = false;
  bool release_quarantine = false;
  bool version = false;
};

void declare(CLI::App& app, Flags& flags) {
  // Of a flag that is repeated the last one counts, so that a script's flags can be added to.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("FOLDER", flags.folders, "Folders of videos to serve, with all below them (default: ~/Videos)")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--config", flags.config, "TOML file of settings; flags go before it")->type_name("FILE");
  app.add_option("--data-dir", flags.data_dir, "Where accounts, the certificate and caches are kept")
      ->type_name("FOLDER");
  app.add_option("--plugins-dir", flags.plugins_dir, "Where plugins are found (default: ../plugins beside the program)")
      ->type_name("FOLDER");
  app.add_option("--name", flags.name, "The server's name for people (default: this machine's)");
  app.add_option("--port", flags.port, "Native protocol: TCP port, 0 lets the system choose (default: 7340)")
      ->check(CLI::Range(0, 65535));
  app.add_option("--http-port", flags.http_port, "Web page: TCP port, 0 lets the system choose (default: 7380)")
      ->check(CLI::Range(0, 65535));
  app.add_option("--address", flags.address, "Numeric address to listen on (default: all)");
  app.add_flag("--allow-plain", flags.allow_plain, "Let the network in without encryption too");
  app.add_flag("--allow-guests", flags.allow_guests, "Let everybody who reaches the server watch, without an account");
  app.add_option("--log-level", flags.log_level, "trace, debug, info, warning, error or off (default: info)");
  app.add_option("--log-file", flags.log_file, "Also write the log to this file")->type_name("FILE");
  app.add_option("--database", flags.database,
                 "Where history and playlists are kept: a file, or postgresql://... (default: in the data folder)")
      ->type_name("FILE|URI");
  app.add_option("--segment-memory-mib", flags.segment_memory_mib, "Memory for ready-made segments (default: 512)")
      ->check(CLI::Range(std::int64_t{16}, std::int64_t{1} << 20));
  app.add_option("--segment-disk-mib", flags.segment_disk_mib,
                 "Disk for segments that took an encoder's work, 0 for none (default: 4096)")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 20));
  app.add_option("--max-clients", flags.most_clients, "Clients at once (default: 4096)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000}));
  app.add_option("--ready-file", flags.ready_file, "Write the ready lines to this file once the server listens")
      ->type_name("FILE");
  app.add_flag("--no-announce", flags.no_announce,
               "Do not tell players on the same network that there is a server here");
  app.add_flag("--release-quarantine", flags.release_quarantine,
               "Let the files back in that were being read when the server crashed");
  app.add_flag("--version", flags.version, "Print the version");
  app.footer(kExamples);
}

std::string absolute(const std::string& path) {
  std::error_code error;
  const fs::path full = fs::absolute(path, error).lexically_normal();
  std::string text = error ? path : full.string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

std::string machine_name() {
  std::array<char, 256> buffer{};
  if (::gethostname(buffer.data(), buffer.size() - 1) == 0 && buffer[0] != '\0') return buffer.data();
  return "zoetrope";
}

bool is_readable_folder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error) && ::access(path.c_str(), R_OK | X_OK) == 0;
}

// [library.roots]: the name of a folder, and its path.
Result<std::map<std::string, std::string>> named_folders(const Config& file) {
  ZOE_TRY(const std::string text, file.table_json("library.roots"));
  std::map<std::string, std::string> by_path;
  const json table = json::parse(text);
  for (const auto& [name, path] : table.items()) {
    if (name.empty() || name.size() > 200 || !path.is_string() || path.get<std::string>().empty())
      return fail(Errc::kInvalidArgument, "'library.roots." + name + "' must be the path of a folder");
    const auto [place, is_new] = by_path.emplace(absolute(path.get<std::string>()), name);
    if (!is_new)
      return fail(Errc::kInvalidArgument,
                  "library.roots: \"" + name + "\" and \"" + place->second + "\" are the same folder");
  }
  return by_path;
}

// `names`: of those that the configuration names.
Result<std::vector<std::string>> choose_folders(const Config& file, const Flags& flags,
                                                std::map<std::string, std::string>& names) {
  ZOE_TRY(std::vector<std::string> folders, file.strings("folders", {}));
  ZOE_TRY(names, named_folders(file));
  for (const auto& [path, name] : names) folders.push_back(path);
  if (!flags.folders.empty()) folders = flags.folders;
  if (folders.empty()) {
    const char* home = std::getenv("HOME");
    const std::string videos = std::string(home ? home : "") + "/Videos";
    if (!is_readable_folder(videos))
      return fail(Errc::kInvalidArgument, "which folder shall be served? For example: zoetrope-server ~/Videos");
    folders = {videos};
  }
  for (std::string& folder : folders) folder = absolute(folder);
  std::vector<std::string> distinct;
  for (const std::string& folder : folders)
    if (std::find(distinct.begin(), distinct.end(), folder) == distinct.end()) distinct.push_back(folder);
  // One that is missing may be a disk that is not mounted yet; all of them missing is a mistake.
  if (std::none_of(distinct.begin(), distinct.end(), is_readable_folder))
    return fail(Errc::kInvalidArgument,
                "'" + distinct.front() + "' is not a folder that can be read; name the folder of videos to serve");
  return distinct;
}

Status read_sizes(const Config& file, const Flags& flags, ServerConfig& config) {
  ZOE_TRY(const std::int64_t store, file.integer("store.memory_mib", 512, 16, kMebi));
  config.store_bytes = static_cast<std::size_t>(flags.segment_memory_mib.value_or(store) * kMebi);
  ZOE_TRY(const std::int64_t disk, file.integer("store.disk_mib", 4096, 0, kMebi));
  config.store_disk_bytes = static_cast<std::uint64_t>(flags.segment_disk_mib.value_or(disk) * kMebi);
  ZOE_TRY(const std::int64_t index_memory, file.integer("index.memory_mib", 64, 1, kMebi));
  config.index_memory_bytes = static_cast<std::size_t>(index_memory * kMebi);
  ZOE_TRY(const std::int64_t index_disk, file.integer("index.disk_mib", 1024, 1, kMebi));
  config.index_disk_bytes = static_cast<std::uint64_t>(index_disk * kMebi);
  ZOE_TRY(const std::int64_t clients, file.integer("limits.clients", 4096, 1, 100'000));
  config.most_clients = static_cast<std::size_t>(flags.most_clients.value_or(clients));
  ZOE_TRY(const std::int64_t streams, file.integer("limits.streams_per_client", 8, 1, 64));
  config.most_streams_per_client = static_cast<std::size_t>(streams);
  return {};
}

Status read_workers(const Config& file, ServerConfig& config) {
  ZOE_TRY(const std::int64_t api, file.integer("workers.api", 2, 1, 64));
  ZOE_TRY(const std::int64_t auth, file.integer("workers.auth", 2, 1, 64));
  ZOE_TRY(const std::int64_t open, file.integer("workers.open", 4, 1, 64));
  ZOE_TRY(const std::int64_t segments, file.integer("workers.segments", 0, 0, 256));
  config.api_workers = static_cast<std::size_t>(api);
  config.auth_workers = static_cast<std::size_t>(auth);
  config.open_workers = static_cast<std::size_t>(open);
  config.segment_workers = static_cast<std::size_t>(segments);
  return {};
}

Result<std::chrono::milliseconds> read_deadline(const Config& file, const char* key, double fallback_s) {
  ZOE_TRY(const double seconds, file.number(key, fallback_s, 0.1, 3600));
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

Status read_swapping(const Config& file, ServerConfig& config) {
  ZOE_TRY(config.is_watching_plugins, file.boolean("swap.watch", true));
  ZOE_TRY(config.plugin_trial_deadline, read_deadline(file, "swap.trial_seconds", 20));
  ZOE_TRY(config.plugin_init_deadline, read_deadline(file, "swap.init_seconds", 10));
  ZOE_TRY(config.plugin_drain_deadline, read_deadline(file, "swap.drain_seconds", 10));
  return {};
}

Status read_library(const Config& file, ServerConfig& config) {
  ZOE_TRY(const double rescan_s, file.number("library.rescan_seconds", 30, 0, 86'400));
  config.rescan_every = std::chrono::milliseconds(static_cast<std::int64_t>(rescan_s * 1000));
  ZOE_TRY(const std::int64_t files, file.integer("library.most_files", 1'000'000, 1, 10'000'000));
  config.most_files = static_cast<std::size_t>(files);
  ZOE_TRY(config.is_watching_library, file.boolean("library.watch", true));
  ZOE_TRY(const std::int64_t memory_mib, file.integer("library.prober_memory_mib", 2048, 128, 1 << 20));
  config.prober_memory_bytes = static_cast<std::size_t>(memory_mib * kMebi);
  ZOE_TRY(const std::int64_t artwork_mib, file.integer("library.artwork_mib", 4096, 0, kMebi));
  config.artwork_disk_bytes = static_cast<std::uint64_t>(artwork_mib * kMebi);
  return {};
}

Status read_analysis(const Config& file, ServerConfig& config) {
  ZOE_TRY(const std::int64_t at_once, file.integer("analysis.at_once", 1, 1, 64));
  config.analyses_at_once = static_cast<std::size_t>(at_once);
  ZOE_TRY(const std::int64_t results_mib, file.integer("analysis.results_mib", 512, 1, 1 << 16));
  config.analysis_result_bytes = static_cast<std::uint64_t>(results_mib * kMebi);
  return {};
}

Status read_discovery(const Config& file, const Flags& flags, ServerConfig& config) {
  ZOE_TRY(const bool is_announced, file.boolean("discovery.announce", true));
  config.is_announced = is_announced && !flags.no_announce;
  ZOE_TRY(const std::int64_t port, file.integer("discovery.port", config.discovery_port, 0, 65'535));
  config.discovery_port = static_cast<std::uint16_t>(port);
  return {};
}

Status read_log(const Config& file, const Flags& flags, ServerConfig& config) {
  ZOE_TRY(const std::string level, file.string("log.level", "info"));
  ZOE_TRY(config.log.level, parse_log_level(flags.log_level.value_or(level)));
  ZOE_TRY(const std::string log_file, file.string("log.file", ""));
  config.log.file = flags.log_file.value_or(log_file);
  return {};
}

Status read_places(const Config& file, const Flags& flags, ServerConfig& config) {
  ZOE_TRY(const std::string data, file.string("data_dir", user_data_folder() + "/server"));
  config.data_folder = absolute(flags.data_dir.value_or(data));
  ZOE_TRY(const std::string plugins, file.string("plugins_dir", program_folder() + "/../plugins"));
  config.plugins_folder = absolute(flags.plugins_dir.value_or(plugins));
  ZOE_TRY(const std::string name, file.string("name", machine_name()));
  config.name = flags.name.value_or(name);
  if (config.name.empty() || config.name.size() > 64)
    return fail(Errc::kInvalidArgument, "the server's name must have 1 to 64 bytes");
  ZOE_TRY(const std::string database, file.string("database.location", ""));
  config.database = flags.database.value_or(database);
  ZOE_TRY(config.tls_certificate_file, file.string("tls.certificate", ""));
  ZOE_TRY(config.tls_key_file, file.string("tls.key", ""));
  if (config.tls_certificate_file.empty() != config.tls_key_file.empty())
    return fail(Errc::kInvalidArgument, "tls.certificate and tls.key go together: name both files, or neither");
  return {};
}

// `[plugins.ID]` of the file, with the flags that stand for settings of a plugin put over it.
Status read_plugins(const Config& file, const Flags& flags, ServerConfig& config) {
  ZOE_TRY(const std::string text, file.table_json("plugins"));
  json all = json::parse(text);
  for (const auto& [id, settings] : all.items())
    if (!settings.is_object())
      return fail(Errc::kInvalidArgument, "'plugins." + id + "' must be a table: [plugins." + id + "]");
  for (const char* id : {kNativeTransport, kWebTransport, kScripts})
    if (!all.contains(id)) all[id] = json::object();
  if (flags.port) all[kNativeTransport]["port"] = *flags.port;
  if (flags.http_port) all[kWebTransport]["port"] = *flags.http_port;
  // Who lets the system choose one port does not want the other to be in somebody's way.
  const bool is_anywhere = flags.port && *flags.port == 0;
  if (json& web = all[kWebTransport]; is_anywhere && !web.contains("port")) web["port"] = 0;
  for (const char* transport : {kNativeTransport, kWebTransport}) {
    if (flags.address) all[transport]["address"] = *flags.address;
    if (flags.allow_plain) all[transport]["allow_plain"] = true;
  }
  if (flags.allow_guests) all[kGuestAuth]["enabled"] = true;
  if (json& native = all[kNativeTransport]; !native.contains("name")) native["name"] = config.name;
  // What is loaded is a copy that lies elsewhere, so the plugin cannot know where it came from.
  if (json& scripts = all[kScripts]; !scripts.contains("folder"))
    scripts["folder"] = config.plugins_folder + "/" + kScripts;
  for (const auto& [id, settings] : all.items()) config.plugin_settings[id] = settings.dump();
  return {};
}

Result<ServerConfig> read_config(const Flags& flags) {
  ServerConfig config;
  Config file;
  if (flags.config) {
    ZOE_TRY(file, Config::load(*flags.config));
  }
  std::map<std::string, std::string> names;
  ZOE_TRY(config.folders, choose_folders(file, flags, names));
  config.root_names = name_roots(config.folders, names);
  ZOE_CHECK(read_places(file, flags, config));
  ZOE_CHECK(read_log(file, flags, config));
  ZOE_CHECK(read_sizes(file, flags, config));
  ZOE_CHECK(read_workers(file, config));
  ZOE_CHECK(read_library(file, config));
  ZOE_CHECK(read_analysis(file, config));
  ZOE_CHECK(read_plugins(file, flags, config));
  ZOE_CHECK(read_swapping(file, config));
  ZOE_CHECK(read_discovery(file, flags, config));
  ZOE_CHECK(file.check_unknown());
  config.ready_file = flags.ready_file.value_or("");
  config.is_quarantine_released = flags.release_quarantine;
  return config;
}

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv) {
  CLI::App app("Streams folders of video to many players at once.", "zoetrope-server");
  Flags flags;
  declare(app, flags);
  CommandLine line;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    line.is_to_serve = false;
    line.text = app.help();
    return line;
  } catch (const CLI::Error& error) {
    return fail(Errc::kInvalidArgument, std::string(error.what()) + "; --help lists what there is");
  }
  if (flags.version) {
    line.is_to_serve = false;
    line.text = std::string("zoetrope-server ") + kVersion + "\n";
    return line;
  }
  ZOE_TRY(line.config, catch_to_result("settings", [&] { return read_config(flags); }));
  return line;
}

}  // namespace zoe::server
