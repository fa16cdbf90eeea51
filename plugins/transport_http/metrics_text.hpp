// What the server counts, as Prometheus reads it.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace zoe::transport_http {

// The text of /metrics (the exposition format 0.0.4) of what `admin.status` answers.
std::string metrics_text(const nlohmann::json& status);

}  // namespace zoe::transport_http
