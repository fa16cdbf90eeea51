// The plugins that serve at a moment, as the parts of the server that use them ask for them.
#pragma once

#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/plugin/host/manager.hpp"
#include "server/analysis/analysers.hpp"
#include "server/api/api.hpp"
#include "server/api/auth_gate.hpp"

namespace zoe::server {

// Any thread; what they return holds its plugins.
std::vector<AuthPin> active_auth(const plugin::Manager& manager);
std::vector<AnalysisPin> active_analysis(const plugin::Manager& manager);

// Waits for a command of the plugin manager.
Result<plugin::SwapReport> act_on(plugin::Manager& manager, PluginWish wish, const std::string& what);

}  // namespace zoe::server
