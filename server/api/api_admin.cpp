#include <cstring>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/api/process_figures.hpp"
#include "server/library/library.hpp"
#include "server/streams/stream_service.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPassword = 1024;
constexpr std::size_t kMostName = 256;

Result<std::uint32_t> read_role(const Params& params) {
  ZOE_TRY(const std::string name, params.text("role", 16));
  for (const std::uint32_t role : {ZOE_ROLE_GUEST, ZOE_ROLE_MEMBER, ZOE_ROLE_ADMIN})
    if (name == role_name(role)) return role;
  return fail(Errc::kInvalidArgument, "params.role: must be \"guest\", \"member\" or \"admin\"");
}

void note(const Call& call, const char* act, std::uint64_t user_id) {
  call.services.log.info("admin", "{} {} of user {}", call.identity->name, act, user_id);
}

json metrics_view(const Metrics& metrics) {
  json view = json::object();
  metrics.visit({.counter = [&](const std::string& name, const Counter& counter) { view[name] = counter.value(); },
                 .gauge = [&](const std::string& name, const Gauge& gauge) { view[name] = gauge.value(); },
                 .histogram =
                     [&](const std::string& name, const Histogram& histogram) {
                       view[name] = {{"count", histogram.count()},
                                     {"sum", histogram.sum()},
                                     {"p50", histogram.quantile(0.5)},
                                     {"p99", histogram.quantile(0.99)}};
                     }});
  return view;
}

}  // namespace

Answer admin_users(const Call& call) {
  ZOE_TRY(const auto users, call.services.auth.users(*call.identity));
  json list = json::array();
  for (const zoe_user_info& user : users) {
    list.push_back({{"user_id", user.user_id},
                    {"name", std::string(user.name, strnlen(user.name, sizeof user.name))},
                    {"role", role_name(user.role)},
                    {"is_disabled", user.is_disabled != 0},
                    {"created_utc_ns", user.created_utc_ns}});
  }
  return json{{"users", std::move(list)}};
}

Answer admin_set_role(const Call& call) {
  ZOE_TRY(const std::uint64_t user_id, call.params.id("user_id"));
  ZOE_TRY(const std::uint32_t role, read_role(call.params));
  ZOE_CHECK(call.services.auth.set_role(*call.identity, user_id, role));
  call.services.sessions_changed();
  note(call, "changed the role", user_id);
  return json::object();
}

Answer admin_set_disabled(const Call& call) {
  ZOE_TRY(const std::uint64_t user_id, call.params.id("user_id"));
  ZOE_TRY(const bool is_disabled, call.params.boolean("is_disabled"));
  ZOE_CHECK(call.services.auth.set_disabled(*call.identity, user_id, is_disabled));
  call.services.sessions_changed();
  note(call, is_disabled ? "disabled the account" : "enabled the account", user_id);
  return json::object();
}

Answer admin_reset_password(const Call& call) {
  ZOE_TRY(const std::uint64_t user_id, call.params.id("user_id"));
  ZOE_TRY(const std::string password, call.params.text("password", kMostPassword));
  ZOE_CHECK(call.services.auth.reset_password(*call.identity, user_id, password));
  call.services.sessions_changed();
  note(call, "reset the password", user_id);
  return json::object();
}

Answer admin_create_user(const Call& call) {
  ZOE_TRY(const std::string name, call.params.text("name", kMostName));
  ZOE_TRY(const std::string password, call.params.text("password", kMostPassword));
  ZOE_TRY(const std::uint32_t role, read_role(call.params));
  ZOE_TRY(const std::uint64_t user_id, call.services.auth.create_user(*call.identity, name, password, role));
  note(call, "made the account", user_id);
  return json{{"user_id", user_id}};
}

Answer admin_status(const Call& call) {
  const SegmentStore::Stats store = call.services.streams.store_stats();
  const ApiServices::Census census = call.services.census();
  const ProcessFigures process = process_figures();
  return json{{"clients", census.clients},
              {"streams", census.streams},
              {"bytes_sent", census.media_bytes},
              {"cpu_s", process.cpu_s},
              {"rss_bytes", process.rss_bytes},
              {"uptime_s", (call.services.clock.now_ns() - call.services.started_ns) / kNsPerS},
              {"store",
               {{"segments", store.segments},
                {"bytes", store.bytes},
                {"budget_bytes", store.budget_bytes},
                {"hits", store.hits},
                {"misses", store.misses},
                {"makes", store.makes},
                {"evictions", store.evictions}}},
              {"metrics", metrics_view(call.services.metrics)}};
}

Answer admin_rescan(const Call& call) {
  call.services.whole_library.rescan();
  return json::object();
}

}  // namespace zoe::server::handlers
