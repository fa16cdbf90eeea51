#include "plugins/transport_http/answers.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "plugins/transport_http/caller.hpp"
#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

using nlohmann::json;

std::string_view code_of(const json& answer) {
  const auto error = answer.find("error");
  if (error == answer.end() || !error->is_object()) return {};
  const auto code = error->find("code");
  return code != error->end() && code->is_string() ? std::string_view(code->get_ref<const std::string&>())
                                                   : std::string_view("internal");
}

}  // namespace

std::string word_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Response json_response(int status, const json& body) {
  Response response = text_response(status, net::to_text(body), "application/json");
  response.with("Cache-Control", kNoStore);
  return response;
}

Response method_not_allowed(const std::string& allowed) {
  Response response = text_response(405, "this address takes " + allowed + "\n");
  response.with("Allow", allowed);
  return response;
}

int status_of(std::string_view code) {
  struct Pair {
    std::string_view code;
    int status;
  };
  constexpr std::array kStatuses = {
      Pair{"invalid_argument", 400}, Pair{"malformed", 400}, Pair{"unauthenticated", 401}, Pair{"denied", 403},
      Pair{"not_found", 404},        Pair{"conflict", 409},  Pair{"too_large", 413},       Pair{"unsupported", 501},
      Pair{"unavailable", 503},      Pair{"no_memory", 503}, Pair{"cancelled", 503},       Pair{"timeout", 504}};
  const auto* found =
      std::find_if(kStatuses.begin(), kStatuses.end(), [&](const Pair& each) { return each.code == code; });
  return found == kStatuses.end() ? 500 : found->status;
}

Response failure_of(const json& answer) {
  const std::string_view code = code_of(answer);
  Response response = json_response(status_of(code), answer);
  if (response.status == 401) response.with("WWW-Authenticate", "Bearer realm=\"Zoetrope\"");
  return response;
}

Response error_response(std::string_view code, std::string_view message) {
  return failure_of(error_json(code, message));
}

}  // namespace zoe::transport_http
