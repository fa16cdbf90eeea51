// The control API with a library in a temporary folder, an auth plugin in memory, and no codec plugin.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/worker_pool.hpp"
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
#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"
#include "tests/unit/server/fake_analysis.hpp"
#include "tests/unit/server/fake_auth.hpp"

namespace zoe::server {

struct ApiFixture : testing::Test {
  ApiFixture() {
    std::filesystem::create_directories(root);
    std::filesystem::create_directories(secret);
    std::filesystem::create_directories(dir.file("artwork"));
    std::filesystem::create_directories(dir.file("subtitles"));
    registry = plugin::Registry::create(host, {dir.file("run"), {}}).value();
    streams =
        std::make_unique<StreamService>(StreamServiceConfig{.workers = 1}, *registry, indexes, Log::null(), metrics);
    store = Store::open({.location = dir.file("store.sqlite3")}, Log::null()).value();
    audit = std::make_unique<AuditLog>(*store, Log::null());
    access = std::make_unique<RootAccess>(*store);
    EXPECT_TRUE(access->load({"films", "secret"}));
    recommendations = std::make_unique<Recommendations>(library, *store, clock, Log::null());
    rooms = std::make_unique<Rooms>(RoomsServices{.library = library,
                                                  .access = *access,
                                                  .store = *store,
                                                  .clock = clock,
                                                  .log = Log::null(),
                                                  .deliver = [this](const auto& letters) { keep_mail(letters); },
                                                  .connected = {}});
    analyses = std::make_unique<AnalysisService>(
        AnalysisConfig{.folder = dir.file("analyses"), .at_once = 2},
        AnalysisServices{*store, library, finder.source(), clock, Log::null(), metrics});
    EXPECT_TRUE(analyses->start([](const AnalysisRecord&, AnalysisChange) {}));
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
        .server_name = "test server",
        .started_ns = clock.now_ns(),
        .day_ahead_ns = clock.utc_ns() - clock.now_ns(),
        .plugins = [this] { return plugin_list; },
        .act_on_plugin = [this](PluginWish wish, const std::string& what) { return act_on_plugin(wish, what); },
        .census = [] { return ApiServices::Census{.clients = 3, .streams = 4, .media_bytes = 5}; },
        .clients = [this](std::size_t offset, std::size_t limit) { return client_page(offset, limit); },
        .end_client = [this](std::uint64_t client, const Error& reason) { return end_client(client, reason); },
        .sessions_changed = [this] { ++sessions_changed; },
        .access_changed = [this] { ++access_changed; },
        .tell_person = [this](const Session&, const std::string& event) { told.push_back(event); },
        .tell_all = [this](const std::string& event) { told.push_back(event); },
        .analyses = *analyses,
    });
  }

  // Adds a clip to the library and waits until it is listed: its id.
  std::string add_clip(const std::string& name = "clip.mp4") { return add_clip_to(root, name); }
  std::string add_clip_to(const std::string& folder, const std::string& name) {
    std::filesystem::copy_file(zoe::test::make_clip({.width = 64, .height = 48, .frames = 10}), folder + "/" + name);
    const std::uint64_t before = metrics.counter("library_scans_total").value();
    if (!is_started) library.start({});
    is_started = true;
    library.rescan();
    EXPECT_TRUE(zoe::test::wait_until(
        [&] { return metrics.counter("library_scans_total").value() > before && library.size() > 0; }));
    return library.list({.search = name}).items.at(0)->id;
  }

  nlohmann::json call(const std::string& method, const nlohmann::json& params = nlohmann::json::object()) {
    const auto request = Request::parse(nlohmann::json{{"method", method}, {"params", params}}.dump());
    if (!request) return nlohmann::json::parse(Api::error_reply(request.error()));
    return nlohmann::json::parse(api->run(*request, session, {}));
  }

  // "ok", or the error's code.
  std::string outcome(const std::string& method, const nlohmann::json& params = nlohmann::json::object()) {
    const nlohmann::json reply = call(method, params);
    return reply.contains("result") ? "ok" : reply.at("error").at("code").get<std::string>();
  }
  std::string error_of(const std::string& method, const nlohmann::json& params) {
    return call(method, params).at("error").at("message").get<std::string>();
  }

  // Events of rooms come on their own thread, too.
  void keep_mail(const std::vector<RoomMail>& more) {
    const MutexLock lock(mail_mutex);
    mail.insert(mail.end(), more.begin(), more.end());
  }

  void sign_in(const std::string& name) {
    ASSERT_EQ(outcome("auth.login", {{"name", name}, {"password", "password"}}), "ok");
  }

  zoe::test::TempDir dir;
  const std::string root = dir.file("films");
  const std::string secret = dir.file("secret");  // another root
  SystemClock clock;
  Metrics metrics;
  WorkerPool workers{"plugin-jobs", 1};
  plugin::HostServices host{{Log::null(), clock, metrics, workers, dir.file("data"), {}}};
  std::unique_ptr<plugin::Registry> registry;
  IndexCache indexes{{}, metrics};
  Quarantine quarantine;
  Library library{{.folders = {root, secret},
                   .root_names = {"films", "secret"},
                   .rescan_every = {},
                   .artwork = {dir.file("artwork")},
                   .subtitles = {.folder = dir.file("subtitles")}},
                  indexes,
                  quarantine,
                  clock,
                  Log::null(),
                  metrics};
  FakeAuth auth;
  AuthGate gate{auth.source()};
  TicketOffice tickets{clock, 4};
  MediaTickets media_tickets{clock};
  std::unique_ptr<StreamService> streams;
  std::unique_ptr<Store> store;
  std::unique_ptr<AuditLog> audit;
  std::unique_ptr<RootAccess> access;
  std::unique_ptr<Recommendations> recommendations;
  Mutex mail_mutex;
  std::vector<RoomMail> mail ZOE_GUARDED_BY(mail_mutex);  // what rooms told
  std::unique_ptr<Rooms> rooms;
  FakeAnalysis finder;
  std::unique_ptr<AnalysisService> analyses;
  std::unique_ptr<Api> api;
  Session session{"127.0.0.1", 2};
  std::atomic<int> sessions_changed{0};
  std::atomic<int> access_changed{0};
  bool is_started = false;

  std::vector<std::string> told;  // events to the person's other connections, or to all

  // What the server answers to administrators, by the test.
  LogRing log_ring;
  std::vector<plugin::PluginStatus> plugin_list;
  std::function<Result<plugin::SwapReport>(PluginWish, const std::string&)> act_on_plugin;
  std::function<ClientPage(std::size_t, std::size_t)> client_page;
  std::function<Status(std::uint64_t, const Error&)> end_client;
};

}  // namespace zoe::server
