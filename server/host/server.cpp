#include "server/host/server.hpp"

#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/host_services.hpp"
#include "engine/plugin/host/registry.hpp"
#include "server/api/api.hpp"
#include "server/api/version.hpp"
#include "server/host/client_hub.hpp"
#include "server/host/data_folder.hpp"
#include "server/host/server_certificate.hpp"
#include "server/host/session_watch.hpp"
#include "server/library/crash_guard.hpp"
#include "server/library/index_cache.hpp"
#include "server/library/library.hpp"
#include "server/library/quarantine.hpp"
#include "server/streams/stream_service.hpp"

namespace zoe::server {
namespace {

constexpr const char* kComponent = "server";
constexpr std::size_t kPluginWorkers = 4;
// At the speed of two workers some 15 seconds of password hashing; who comes later is told to try again.
constexpr std::size_t kMostHashing = 256;
constexpr std::size_t kMostOpening = 8192;
constexpr std::int64_t kStopPatienceNs = 10 * kNsPerS;

// Thousands of clients need thousands of descriptors; the default soft limit is 1024.
void raise_descriptor_limit(Log& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
    log.warning(kComponent, "{}", errno_error("raise the limit of open files", errno).message);
}

std::vector<AuthPin> active_auth(const plugin::Registry& registry) {
  std::vector<AuthPin> pins;
  for (plugin::Pin& pin : registry.active(ZOE_PLUGIN_AUTH)) {
    const auto* table = pin.table<zoe_auth_v1>();
    if (!table) continue;
    auto held = std::make_shared<plugin::Pin>(std::move(pin));
    pins.push_back({held->generation().id(), table, held->plugin(), held});
  }
  return pins;
}

std::vector<PluginView> view_plugins(const plugin::Registry& registry) {
  std::vector<PluginView> views;
  for (const plugin::GenerationInfo& info : registry.snapshot())
    views.push_back({info.id, info.name, info.version, info.kind, std::string(to_string(info.state)), info.path,
                     info.number, info.pins});
  return views;
}

StartFailure failure(ExitCode code, Error error) { return {code, std::move(error)}; }

}  // namespace

// In the order in which they need each other: destroyed from the last to the first.
struct Server::Parts {
  explicit Parts(ServerConfig server_config) : config(std::move(server_config)) {}

  std::optional<StartFailure> open_data();
  std::optional<StartFailure> build_plugin_host();
  std::optional<StartFailure> build_library();
  std::optional<StartFailure> build_api();
  std::optional<StartFailure> load_plugins();
  std::optional<StartFailure> listen();
  std::optional<StartFailure> listen_for(const plugin::Pin& pin);

  const ServerConfig config;
  SystemClock clock;
  std::unique_ptr<Log> log;
  Metrics metrics;
  std::optional<DataFolder> data;
  Quarantine quarantine;
  ServerCertificate certificate;
  UniqueFd wake;

