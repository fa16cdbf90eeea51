#include "server/host/active_plugins.hpp"

#include <memory>
#include <utility>

namespace zoe::server {

std::vector<AuthPin> active_auth(const plugin::Manager& manager) {
  std::vector<AuthPin> pins;
  for (plugin::Pin& pin : manager.active(ZOE_PLUGIN_AUTH)) {
    const auto* table = pin.table<zoe_auth_v1>();
    if (!table) continue;
    auto held = std::make_shared<plugin::Pin>(std::move(pin));
    pins.push_back({held->generation().id(), table, held->plugin(), held});
  }
  return pins;
}

std::vector<AnalysisPin> active_analysis(const plugin::Manager& manager) {
  std::vector<AnalysisPin> pins;
  for (plugin::Pin& pin : manager.active(ZOE_PLUGIN_ANALYSIS)) {
    const auto* table = pin.table<zoe_analysis_v1>();
    if (!table) continue;
    auto held = std::make_shared<plugin::Pin>(std::move(pin));
    pins.push_back({held->generation().id(), table, held->plugin(), held});
  }
  return pins;
}

Result<plugin::SwapReport> act_on(plugin::Manager& manager, PluginWish wish, const std::string& what) {
  switch (wish) {
    case PluginWish::kSwap:
      return manager.swap(what).get();
    case PluginWish::kRollBack:
      return manager.rollback(what).get();
    case PluginWish::kEnable:
      return manager.enable(what).get();
    case PluginWish::kDisable:
      return manager.disable(what).get();
    case PluginWish::kDrain:
      return manager.drain(what).get();
  }
  return fail(Errc::kInternal, "an unknown wish");
}

}  // namespace zoe::server
