// Answers of the control API as answers of HTTP.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "plugins/transport_http/message.hpp"

namespace zoe::transport_http {

inline constexpr std::string_view kNoStore = "no-store";
inline constexpr std::string_view kRevalidate = "private, no-cache";
inline constexpr std::string_view kForEver = "private, max-age=31536000, immutable";

// The status that an error of the control API comes to.
int status_of(std::string_view code);

// An answer of the control API that holds an error, with the status that fits.
Response failure_of(const nlohmann::json& answer);

Response error_response(std::string_view code, std::string_view message);

// Never kept by a browser.
Response json_response(int status, const nlohmann::json& body);

Response method_not_allowed(const std::string& allowed);

// A member that is text; empty where there is none.
std::string word_of(const nlohmann::json& object, const char* name);

}  // namespace zoe::transport_http
