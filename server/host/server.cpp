#include "server/host/server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/core/clock.hpp"
#include "engine/core/file.hpp"
#include "engine/core/log.hpp"
#include "engine/core/log_ring.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/timer_thread.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/plugin/host/host_services.hpp"
#include "engine/plugin/host/manager.hpp"
#include "server/analysis/analysis_service.hpp"
#include "server/api/analysis_view.hpp"
#include "server/api/api.hpp"
#include "server/api/audit_log.hpp"
#include "server/api/departure.hpp"
#include "server/api/recommendations.hpp"
#include "server/api/rooms.hpp"
#include "server/api/version.hpp"
#include "server/host/active_plugins.hpp"
#include "server/host/client_hub.hpp"
#include "server/host/control_socket.hpp"
#include "server/host/data_folder.hpp"
#include "server/host/lan_announcer.hpp"
#include "server/host/server_certificate.hpp"
#include "server/host/session_watch.hpp"
#include "server/host/transport_ports.hpp"
#include "server/library/crash_guard.hpp"
#include "server/library/index_cache.hpp"
#include "server/library/library.hpp"
#include "server/library/quarantine.hpp"
#include "server/store/store.hpp"
#include "server/streams/stream_service.hpp"

namespace zoe::server {
namespace {

constexpr const char* kComponent = "server";
constexpr std::string_view kNativeListener = "native";
constexpr std::size_t kPluginWorkers = 4;
// At the speed of two workers some 15 seconds of password hashing; who comes later is told to try again.
constexpr std::size_t kMostHashing = 256;
constexpr std::size_t kMostOpening = 8192;
// Administrators' commands to plugins: each waits for the manager, which does one after another.
constexpr std::size_t kPluginCommands = 2;
constexpr std::size_t kMostPluginCommands = 64;
// What waits for the database; who comes later is told to try again.
constexpr std::size_t kStoreWorkers = 2;
constexpr std::size_t kMostStoring = 8192;
constexpr std::chrono::seconds kStopPatience{10};

// Thousands of clients need thousands of descriptors; the default soft limit is 1024.
void raise_descriptor_limit(Log& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
    log.warning(kComponent, "{}", errno_error("raise the limit of open files", errno).message);
}

StartFailure failure(ExitCode code, Error error) { return {code, std::move(error)}; }

}  // namespace

// In the order in which they need each other: destroyed from the last to the first.
struct Server::Parts {
  explicit Parts(ServerConfig server_config) : config(std::move(server_config)) {}

  std::optional<StartFailure> open_data();
  std::optional<StartFailure> build_plugin_host();
  std::optional<StartFailure> open_store();
  std::optional<StartFailure> build_library();
  std::optional<StartFailure> build_api();
  std::optional<StartFailure> load_plugins();
  std::optional<StartFailure> listen();
  std::optional<StartFailure> open_control_socket();
  void announce();
  void plugin_changed(const plugin::PluginEvent& event);
  void analysis_changed(const AnalysisRecord& job, AnalysisChange change);
  std::optional<StartFailure> start_analyses();

  const ServerConfig config;
  SystemClock clock;
  std::unique_ptr<Log> log;
  Metrics metrics;
  std::optional<DataFolder> data;
  Quarantine quarantine;
  ServerCertificate certificate;
  std::shared_ptr<LogRing> log_ring = std::make_shared<LogRing>();

