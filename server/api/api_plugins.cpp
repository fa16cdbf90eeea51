#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostId = 48;
constexpr std::size_t kMostPath = 4096;

json generation_view(const plugin::GenerationStatus& generation) {
  const plugin::GenerationInfo& info = generation.info;
  return {{"generation", info.number},
          {"version", info.version},
          {"state", to_string(info.state)},
          {"pins", info.pins},
          {"memory_bytes", generation.memory_bytes},
          {"buffers", info.buffers},
          {"buffer_bytes", info.buffer_bytes},
          {"jobs", info.jobs},
          {"timers", info.timers},
          {"loaded_utc_ns", generation.loaded_utc_ns}};
}

json last_view(const plugin::PluginStatus::Last& last) {
  return {{"action", to_string(last.action)},
          {"utc_ns", last.utc_ns},
          {"ok", last.is_ok},
          {"message", last.message},
          {"took_ms", last.took.count()}};
}

json plugin_view(const plugin::PluginStatus& status) {
  json generations = json::array();
  for (const auto& generation : status.generations) generations.push_back(generation_view(generation));
  json residents = json::array();
  for (const auto& resident : status.residents)
    residents.push_back({{"generation", resident.generation}, {"why", resident.why}});
  json view = {{"id", status.id},
               {"name", status.name},
               {"version", status.version},
               {"kind", status.kind},
               {"is_enabled", status.is_enabled},
               {"file", status.file},
               {"is_file_there", status.is_file_there},
               {"generations", std::move(generations)},
               {"previous", nullptr},
               {"resident", std::move(residents)},
               {"last", nullptr}};
  if (status.previous)
    view["previous"] = {{"generation", status.previous->generation}, {"version", status.previous->version}};
  if (status.last) view["last"] = last_view(*status.last);
  return view;
}

Answer act(const Call& call, PluginWish wish, const std::string& what) {
  ZOE_TRY(const plugin::SwapReport report, call.services.act_on_plugin(wish, what));
  return json{{"id", report.id},
              {"generation", report.generation},
              {"version", report.version},
              {"message", report.message},
              {"took_ms", report.took.count()}};
}

Answer act_on_id(const Call& call, PluginWish wish, const char* words) {
  ZOE_TRY(const std::string id, call.params.text("id", kMostId));
  call.services.log.info("admin", "{} asks to {} the plugin {}", call.identity->name, words, id);
  return act(call, wish, id);
}

}  // namespace

Answer admin_plugins(const Call& call) {
  json list = json::array();
  for (const plugin::PluginStatus& status : call.services.plugins()) list.push_back(plugin_view(status));
  return json{{"plugins", std::move(list)}};
}

Answer admin_plugin_swap(const Call& call) {
  if (call.params.has("id") == call.params.has("file"))
    return fail(Errc::kInvalidArgument, "params: a swap names either the id of a plugin or its file");
  if (call.params.has("id")) return act_on_id(call, PluginWish::kSwap, "swap");
  ZOE_TRY(const std::string file, call.params.text("file", kMostPath));
  call.services.log.info("admin", "{} asks to take up the plugin file {}", call.identity->name, file);
  return act(call, PluginWish::kSwap, file);
}

Answer admin_plugin_rollback(const Call& call) { return act_on_id(call, PluginWish::kRollBack, "roll back"); }
Answer admin_plugin_enable(const Call& call) { return act_on_id(call, PluginWish::kEnable, "enable"); }
Answer admin_plugin_disable(const Call& call) { return act_on_id(call, PluginWish::kDisable, "disable"); }
Answer admin_plugin_drain(const Call& call) { return act_on_id(call, PluginWish::kDrain, "drain"); }

}  // namespace zoe::server::handlers
