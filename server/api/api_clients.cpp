#include <limits>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostAtOnce = 500;
constexpr std::int64_t kUsualAtOnce = 100;

json stream_view(const ClientView::StreamView& stream) {
  const StreamFigures& figures = stream.figures;
  return {{"stream", stream.stream},
          {"media", stream.media},
          {"title", stream.title},
          {"rendition", figures.rendition},
          {"rate", figures.rate.to_string()},
          {"is_paused", figures.is_paused},
          {"is_looping", figures.is_looping},
          {"position_us", figures.position_us},
          {"granted_us", figures.granted_us},
          {"sent_us", figures.sent_us},
          {"serial", figures.serial}};
}

json client_view(const ClientView& client) {
  json streams = json::array();
  for (const auto& stream : client.streams) streams.push_back(stream_view(stream));
  return {{"client", client.number},
          {"user", client.identity ? client.identity->name : ""},
          {"role", client.identity ? role_name(client.identity->role) : ""},
          {"address", client.address},
          {"transport", client.transport},
          {"generation", client.generation},
          {"program", client.program},
          {"since_utc_ns", client.since_utc_ns},
          {"bytes_sent", client.bytes_sent},
          {"bytes_per_s", client.bytes_per_s},
          {"streams", std::move(streams)}};
}

}  // namespace

Answer admin_clients(const Call& call) {
  ZOE_TRY(const std::int64_t offset, call.params.integer("offset", 0, std::numeric_limits<std::int32_t>::max(), 0));
  ZOE_TRY(const std::int64_t limit, call.params.integer("limit", 1, kMostAtOnce, kUsualAtOnce));
  const ClientPage page = call.services.clients(static_cast<std::size_t>(offset), static_cast<std::size_t>(limit));
  json list = json::array();
  for (const ClientView& client : page.clients) list.push_back(client_view(client));
  return json{{"total", page.total}, {"clients", std::move(list)}};
}

Answer admin_end_client(const Call& call) {
  ZOE_TRY(const std::uint64_t client, call.params.id("client"));
  ZOE_CHECK(call.services.end_client(client, {Errc::kCancelled, "an administrator ended this connection"}));
  call.services.log.info("admin", "{} ended client {}", call.identity->name, client);
  return json::object();
}

Answer admin_log(const Call& call) {
  constexpr std::int64_t kMostLines = 1000;
  LogRing::Query query;
  ZOE_TRY(const std::int64_t after, call.params.integer("after", 0, std::numeric_limits<std::int64_t>::max(), 0));
  query.after = static_cast<std::uint64_t>(after);
  ZOE_TRY(const std::string level, call.params.text("level", 16, "trace"));
  if (const auto parsed = parse_log_level(level); parsed && *parsed != LogLevel::kOff)
    query.level = *parsed;
  else
    return fail(Errc::kInvalidArgument, "params.level: must be trace, debug, info, warning or error");
  ZOE_TRY(query.search, call.params.text("search", 256, ""));
  ZOE_TRY(const std::int64_t limit, call.params.integer("limit", 1, kMostLines, 500));
  query.limit = static_cast<std::size_t>(limit);
  const LogRing::Found found = call.services.log_ring.find(query);
  json lines = json::array();
  for (const LogLine& line : found.lines)
    lines.push_back({{"seq", line.seq},
                     {"utc_ns", line.utc_ns},
                     {"level", to_string(line.level)},
                     {"component", line.component},
                     {"text", line.text}});
  return json{{"lines", std::move(lines)}, {"last_seq", found.last_seq}, {"first_seq", found.first_seq}};
}

}  // namespace zoe::server::handlers
