// The answers of the control API's "admin." methods as the panel's types, checked: a server may say anything.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/result.hpp"
#include "player/client/admin_types.hpp"

namespace zoe::player {

// All: kMalformed names what is of another type or out of bounds. What an older server leaves out is empty or zero.
// Texts are cut at what the panel shows, lists at kMost… entries.
inline constexpr std::size_t kMostAdminPlugins = 128;
inline constexpr std::size_t kMostAdminGenerations = 32;
inline constexpr std::size_t kMostAdminClients = 256;
inline constexpr std::size_t kMostAdminStreams = 32;
inline constexpr std::size_t kMostAdminUsers = 4096;
inline constexpr std::size_t kMostAdminLogPage = 1000;

Result<AdminStatus> parse_admin_status(const nlohmann::json& result);
Result<std::vector<AdminPlugin>> parse_admin_plugins(const nlohmann::json& result);
Result<AdminClients> parse_admin_clients(const nlohmann::json& result);
Result<std::vector<AdminUser>> parse_admin_users(const nlohmann::json& result);
Result<AdminLogPage> parse_admin_log(const nlohmann::json& result);
// The sentence in an answer to a command; empty where there is none.
std::string admin_message(const nlohmann::json& result);

std::string_view to_string(Role role);               // "member"
std::string_view method_of(AdminVerb verb);          // "admin.plugin_swap"
std::string params_of(const AdminCommand& command);  // of that method

}  // namespace zoe::player
