// What the operator's commands print for people.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace zoe::server {

// Results of admin.plugins, admin.status and a line of admin.log. What is missing or of another type shows as nothing.
std::string plugins_table(const nlohmann::json& result);
std::string status_table(const nlohmann::json& result);
std::string log_text(const nlohmann::json& line);

// Columns as wide as their longest text, two spaces apart; the first row is the heading.
std::string aligned_table(const std::vector<std::vector<std::string>>& rows);

// "1.5 MiB"
std::string bytes_text(double bytes);

}  // namespace zoe::server