  std::unique_ptr<WorkerPool> plugin_workers;
  std::unique_ptr<plugin::HostServices> host;
  std::unique_ptr<IndexCache> indexes;
  std::unique_ptr<Library> library;
  std::unique_ptr<WorkerPool> quick_pool;
  std::unique_ptr<WorkerPool> opening_pool;
  std::unique_ptr<WorkerPool> hashing_pool;
  std::unique_ptr<WorkerPool> callback_pool;
  std::unique_ptr<StreamService> streams;
  std::unique_ptr<AuthGate> auth;
  std::unique_ptr<TicketOffice> tickets;
  std::unique_ptr<Api> api;
  std::unique_ptr<ClientHub> hub;
  std::unique_ptr<plugin::Registry> registry;
  std::unique_ptr<SessionWatch> watch;
  std::unique_ptr<Acceptor> acceptor;
  std::vector<BoundListener> listeners;
  bool is_stopped = false;
};

std::optional<StartFailure> Server::Parts::open_data() {
  auto made_log = Log::create(config.log);
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
  wake.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return failure(ExitCode::kFailed, errno_error("make a wake-up descriptor", errno));
  const auto settings_of = [this](std::string_view id) -> Result<std::string> {
    const auto found = config.plugin_settings.find(std::string(id));
    return found == config.plugin_settings.end() ? std::string("{}") : found->second;
  };
  const auto raise = [fd = wake.get()] {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(fd, &one, sizeof one));
  };
  plugin_workers = std::make_unique<WorkerPool>("plugin-jobs", kPluginWorkers);
  host = std::make_unique<plugin::HostServices>(
      plugin::HostServicesConfig{*log, clock, metrics, *plugin_workers, data->path(), settings_of});
  auto made = plugin::Registry::create(*host, {data->file("run"), raise});
  if (!made) return failure(ExitCode::kDataFolder, std::move(made).error());
  registry = std::move(*made);
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::build_library() {
  auto folder = data->folder("index");
  if (!folder) return failure(ExitCode::kDataFolder, std::move(folder).error());
  indexes = std::make_unique<IndexCache>(IndexCacheConfig{*folder, config.index_memory_bytes, config.index_disk_bytes},
                                         metrics);
  library = std::make_unique<Library>(
      LibraryConfig{config.folders, data->file("library"), config.rescan_every, config.most_files}, *indexes,
      quarantine, clock, *log, metrics);
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::build_api() {
  quick_pool = std::make_unique<WorkerPool>("api", config.api_workers);
  opening_pool = std::make_unique<WorkerPool>("open", config.open_workers, kMostOpening);
  hashing_pool = std::make_unique<WorkerPool>("auth", config.auth_workers, kMostHashing);
  callback_pool = std::make_unique<WorkerPool>("callbacks", 1);
  streams = std::make_unique<StreamService>(
      StreamServiceConfig{.store_bytes = config.store_bytes, .workers = config.segment_workers}, *registry, *indexes,
      *log, metrics);
  auth = std::make_unique<AuthGate>([this] { return active_auth(*registry); });
  // One a client; those of clients that have just gone lie here for half a minute.
  tickets = std::make_unique<TicketOffice>(clock, 2 * config.most_clients);
  api = std::make_unique<Api>(ApiServices{
      .auth = *auth,
      .tickets = *tickets,
      .library = *library,
      .streams = *streams,
      .metrics = metrics,
      .clock = clock,
      .log = *log,
      .server_name = config.name,
      .started_ns = clock.now_ns(),
      .plugins = [this] { return view_plugins(*registry); },
      .census =
          [this] {
            return ApiServices::Census{hub->size(), hub->open_streams()};
          },
      .sessions_changed = [this] { watch->look_now(); },
  });
  hub = std::make_unique<ClientHub>(
      ClientServices{*api, {*quick_pool, *opening_pool, *hashing_pool}, *callback_pool, config.most_streams_per_client},
      config.most_clients, certificate, metrics);
  hub->offer_to(*host);
  watch = std::make_unique<SessionWatch>(*hub, *auth, clock, *log);
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::load_plugins() {
  auto report = registry->load_folder(config.plugins_folder);
  if (!report) {
    Error error = std::move(report).error().with("the plugin folder");
    error.message += "; name the right one with --plugins-dir";
    return failure(ExitCode::kNoTransport, std::move(error));
  }
  for (const auto& failed : report->failed)
    log->error(kComponent, "the plugin {} cannot be used: {}", failed.path, failed.error.message);
  for (const auto& skipped : report->skipped)
    log->info(kComponent, "{} does not serve: {}", skipped.path, skipped.reason);
  if (registry->active(ZOE_PLUGIN_AUTH).empty())
    log->warning(kComponent,
                 "no auth plugin is active, so the server is closed to everybody: add one to {}, or start "
                 "with --allow-guests",
                 config.plugins_folder);
  if (registry->active(ZOE_PLUGIN_CODEC).empty())
    log->warning(kComponent, "no codec plugin is active in {}, so nothing can be played", config.plugins_folder);
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::listen() {
  acceptor = std::make_unique<Acceptor>(*log, metrics);
  for (const plugin::Pin& pin : registry->active(ZOE_PLUGIN_TRANSPORT))
    if (auto failed = listen_for(pin)) return failed;
  if (listeners.empty())
    return failure(
        ExitCode::kNoTransport,
        {Errc::kUnavailable, "no transport plugin in " + config.plugins_folder +
                                 " serves, so nobody could connect; name the right folder with --plugins-dir"});
  if (auto started = acceptor->start(); !started) return failure(ExitCode::kPort, std::move(started).error());
  return std::nullopt;
}

std::optional<StartFailure> Server::Parts::listen_for(const plugin::Pin& pin) {
  constexpr std::uint32_t kMostListeners = 16;
  const auto* transport = pin.table<zoe_transport_v1>();
  if (!transport) return std::nullopt;
  std::array<zoe_listener, kMostListeners> wishes{};
  wishes[0].struct_size = sizeof(zoe_listener);
  std::uint32_t count = 0;
  const zoe_status status = transport->listeners(pin.plugin(), wishes.data(), kMostListeners, &count);
  if (status < 0)
    return failure(ExitCode::kPort, {abi::to_errc(status),
                                     "the plugin " + pin.generation().id() + " does not say where it wants to listen"});
  for (std::uint32_t i = 0; i < std::min(count, kMostListeners); ++i) {
    const ListenWish wish{std::string(abi::view_of(wishes[i].name)), std::string(abi::view_of(wishes[i].address)),
                          wishes[i].port};
    const auto accepted = [registry = registry.get(), id = pin.generation().id(), i](UniqueFd socket,
                                                                                     const zoe_peer& peer) {
      // Whichever generation serves now gets it.
      const plugin::Pin current = registry->find(id);
      if (const auto* table = current.table<zoe_transport_v1>())
        table->accept(current.plugin(), socket.release(), &peer, i);
    };
    auto bound = acceptor->listen(wish, accepted);
    if (!bound) return failure(ExitCode::kPort, std::move(bound).error());
    listeners.push_back(std::move(*bound));
  }
  return std::nullopt;
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { stop(); }

tl::expected<std::unique_ptr<Server>, StartFailure> Server::start(ServerConfig config) {
  std::unique_ptr<Server> server(new Server(std::make_unique<Parts>(std::move(config))));
  Parts& parts = *server->parts_;
  using Step = std::optional<StartFailure> (Parts::*)();
  for (const Step step : {&Parts::open_data, &Parts::build_plugin_host, &Parts::build_library, &Parts::build_api,
                          &Parts::load_plugins, &Parts::listen})
    if (auto failed = (parts.*step)()) return tl::unexpected(std::move(*failed));
  for (const BoundListener& listener : parts.listeners)
    parts.log->info(kComponent, "{} listens on {}", listener.name, listener.to_string());
  parts.library->start([&parts](std::size_t total) { parts.hub->broadcast(library_changed_event(total)); });
  return server;
}

const std::vector<BoundListener>& Server::listeners() const { return parts_->listeners; }

int Server::wake_fd() const { return parts_->wake.get(); }

void Server::work() {
  std::uint64_t count = 0;
  static_cast<void>(!::read(parts_->wake.get(), &count, sizeof count));
  parts_->registry->collect();
}

void Server::rescan() { parts_->library->rescan(); }

bool Server::stop() {
  if (!parts_ || parts_->is_stopped) return true;
  parts_->is_stopped = true;
  Parts& parts = *parts_;
  if (!parts.listeners.empty()) parts.log->info(kComponent, "stopping");
  if (parts.acceptor) parts.acceptor->stop();
  if (parts.hub) parts.hub->end_all({Errc::kUnavailable, "the server stops"});
  if (parts.streams) parts.streams->stop();
  // From here on no request runs; then what requests work on can go.
  for (auto* pool : {&parts.quick_pool, &parts.opening_pool, &parts.hashing_pool, &parts.callback_pool})
    if (*pool) (*pool)->stop();
  parts.watch.reset();
  parts.library.reset();
  parts.streams.reset();
  if (parts.registry && !parts.registry->stop(kStopPatienceNs)) {
    parts.log->error(kComponent, "a plugin did not let go of everything in time");
    static_cast<void>(parts_.release());
    return false;
  }
  parts_.reset();
  return true;
}

}  // namespace zoe::server
