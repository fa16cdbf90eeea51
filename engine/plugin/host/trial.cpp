#include "engine/plugin/host/trial.hpp"

#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/registry.hpp"

namespace zoe::plugin {
namespace {

// A server in which nothing happens. It hands out no client, so the functions that need one are never reached.
zoe_server_v1 idle_server() {
  zoe_server_v1 server{};
  server.struct_size = sizeof server;
  server.client_open = [](const zoe_host*, const zoe_peer*, const zoe_client_callbacks*, void*) noexcept {
    return static_cast<zoe_client*>(nullptr);
  };
  server.client_close = [](zoe_client*) noexcept {};
  server.call = [](zoe_client*, std::uint64_t, zoe_str) noexcept {};
  server.credit = [](zoe_client*, std::uint32_t, std::uint32_t, std::uint64_t) noexcept {};
  server.pull = [](zoe_client*, std::size_t, zoe_run*) noexcept -> zoe_status { return ZOE_AGAIN; };
  server.release = [](zoe_client*, zoe_run*) noexcept {};
  server.file = [](zoe_client*, std::uint32_t, std::int32_t*, std::uint64_t*) noexcept -> zoe_status {
    return ZOE_E_NOT_FOUND;
  };
  server.tls = [](const zoe_host* host, zoe_str* certificate_pem, zoe_str* key_pem) noexcept -> zoe_status {
    const auto* options = static_cast<const TrialOptions*>(HostContext::of(host).service_user(ZOE_SERVER_V1));
    if (options->certificate_pem.empty()) return ZOE_E_UNAVAILABLE;
    *certificate_pem = abi::to_abi(options->certificate_pem);
    *key_pem = abi::to_abi(options->key_pem);
    return ZOE_OK;
  };
  server.ticket = [](zoe_client*, zoe_str*) noexcept -> zoe_status { return ZOE_E_UNAUTHENTICATED; };
  server.software = [](const zoe_host*) noexcept { return abi::to_abi("zoetrope-plugin-check"); };
  return server;
}

Status check_left(const std::string& path, const UnloadReport& report) {
  if (report.timers_left > 0)
    return fail(Errc::kInternal, path + ": it ended without cancelling its timers: cancel each of them in deinit");
  if (report.processes_left > 0)
    return fail(Errc::kInternal, path + ": it ended without releasing its processes: release each of them in deinit");
  return {};
}

}  // namespace

Result<TrialReport> try_plugin(const std::string& path, const TrialOptions& options) {
  ZOE_TRY(const std::unique_ptr<Log> log, Log::create({options.log_level, ""}));
  const SystemClock clock;
  Metrics metrics;
  WorkerPool workers("trial", 2, 1'024);
  const auto settings = [&options](std::string_view id) -> Result<std::string> {
    if (options.settings) return options.settings(id);
    return options.settings_json.empty() ? "{}" : options.settings_json;
  };
  HostServices services({*log, clock, metrics, workers, options.folder + "/data", settings});
  const zoe_server_v1 server = idle_server();
  // The table finds the options by this; they are only read.
  services.add_service(ZOE_SERVER_V1, &server, const_cast<TrialOptions*>(&options));
  ZOE_TRY(const auto registry, Registry::create(services, {options.folder + "/run", {}, options.deadline}));
  ZOE_TRY(const auto file, registry->stage(path));

  Generation::Options how;
  how.deadline = options.deadline;
  how.stage = options.stage;
  how.is_alone = true;
  ZOE_TRY(const std::shared_ptr<Generation> generation, Generation::load(file, services, std::move(how)));
  const Status tested = generation->self_test();
  TrialReport report;
  report.info = generation->info();
  if (!tested && !report.info.stuck_in.empty()) return fail(Error(tested.error()).with(path));
  report.unload = generation->unload();
  if (!tested) return fail(Error(tested.error()).with(path));
  ZOE_CHECK(check_left(path, report.unload));
  return report;
}

}  // namespace zoe::plugin
