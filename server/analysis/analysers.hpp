// What analysers the plugins offer, and what can be set of each.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/result.hpp"
#include "engine/plugin/abi/analysis.h"

namespace zoe::server {

// A plugin in use; `hold` keeps it.
struct AnalysisPin {
  std::string plugin;
  const zoe_analysis_v1* table = nullptr;
  zoe_plugin* self = nullptr;
  std::shared_ptr<const void> hold;
};
using AnalysisSource = std::function<std::vector<AnalysisPin>()>;

struct Analyser {
  std::string id;
  std::string name;
  std::string description;
  std::string version;
  std::string unavailable_reason;  // empty: it can be started
  nlohmann::json parameters;       // as zoe_analyser_info says, checked
  std::size_t at_once = 1;
  AnalysisPin pin;
};

// Blocks for the plugins. Of two with one id the first counts; one whose description is none is left out. A plugin that
// fails has none, and `failed` is told why.
std::vector<Analyser> list_analysers(const AnalysisSource& source,
                                     const std::function<void(const std::string&)>& failed);

// All parameters of the analyser: those given, checked, and the defaults of the others. kInvalidArgument, which names
// the parameter and what would be right.
Result<nlohmann::json> complete_parameters(const nlohmann::json& declared, const nlohmann::json& given);

}  // namespace zoe::server
