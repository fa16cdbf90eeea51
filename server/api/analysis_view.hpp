// A job of the analysis service as clients see it.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "server/analysis/analysis_service.hpp"

namespace zoe::server {

// Without its summary.
nlohmann::json analysis_view(const AnalysisRecord& job);

// The event "analysis.changed".
std::string analysis_changed_event(const AnalysisRecord& job, AnalysisChange change);

}  // namespace zoe::server