  std::unique_ptr<WorkerPool> plugin_workers;
  std::unique_ptr<plugin::HostServices> host;
  std::unique_ptr<IndexCache> indexes;
  std::unique_ptr<Library> library;
  std::unique_ptr<Store> store;
  std::unique_ptr<RootAccess> access;
  std::unique_ptr<AuditLog> audit;
  std::unique_ptr<Recommendations> recommendations;
  std::unique_ptr<AnalysisService> analyses;
  std::unique_ptr<WorkerPool> quick_pool;
  std::unique_ptr<WorkerPool> opening_pool;
  std::unique_ptr<WorkerPool> hashing_pool;
  std::unique_ptr<WorkerPool> command_pool;
  std::unique_ptr<WorkerPool> store_pool;
  std::unique_ptr<WorkerPool> callback_pool;
  std::unique_ptr<StreamService> streams;
  std::unique_ptr<AuthGate> auth;
  std::unique_ptr<TicketOffice> tickets;
  std::unique_ptr<MediaTickets> media_tickets;
  std::unique_ptr<Rooms> rooms;
  std::unique_ptr<Api> api;
  std::optional<ClientServices> client_services;
  std::unique_ptr<ClientHub> hub;
  std::unique_ptr<Acceptor> acceptor;
  std::unique_ptr<TransportPorts> ports;
  std::unique_ptr<plugin::Manager> manager;
  std::unique_ptr<SessionWatch> watch;
  std::unique_ptr<TimerThread> figures;  // samples what clients are sent
  std::unique_ptr<ControlSocket> control;
  std::unique_ptr<LanAnnouncer> announcer;
  std::vector<BoundListener> listeners;
  bool is_stopped = false;
};

std::optional<StartFailure> Server::Parts::open_data() {
  LogConfig log_config = config.log;
  log_config.ring = log_ring;
  auto made_log = Log::create(log_config);
  if (!made_log) return failure(ExitCode::kUsage, std::move(made_log).error());
  log = std::move(*made_log);
  raise_descriptor_limit(*log);

  auto folder = DataFolder::open(config.data_folder);
  if (!folder) return failure(ExitCode::kDataFolder, std::move(folder).error());
  data.emplace(std::move(*folder));
  const std::string quarantine_file = data->file("quarantine");
  if (config.is_quarantine_released) {
    if (auto released = Quarantine::release_all(quarantine_file); !released)
      return failure(ExitCode::kDataFolder, std::move(released).error());
  }
  auto loaded = Quarantine::load(quarantine_file);
  if (!loaded) return failure(ExitCode::kDataFolder, std::move(loaded).error());
  quarantine = std::move(*loaded);
  if (!quarantine.files().empty())
    log->warning(kComponent, "{} files are in quarantine since the server crashed over them: see {}",
                 quarantine.files().size(), quarantine_file);
  if (auto installed = install_crash_handler(quarantine_file); !installed)
    return failure(ExitCode::kDataFolder, std::move(installed).error());

  auto found = load_or_make_certificate(*data, config.tls_certificate_file, config.tls_key_file, config.name);
  if (!found) return failure(ExitCode::kDataFolder, std::move(found).error());
  certificate = std::move(*found);
  log->info(kComponent, "{} {}",
            certificate.is_new ? "made a certificate; its key's fingerprint is" : "key fingerprint", certificate.pin);
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::build_plugin_host() {
  const auto settings_of = [this](std::string_view id) -> Result<std::string> {
    const auto found = config.plugin_settings.find(std::string(id));
    return found == config.plugin_settings.end() ? std::string("{}") : found->second;
  };
  plugin_workers = std::make_unique<WorkerPool>("plugin-jobs", kPluginWorkers);
  host = std::make_unique<plugin::HostServices>(
      plugin::HostServicesConfig{*log, clock, metrics, *plugin_workers, data->path(), settings_of});
  acceptor = std::make_unique<Acceptor>(*log, metrics);
  ports = std::make_unique<TransportPorts>(
      *acceptor, [this](std::string_view id) { return manager->find(id); }, *log);
  plugin::ManagerOptions options;
  options.folder = config.plugins_folder;
  options.run_folder = data->file("run");
  options.state_file = data->file("plugins.json");
  options.checker = program_folder() + "/zoetrope-plugin-check";
  options.certificate_pem = certificate.pem.certificate;
  options.key_pem = certificate.pem.key;
  options.trial_deadline = config.plugin_trial_deadline;
  options.init_deadline = config.plugin_init_deadline;
  options.drain_deadline = config.plugin_drain_deadline;
  options.is_watching = config.is_watching_plugins;
  options.admit = [this](const plugin::Pin& pin) { return ports->admit(pin); };
  options.changed = [this](const plugin::PluginEvent& event) { plugin_changed(event); };
  auto made = plugin::Manager::create(*host, std::move(options));
  if (!made) return failure(ExitCode::kDataFolder, std::move(made).error());
  manager = std::move(*made);
  return std::nullopt;
}

void Server::Parts::plugin_changed(const plugin::PluginEvent& event) {
  ports->settle(event.id);
  if (streams) streams->codecs_changed();
  if (analyses) analyses->look();
  if (hub) hub->broadcast(plugins_changed_event(event.id), ClientHub::Audience::kAdmins);
}

std::optional<StartFailure> Server::Parts::open_store() {
  const std::string location = config.database.empty() ? data->file("store.sqlite3") : config.database;
  auto opened = Store::open({.location = location}, *log);
  if (!opened) return failure(ExitCode::kDataFolder, std::move(opened).error());
  store = std::move(*opened);
  audit = std::make_unique<AuditLog>(*store, *log);
  access = std::make_unique<RootAccess>(*store);
  auto closed = access->load(config.root_names);
  if (!closed) return failure(ExitCode::kDataFolder, std::move(closed).error());
  for (const std::string& root : *closed)
    log->warning(kComponent,
                 "the root \"{}\" is new while one that only groups may see is gone: only administrators see it until "
                 "admin.set_root says otherwise",
                 root);
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::build_library() {
  auto folder = data->folder("index");
  if (!folder) return failure(ExitCode::kDataFolder, std::move(folder).error());
  indexes = std::make_unique<IndexCache>(IndexCacheConfig{*folder, config.index_memory_bytes, config.index_disk_bytes},
                                         metrics);
  auto pictures = data->folder("artwork");
  if (!pictures) return failure(ExitCode::kDataFolder, std::move(pictures).error());
  auto words = data->folder("subtitles");
  if (!words) return failure(ExitCode::kDataFolder, std::move(words).error());
  LibraryConfig settings{.folders = config.folders,
                         .root_names = config.root_names,
                         .cache_file = data->file("library"),
                         .rescan_every = config.rescan_every,
                         .most_files = config.most_files,
                         .is_watching = config.is_watching_library,
                         .artwork = {*pictures, config.artwork_disk_bytes},
                         .subtitles = {.folder = *words}};
  settings.prober.memory_bytes = config.prober_memory_bytes;
  library = std::make_unique<Library>(std::move(settings), *indexes, quarantine, clock, *log, metrics);
  recommendations = std::make_unique<Recommendations>(*library, *store, clock, *log);
  AnalysisConfig analysing{.folder = data->file("analyses"), .at_once = config.analyses_at_once};
  analysing.results.bytes = config.analysis_result_bytes;
  analyses = std::make_unique<AnalysisService>(
      std::move(analysing),
      AnalysisServices{*store, *library, [this] { return active_analysis(*manager); }, clock, *log, metrics});
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::start_analyses() {
  auto started =
      analyses->start([this](const AnalysisRecord& job, AnalysisChange change) { analysis_changed(job, change); });
  if (!started) return failure(ExitCode::kDataFolder, std::move(started).error());
  return std::nullopt;
}

void Server::Parts::analysis_changed(const AnalysisRecord& job, AnalysisChange change) {
  const MediaEntryPtr media = library->find(job.media);
  if (!media) return;
  hub->tell_those_who_see(media->id, media->root, analysis_changed_event(job, change),
                          [this](const Identity& who, const std::string& root) { return access->may_see(who, root); });
}

std::optional<StartFailure> Server::Parts::build_api() {
  quick_pool = std::make_unique<WorkerPool>("api", config.api_workers);
  opening_pool = std::make_unique<WorkerPool>("open", config.open_workers, kMostOpening);
  hashing_pool = std::make_unique<WorkerPool>("auth", config.auth_workers, kMostHashing);
  command_pool = std::make_unique<WorkerPool>("commands", kPluginCommands, kMostPluginCommands);
  store_pool = std::make_unique<WorkerPool>("store", kStoreWorkers, kMostStoring);
  callback_pool = std::make_unique<WorkerPool>("callbacks", 1);
  StreamServiceConfig streaming{.store_bytes = config.store_bytes, .disk = {}, .workers = config.segment_workers};
  // Without the folder everything is made anew after a restart, and that is all.
  if (auto folder = data->folder("segments"); folder && config.store_disk_bytes > 0)
    streaming.disk = {.folder = *folder, .most_bytes = config.store_disk_bytes};
  streams = std::make_unique<StreamService>(streaming, manager->registry(), *indexes, *log, metrics);
  auth = std::make_unique<AuthGate>([this] { return active_auth(*manager); });
  // One a client; those of clients that have just gone lie here for half a minute.
  tickets = std::make_unique<TicketOffice>(clock, 2 * config.most_clients);
  media_tickets = std::make_unique<MediaTickets>(clock);
  rooms = std::make_unique<Rooms>(RoomsServices{.library = *library,
                                                .access = *access,
                                                .store = *store,
                                                .clock = clock,
                                                .log = *log,
                                                .deliver = [this](const auto& mail) { hub->deliver(mail); },
                                                .connected = [this] { return hub->numbers(); }});
  api = std::make_unique<Api>(ApiServices{
      .auth = *auth,
      .tickets = *tickets,
      .media_tickets = *media_tickets,
      .whole_library = *library,
      .access = *access,
      .audit = *audit,
      .streams = *streams,
      .store = *store,
      .recommendations = *recommendations,
      .rooms = *rooms,
      .metrics = metrics,
      .clock = clock,
      .log = *log,
      .log_ring = *log_ring,
      .server_name = config.name,
      .started_ns = clock.now_ns(),
      .day_ahead_ns = clock.utc_ns() - clock.now_ns(),
      .plugins = [this] { return manager->snapshot(); },
      .act_on_plugin = [this](PluginWish wish, const std::string& what) { return act_on(*manager, wish, what); },
      .census =
          [this] {
            return ApiServices::Census{hub->size(), hub->open_streams(), hub->media_bytes()};
          },
      .clients = [this](std::size_t offset, std::size_t limit) { return hub->page(offset, limit); },
      .end_client = [this](std::uint64_t client, const Error& reason) { return hub->end_client(client, reason); },
      .sessions_changed = [this] { watch->look_now(); },
      .access_changed =
          [this] {
            hub->end_those_who_see(
                [this](const Identity& who, const std::string& root) { return access->may_see(who, root); });
            hub->broadcast(library_changed_event());
            rooms->show_anew();
          },
      .tell_person = [this](const Session& from, const std::string& event) { hub->tell_person(from, event); },
      .tell_all = [this](const std::string& event) { hub->broadcast(event); },
      .analyses = *analyses,
  });
  client_services.emplace(ClientServices{*api,
                                         {*quick_pool, *opening_pool, *hashing_pool, *command_pool, *store_pool},
                                         *callback_pool,
                                         metrics.counter("media_bytes_sent_total"),
                                         config.most_streams_per_client});
  hub = std::make_unique<ClientHub>(*client_services, config.most_clients, certificate, metrics);
  hub->offer_to(*host);
  if (auto loaded = rooms->load(); !loaded) return failure(ExitCode::kDataFolder, std::move(loaded).error());
  watch = std::make_unique<SessionWatch>(*hub, *auth, clock, *log);
  figures = std::make_unique<TimerThread>("figures");
  figures->start(kNsPerS, kNsPerS, [this] { hub->sample_rates(clock.now_ns()); });
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::load_plugins() {
  auto report = manager->start();
  if (!report) {
    Error error = std::move(report).error().with("the plugin folder");
    error.message += "; name the right one with --plugins-dir";
    return failure(ExitCode::kNoTransport, std::move(error));
  }
  for (const auto& failed : report->failed)
    log->error(kComponent, "the plugin {} cannot be used: {}", failed.path, failed.error.message);
  for (const auto& skipped : report->skipped)
    log->info(kComponent, "{} does not serve: {}", skipped.path, skipped.reason);
  if (manager->active(ZOE_PLUGIN_AUTH).empty())
    log->warning(kComponent,
                 "no auth plugin is active, so the server is closed to everybody: add one to {}, or start "
                 "with --allow-guests",
                 config.plugins_folder);
  if (manager->active(ZOE_PLUGIN_CODEC).empty())
    log->warning(kComponent, "no codec plugin is active in {}, so nothing can be played", config.plugins_folder);
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::listen() {
  if (const auto refusal = ports->refusal()) return failure(ExitCode::kPort, *refusal);
  listeners = ports->open();
  if (listeners.empty())
    return failure(
        ExitCode::kNoTransport,
        {Errc::kUnavailable, "no transport plugin in " + config.plugins_folder +
                                 " serves, so nobody could connect; name the right folder with --plugins-dir"});
  if (auto started = acceptor->start(); !started) return failure(ExitCode::kPort, std::move(started).error());
  return std::nullopt;
}

// Who is not found can still be typed in: that it cannot be announced ends nothing.
void Server::Parts::announce() {
  const auto native = std::find_if(listeners.begin(), listeners.end(),
                                   [](const BoundListener& each) { return each.name == kNativeListener; });
  if (!config.is_announced || native == listeners.end()) return;
  auto started = LanAnnouncer::start(
      {.name = config.name, .address = native->address, .native_port = native->port, .port = config.discovery_port},
      *log);
  if (started)
    announcer = std::move(*started);
  else
    log->warning(kComponent, "players on this network do not find it by themselves: {}", started.error().message);
}

std::optional<StartFailure> Server::Parts::open_control_socket() {
  auto opened = ControlSocket::start(*client_services, *log, {.path = data->file("control.sock")});
  if (!opened) return failure(ExitCode::kDataFolder, std::move(opened).error());
  control = std::move(*opened);
  return std::nullopt;
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { stop(); }

tl::expected<std::unique_ptr<Server>, StartFailure> Server::start(ServerConfig config) {
  std::unique_ptr<Server> server(new Server(std::make_unique<Parts>(std::move(config))));
  Parts& parts = *server->parts_;
  using Step = std::optional<StartFailure> (Parts::*)();
  for (const Step step :
       {&Parts::open_data, &Parts::build_plugin_host, &Parts::open_store, &Parts::build_library, &Parts::build_api,
        &Parts::load_plugins, &Parts::open_control_socket, &Parts::start_analyses, &Parts::listen})
    if (auto failed = (parts.*step)()) return tl::unexpected(std::move(*failed));
  settle_departures(*parts.store, *parts.auth, *parts.log);
  for (const BoundListener& listener : parts.listeners)
    parts.log->info(kComponent, "{} listens on {}", listener.name, listener.to_string());
  parts.announce();
  parts.library->start([&parts](std::size_t) {
    parts.hub->broadcast(library_changed_event());
    parts.rooms->show_anew();
    parts.analyses->look();
  });
  return server;
}

const std::vector<BoundListener>& Server::listeners() const { return parts_->listeners; }

void Server::rescan() { parts_->library->rescan(); }

bool Server::stop() {
  if (!parts_ || parts_->is_stopped) return true;
  parts_->is_stopped = true;
  Parts& parts = *parts_;
  if (!parts.listeners.empty()) parts.log->info(kComponent, "stopping");
  parts.control.reset();
  parts.announcer.reset();
  if (parts.acceptor) parts.acceptor->stop();
  if (parts.hub) parts.hub->end_all({Errc::kUnavailable, "the server stops"});
  if (parts.streams) parts.streams->stop();
  // From here on no request runs but commands to plugins, which wait for the manager; then what requests work on can
  // go.
  for (auto* pool :
       {&parts.quick_pool, &parts.opening_pool, &parts.hashing_pool, &parts.store_pool, &parts.callback_pool})
    if (*pool) (*pool)->stop();
  // What the scan and the plugins tell of goes to rooms and analyses, so these stay until both are quiet.
  if (parts.library) parts.library->stop();
  if (parts.analyses) parts.analyses->stop();
  parts.figures.reset();
  parts.watch.reset();
  parts.rooms.reset();
  const bool has_let_go = !parts.manager || parts.manager->stop(kStopPatience);
  if (parts.command_pool) parts.command_pool->stop();
  if (!has_let_go) {
    parts.log->error(kComponent, "a plugin did not let go of everything in time");
    static_cast<void>(parts_.release());
    return false;
  }
  parts_.reset();
  return true;
}

}  // namespace zoe::server
