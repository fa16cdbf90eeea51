// What a server says to the control panel, believed only within bounds.
#include "player/client/admin_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace zoe::player {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json parsed(const char* text) { return json::parse(text); }

TEST(AdminMessages, AnEmptyAnswerIsEmpty) {
  EXPECT_TRUE(parse_admin_plugins(parsed(R"({"plugins": []})"))->empty());
  EXPECT_EQ(parse_admin_clients(parsed(R"({"total": 0, "clients": []})"))->total, 0);
  EXPECT_TRUE(parse_admin_users(parsed(R"({"users": []})"))->empty());
  EXPECT_TRUE(parse_admin_log(parsed(R"({"lines": [], "last_seq": 0, "first_seq": 0})"))->lines.empty());
}

TEST(AdminMessages, ReadsAPlugin) {
  const auto plugins = parse_admin_plugins(parsed(R"({"plugins": [{
      "id": "codec_jpeg", "name": "JPEG", "version": "1.1.0", "kind": "codec", "is_enabled": true,
      "file": "/p/codec_jpeg.so", "is_file_there": false,
      "generations": [{"generation": 7, "version": "1.1.0", "state": "active", "pins": 3, "memory_bytes": 4096,
                       "buffers": 2, "buffer_bytes": 10, "jobs": 0, "timers": 0, "loaded_utc_ns": 5},
                      {"generation": 3, "version": "1.0.0", "state": "draining", "pins": 1}],
      "previous": {"generation": 3, "version": "1.0.0"},
      "resident": [{"generation": 2, "why": "a thread"}],
      "last": {"action": "swap", "utc_ns": 9, "ok": true, "message": "done", "took_ms": 12}}]})"));
  ASSERT_TRUE(plugins) << plugins.error().message;
  ASSERT_EQ(plugins->size(), 1U);
  const AdminPlugin& plugin = plugins->front();
  EXPECT_FALSE(plugin.is_file_there);
  ASSERT_NE(plugin.active(), nullptr);
  EXPECT_EQ(plugin.active()->generation, 7U);
  EXPECT_EQ(plugin.generations.at(1).pins, 1);
  EXPECT_EQ(plugin.previous->version, "1.0.0");
  EXPECT_EQ(plugin.residents.at(0).why, "a thread");
  EXPECT_EQ(plugin.last->took_ms, 12);
}

TEST(AdminMessages, WhatIsOfAnotherTypeIsNamed) {
  const auto refused = [](const auto& result) {
    return result ? std::string("it was believed") : result.error().message;
  };
  EXPECT_THAT(refused(parse_admin_plugins(parsed(R"({"plugins": 3})"))), HasSubstr("plugins"));
  EXPECT_THAT(refused(parse_admin_plugins(parsed(R"({"plugins": [7]})"))), HasSubstr("plugin"));
  EXPECT_THAT(
      refused(parse_admin_plugins(parsed(R"({"plugins": [{"id": "a", "generations": [{"generation": -1}]}]})"))),
      HasSubstr("generation"));
  EXPECT_THAT(refused(parse_admin_users(parsed(R"({"users": [{"user_id": "1", "name": "a", "role": "admin"}]})"))),
              HasSubstr("user_id"));
  EXPECT_THAT(refused(parse_admin_log(parsed(R"({"lines": [{"seq": 1, "level": 5}]})"))), HasSubstr("level"));
  EXPECT_FALSE(parse_admin_status(parsed(R"({"clients": "many"})")));
  EXPECT_FALSE(parse_admin_clients(parsed(R"([])")));
}

TEST(AdminMessages, ListsAndTextsAreCut) {
  json many = json::array();
  for (int i = 0; i < 200; ++i) many.push_back({{"id", "p" + std::to_string(i)}, {"name", std::string(10'000, 'x')}});
  const auto plugins = parse_admin_plugins(json::parse(json{{"plugins", many}}.dump()));
  ASSERT_TRUE(plugins) << plugins.error().message;
  EXPECT_EQ(plugins->size(), kMostAdminPlugins);
  EXPECT_LT(plugins->front().name.size(), 5000U);
  json lines = json::array();
  for (int i = 1; i <= 1200; ++i)
    lines.push_back({{"seq", i}, {"utc_ns", i}, {"level", "info"}, {"component", "a"}, {"text", "b"}});
  const auto page = parse_admin_log(json::parse(json{{"lines", lines}, {"last_seq", 1200}, {"first_seq", 1}}.dump()));
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_LE(page->lines.size(), kMostAdminLogPage);
}

TEST(AdminMessages, CommandsSayWhatTheProtocolAsksFor) {
  EXPECT_EQ(params_of({.verb = AdminVerb::kRollBack, .plugin = "a\"b"}), R"({"id":"a\"b"})");
  EXPECT_EQ(method_of(AdminVerb::kRollBack), "admin.plugin_rollback");
  EXPECT_EQ(params_of({.verb = AdminVerb::kCreateUser, .name = "\xFF", .password = "p", .role = Role::kAdmin}),
            "{\"name\":\"\xEF\xBF\xBD\",\"password\":\"p\",\"role\":\"admin\"}")
      << "what is no UTF-8 does not throw";
}

}  // namespace
}  // namespace zoe::player
