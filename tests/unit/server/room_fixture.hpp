// The control API with a second person beside the first, and the events that rooms sent to each.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {

struct RoomFixture : ApiFixture {
  nlohmann::json call_of(Session& who, const std::string& method, const nlohmann::json& params) {
    const auto request = Request::parse(nlohmann::json{{"method", method}, {"params", params}}.dump());
    return nlohmann::json::parse(api->run(*request, who, {}));
  }
  nlohmann::json result_of(Session& who, const std::string& method,
                           const nlohmann::json& params = nlohmann::json::object()) {
    const nlohmann::json reply = call_of(who, method, params);
    EXPECT_TRUE(reply.contains("result")) << method << " " << reply.dump();
    return reply.value("result", nlohmann::json::object());
  }
  std::string outcome_of(Session& who, const std::string& method,
                         const nlohmann::json& params = nlohmann::json::object()) {
    const nlohmann::json reply = call_of(who, method, params);
    return reply.contains("result") ? "ok" : reply.at("error").at("code").get<std::string>();
  }
  // The events that the client of that number was sent, of that kind.
  std::vector<nlohmann::json> events(std::uint64_t client, const std::string& kind) {
    std::vector<nlohmann::json> found;
    const MutexLock lock(mail_mutex);
    for (const RoomMail& each : mail) {
      nlohmann::json event = nlohmann::json::parse(each.event);
      if (each.to.client == client && event.at("event") == kind) found.push_back(std::move(event));
    }
    return found;
  }

  Session bob{"127.0.0.1", 2};
};

}  // namespace zoe::server
