// What end-to-end tests of the web port ask of a server that takes guests.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tests/plugins/http_client.hpp"

namespace zoe::test {

constexpr const char* kGuest = "Authorization: Bearer guest\r\n";

// The only media of the library, waited for; empty where it does not come.
inline std::string only_media(HttpClient& client) {
  std::string media;
  wait_until([&] {
    const auto listed = nlohmann::json::parse(client.get("/api/library.list", kGuest).body).at("result");
    if (listed.at("total") == 1) media = listed.at("items")[0].at("media");
    return !media.empty();
  });
  return media;
}

}  // namespace zoe::test
