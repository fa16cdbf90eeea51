// Requests of a client that is signed in as an admin: whatever they say, there is exactly one well-formed answer.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "engine/core/byte_io.hpp"
#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/net/json.hpp"
#include "engine/plugin/host/host_services.hpp"
#include "engine/plugin/host/registry.hpp"
#include "server/analysis/analysis_service.hpp"
#include "server/api/api.hpp"
#include "server/api/audit_log.hpp"
#include "server/api/recommendations.hpp"
#include "server/api/rooms.hpp"
#include "server/library/index_cache.hpp"
#include "server/library/library.hpp"
#include "server/library/quarantine.hpp"
#include "server/store/store.hpp"
#include "server/streams/stream_service.hpp"
#include "tests/unit/server/fake_auth.hpp"

namespace {

using namespace zoe;
using namespace zoe::server;

// An API with an empty library and without codecs. Made once, for all inputs.
struct World {
  World() {
    registry = plugin::Registry::create(host, {folder + "/run", {}}).value();
    streams =
        std::make_unique<StreamService>(StreamServiceConfig{.workers = 1}, *registry, indexes, Log::null(), metrics);
    store = Store::open({.location = folder + "/store.sqlite3"}, Log::null()).value();
    audit = std::make_unique<AuditLog>(*store, Log::null());
    access = std::make_unique<RootAccess>(*store);
    recommendations = std::make_unique<Recommendations>(library, *store, clock, Log::null());
    rooms = std::make_unique<Rooms>(RoomsServices{library, *access, *store, clock, Log::null(), {}, {}});
    analyses = std::make_unique<AnalysisService>(
        AnalysisConfig{.folder = folder + "/analyses"},
        AnalysisServices{*store, library, [] { return std::vector<AnalysisPin>(); }, clock, Log::null(), metrics});
    api = std::make_unique<Api>(ApiServices{
        .auth = gate,
        .tickets = tickets,
        .media_tickets = media_tickets,
        .whole_library = library,
        .access = *access,
        .audit = *audit,
        .streams = *streams,
        .store = *store,
        .recommendations = *recommendations,
        .rooms = *rooms,
        .metrics = metrics,
        .clock = clock,
        .log = Log::null(),
        .log_ring = log_ring,
        .server_name = "fuzz",
        .plugins = [] { return std::vector<plugin::PluginStatus>(); },
        .act_on_plugin = [](PluginWish, const std::string&) -> Result<plugin::SwapReport> {
          return fail(Errc::kNotFound, "no such plugin");
        },
        .census = [] { return ApiServices::Census(); },
        .clients = [](std::size_t, std::size_t) { return ClientPage(); },
        .end_client = [](std::uint64_t, const Error&) -> Status { return fail(Errc::kNotFound, "no such client"); },
        .sessions_changed = [] {},
        .access_changed = [] {},
        .tell_person = [](const Session&, const std::string&) {},
        .tell_all = [](const std::string&) {},
        .analyses = *analyses,
    });
  }
  ~World() { std::filesystem::remove_all(folder); }

  const std::string folder =
      (std::filesystem::temp_directory_path() / ("zoetrope-fuzz-" + std::to_string(::getpid()))).string();
  SystemClock clock;
  Metrics metrics;
  WorkerPool workers{"plugin-jobs", 1};
  plugin::HostServices host{{Log::null(), clock, metrics, workers, folder, {}}};
  std::unique_ptr<plugin::Registry> registry;
  IndexCache indexes{{}, metrics};
  Quarantine quarantine;
  Library library{{}, indexes, quarantine, clock, Log::null(), metrics};
  FakeAuth auth;
  AuthGate gate{auth.source()};
  TicketOffice tickets{clock, 4};
  MediaTickets media_tickets{clock};
  LogRing log_ring;
  std::unique_ptr<StreamService> streams;
  std::unique_ptr<Store> store;
  std::unique_ptr<AuditLog> audit;
  std::unique_ptr<RootAccess> access;
  std::unique_ptr<Recommendations> recommendations;
  std::unique_ptr<Rooms> rooms;
  std::unique_ptr<AnalysisService> analyses;
  std::unique_ptr<Api> api;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  Session session("127.0.0.1", 2);
  if (!session.sign_in(world.gate.log_in({"admin", "password", "", "", ""}).value())) std::abort();
  const auto request = Request::parse(as_text({data, size}));
  const std::string reply = request ? world.api->run(*request, session, {}) : Api::error_reply(request.error());
  const auto parsed = net::parse_json_object(reply, std::size_t{4} << 20);
  if (!parsed || parsed->size() != 1 || !(parsed->contains("result") || parsed->contains("error"))) std::abort();
  return 0;
}
