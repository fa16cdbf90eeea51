// Answers of the control API as a server under load might give them, for drawing and trying the control panel.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "tests/unit/app/player_stage.hpp"

namespace zoe::test {

// So long before the stage's clock began to run.
inline std::int64_t made_up_utc_ns(std::int64_t seconds_ago) { return FakeClock().utc_ns() - seconds_ago * kNsPerS; }

inline nlohmann::json made_up_plugin(const char* id, const char* name, const char* kind, int generation, int pins) {
  return {{"id", id},
          {"name", name},
          {"version", "1.1.0"},
          {"kind", kind},
          {"is_enabled", true},
          {"file", std::string(id) + ".so"},
          {"is_file_there", true},
          {"generations",
           {{{"generation", generation},
             {"version", "1.1.0"},
             {"state", "active"},
             {"pins", pins},
             {"memory_bytes", 462'848},
             {"buffers", 12},
             {"buffer_bytes", 7'340'032},
             {"jobs", 1},
             {"timers", 0},
             {"loaded_utc_ns", made_up_utc_ns(3'000)}}}},
          {"previous", nullptr},
          {"resident", nlohmann::json::array()},
          {"last", nullptr}};
}

inline nlohmann::json made_up_plugins() {
  auto jpeg = made_up_plugin("codec_jpeg", "JPEG encoder", "codec", 7, 14);
  jpeg["previous"] = {{"generation", 3}, {"version", "1.0.2"}};
  jpeg["last"] = {{"action", "swap"},
                  {"utc_ns", made_up_utc_ns(48)},
                  {"ok", true},
                  {"took_ms", 812},
                  {"message", "Version 1.1.0 serves as generation 7; generation 3 is gone from memory."}};
  auto tcp = made_up_plugin("transport_tcp", "TCP and TLS", "transport", 9, 6);
  tcp["generations"].push_back(
      {{"generation", 4}, {"version", "1.0.0"}, {"state", "draining"}, {"pins", 3}, {"buffers", 2}, {"jobs", 1}});
  tcp["resident"] = {{{"generation", 2}, {"why", "a thread that it started still runs"}}};
  auto tint = made_up_plugin("codec_tint", "Tint", "codec", 8, 0);
  tint["generations"] = nlohmann::json::array();
  tint["last"] = {{"action", "load"},
                  {"utc_ns", made_up_utc_ns(48)},
                  {"ok", false},
                  {"took_ms", 20'004},
                  {"message", "codec_tint.so did not end its self-test within 20 s; nothing was changed."}};
  auto guest = made_up_plugin("auth_guest", "Guests", "auth", 2, 0);
  guest["is_enabled"] = false;
  guest["generations"] = nlohmann::json::array();
  return {{"plugins",
           {guest, made_up_plugin("auth_sql", "Accounts", "auth", 1, 6),
            made_up_plugin("codec_copy", "Original", "codec", 5, 31), jpeg, tint, tcp}}};
}

inline nlohmann::json made_up_answer(std::string_view method, int second) {
  using nlohmann::json;
  if (method == "admin.status")
    return {
        {"clients", 6 + second / 9 % 5},
        {"streams", 11},
        {"uptime_s", 11'520 + second},
        {"cpu_s", 300 + second * 0.6 + std::sin(second * 0.15) * 1.2},
        {"rss_bytes", 212'000'000 + second % 40 * 400'000},
        {"bytes_sent", 9'000'000'000LL + second * 5'400'000LL + static_cast<long long>(std::sin(second * 0.1) * 9e6)},
        {"store",
         {{"segments", 412},
          {"bytes", 180'000'000 + second * 500'000},
          {"budget_bytes", 536'870'912},
          {"hits", 18'211 + second * 14},
          {"misses", 640 + second},
          {"makes", 640 + second},
          {"evictions", 12}}}};
  if (method == "admin.plugins") return made_up_plugins();
  if (method == "admin.clients") {
    json clients = json::array();
    for (int i = 1; i <= 6; ++i)
      clients.push_back({{"client", i},
                         {"user", i == 1       ? "Ada"
                                  : i % 3 == 0 ? "guest"
                                               : "Grace"},
                         {"role", i == 1       ? "admin"
                                  : i % 3 == 0 ? "guest"
                                               : "member"},
                         {"address", "192.168.1.20:51422"},
                         {"transport", "transport_tcp"},
                         {"generation", 9},
                         {"program", "zoetrope"},
                         {"since_utc_ns", made_up_utc_ns(i * 731)},
                         {"bytes_sent", 88'000'000 * i},
                         {"bytes_per_s", 410'000.0 * i},
                         {"streams", i == 2 ? json::array()
                                            : json{{{"stream", 1},
                                                    {"media", "m"},
                                                    {"title", "Autumn training, first half"},
                                                    {"rendition", "jpeg@q80"},
                                                    {"rate", {1, 1}},
                                                    {"is_paused", i == 4},
                                                    {"is_looping", true},
                                                    {"position_us", 223'480'000LL},
                                                    {"granted_us", 24'000'000},
                                                    {"sent_us", 21'500'000},
                                                    {"serial", 1}}}}});
    return {{"total", 6}, {"clients", clients}};
  }
  if (method == "admin.users")
    return {{"users",
             {{{"user_id", 1},
               {"name", "Ada"},
               {"role", "admin"},
               {"is_disabled", false},
               {"created_utc_ns", made_up_utc_ns(40LL * 86'400)}},
              {{"user_id", 2},
               {"name", "Grace"},
               {"role", "member"},
               {"is_disabled", false},
               {"created_utc_ns", made_up_utc_ns(40LL * 86'400)}},
              {{"user_id", 3},
               {"name", "Mallory"},
               {"role", "member"},
               {"is_disabled", true},
               {"created_utc_ns", made_up_utc_ns(40LL * 86'400)}}}}};
  if (method == "admin.log") {
    json lines = json::array();
    for (int i = 1; i <= 60; ++i)
      lines.push_back(
          {{"seq", i},
           {"utc_ns", made_up_utc_ns(60) + i * 731'000'000LL},
           {"level", i % 17 == 0  ? "error"
                     : i % 7 == 0 ? "warning"
                                  : "info"},
           {"component", i % 2 == 0 ? "plugins" : "streams"},
           {"text",
            i % 7 == 0
                ? "generation 4 of transport_tcp still has 3 clients after 10 s; they were told to go on elsewhere"
                : "stream 12 goes on with generation 7 of codec_jpeg at segment 118"}});
    return {{"lines", lines}, {"last_seq", 60}, {"first_seq", 1}};
  }
  return {{"message", "Version 1.1.0 serves as generation 8."}};
}

// An admin is signed in, and the server answers at once.
inline void answer_as_admin(PlayerStage& stage) {
  stage.link.on_request = [&stage](std::string_view method, const std::string&, net::Completion done) {
    const nlohmann::json made_up = made_up_answer(method, static_cast<int>(stage.clock.now_ns() / kNsPerS));
    Result<nlohmann::json> answer = nlohmann::json::parse(made_up.dump());  // as it comes over the wire
    done(answer);
  };
}

}  // namespace zoe::test
