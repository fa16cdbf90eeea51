// Channels by requests: who makes them, and what is on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/store/channel_store.hpp"
#include "tests/unit/server/room_fixture.hpp"
#include "tests/unit/server/store_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class ChannelsApiTest : public RoomFixture {
 protected:
  void SetUp() override {
    first = add_clip("first.mp4");
    second = add_clip("second.mp4");
    sign_in("admin");
    result_of(bob, "auth.login", {{"name", "bobby"}, {"password", "password"}});
  }
  json result(const std::string& method, const json& params = json::object()) {
    return result_of(session, method, params);
  }
  // One that began so long ago.
  std::int64_t make(std::int64_t ago_us, const json& media) {
    const std::int64_t now_utc_ns = clock.utc_ns();
    return result("channels.create", {{"name", "One"}, {"media", media}, {"begins_utc_ns", now_utc_ns - ago_us * 1000}})
        .at("channel")
        .get<std::int64_t>();
  }
  std::int64_t length_us(const std::string& media) { return library.find(media)->info.duration_us; }

  std::string first;
  std::string second;
};

TEST_F(ChannelsApiTest, WhatIsOnIsArithmetic) {
  const std::int64_t length = length_us(first);
  // An hour of rounds, less the last moment of the first video.
  const std::int64_t channel = make(1000 * (length + length_us(second)) + length / 2, {first, second});
  const json view = result_of(bob, "channels.get", {{"channel", channel}});
  const json& now = view.at("now");
  // Time goes on while the test asks; what must agree is what the answer says.
  const std::int64_t since_us =
      (view.at("server_ns").get<std::int64_t>() - view.at("begins_ns").get<std::int64_t>()) / 1000;
  EXPECT_GE(since_us, 1000 * (length + length_us(second)) + length / 2);
  const std::int64_t shown_us =
      now.at("position_us").get<std::int64_t>() + now.at("begins_ns").get<std::int64_t>() / 1000;
  EXPECT_NEAR(static_cast<double>(shown_us - view.at("server_ns").get<std::int64_t>() / 1000), 0, 2) << view.dump(2);
  EXPECT_GE(now.at("number").get<int>(), 2000);
  EXPECT_EQ(now.at("item").get<int>(), now.at("number").get<int>() % 2);
  EXPECT_EQ(now.at("media"), now.at("item") == 0 ? first : second);
  EXPECT_EQ(view.at("next").at("begins_ns"), now.at("ends_ns"));
  EXPECT_EQ(view.at("items").size(), 2U);
  const json& schedule = view.at("schedule");
  EXPECT_EQ(schedule.at(0).at("number"), now.at("number"));
  for (std::size_t i = 1; i < schedule.size(); ++i)
    EXPECT_EQ(schedule.at(i).at("begins_ns"), schedule.at(i - 1).at("ends_ns"));
  EXPECT_EQ(result_of(bob, "channels.list").at("channels").at(0).at("name"), "One");
}

TEST_F(ChannelsApiTest, AdministratorsMakeThemAndAllHear) {
  EXPECT_EQ(outcome_of(bob, "channels.create", {{"name", "Bob TV"}, {"media", {first}}}), "denied");
  const std::int64_t channel = make(0, {first});
  EXPECT_THAT(told.back(), HasSubstr("channels.changed"));
  for (const char* method : {"channels.update", "channels.delete"})
    EXPECT_EQ(outcome_of(bob, method, {{"channel", channel}, {"name", "Bob TV"}}), "denied") << method;
  result("channels.update", {{"channel", channel}, {"name", "Two"}});
  EXPECT_EQ(result("channels.list").at("channels").at(0).at("name"), "Two");
  result("channels.delete", {{"channel", channel}});
  EXPECT_EQ(told.size(), 3U);
  EXPECT_EQ(outcome_of(bob, "channels.get", {{"channel", channel}}), "not_found");
  EXPECT_EQ(outcome("channels.update", {{"channel", channel}, {"name", "x"}}), "not_found");
  EXPECT_EQ(outcome("channels.create", {{"name", " "}, {"media", {first}}}), "invalid_argument");
  EXPECT_EQ(outcome("channels.create", {{"name", "x"}, {"media", json::array()}}), "invalid_argument");
  EXPECT_EQ(outcome("channels.create", {{"name", "x"}, {"media", {"nothing"}}}), "not_found");
  EXPECT_EQ(outcome("channels.create", {{"name", "x"}, {"media", {first}}, {"begins_utc_ns", INT64_MAX}}),
            "invalid_argument");
}

// The clip lasts a third of a second, so what is on is put there by the time at which the channel is said to have
// begun.
TEST_F(ChannelsApiTest, WhatIsOnStaysOnInANewList) {
  const std::int64_t channel = make(0, json(std::vector<std::string>(100, first)));
  const json before = result("channels.get", {{"channel", channel}});
  result("channels.update", {{"channel", channel}, {"media", {second, first}}});
  const json after = result("channels.get", {{"channel", channel}});
  const std::int64_t round_us = length_us(first) + length_us(second);
  const auto offset_us = [&](const json& view) { return view.at("begins_ns").get<std::int64_t>() / 1000; };
  // In the old list the moment was in the midst of a clip; in the new one that clip lies behind the other one.
  const std::int64_t shift_us = offset_us(after) + length_us(second) - offset_us(before);
  const std::int64_t rest_us = ((shift_us % length_us(first)) + length_us(first)) % length_us(first);
  EXPECT_TRUE(rest_us <= 2 || rest_us >= length_us(first) - 2) << rest_us << " of " << round_us;
}

TEST_F(ChannelsApiTest, AVideoThatSomebodyMayNotSeeTakesItsTimeWithoutAName) {
  const std::string hidden = add_clip_to(secret, "treasure.mp4");
  ASSERT_TRUE(store->access().create_group("club"));
  const json group = result("admin.groups").at("groups").at(0).at("group");
  result("admin.set_root", {{"root", "secret"}, {"policy", "groups"}, {"groups", {group}}});
  const std::int64_t mixed = make(0, {hidden, first});
  const std::int64_t whole = make(0, {hidden});
  const json view = result_of(bob, "channels.get", {{"channel", mixed}});
  EXPECT_EQ(view.at("items").at(0), (json{{"item", 0}, {"duration_us", length_us(hidden)}, {"is_hidden", true}}));
  EXPECT_EQ(view.at("items").at(1).at("media"), first);
  EXPECT_THAT(view.dump(), Not(HasSubstr("treasure")));
  EXPECT_EQ(result_of(bob, "channels.list").at("channels").size(), 1U);
  EXPECT_EQ(outcome_of(bob, "channels.get", {{"channel", whole}}), "not_found");
  EXPECT_EQ(result("channels.list").at("channels").size(), 2U);
}

class ChannelStoreTest : public StoreFixture {};
INSTANTIATE_TEST_SUITE_P(On, ChannelStoreTest, testing::Values(Backend::kSqlite, Backend::kPostgres), backend_name);

TEST_P(ChannelStoreTest, KeepsChannels) {
  const Channel news{.id = 0, .name = "News", .begins_utc_ns = 5, .items = {{"a", 1}, {"b", 2}, {"a", 1}}};
  const auto id = store_->channels().add(news);
  ASSERT_TRUE(id) << id.error().message;
  const std::int64_t art =
      store_->channels().add({.id = 0, .name = "Art", .begins_utc_ns = -7, .items = {{"c", 3}}}).value();
  open();
  auto all = store_->channels().list().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "Art");
  EXPECT_EQ(all[0].begins_utc_ns, -7);
  ASSERT_EQ(all[1].items.size(), 3U);
  EXPECT_EQ(all[1].items[1].media, "b");
  all[1].items = {{"d", 4}};
  all[1].begins_utc_ns = 6;
  ASSERT_TRUE(store_->channels().change(all[1]));
  const auto found = store_->channels().find(*id).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->begins_utc_ns, 6);
  ASSERT_EQ(found->items.size(), 1U);
  EXPECT_EQ(found->items[0].duration_us, 4);
  ASSERT_TRUE(store_->channels().remove(*id));
  EXPECT_FALSE(store_->channels().find(*id).value());
  EXPECT_EQ(store_->channels().remove(*id).error().code, Errc::kNotFound);
  EXPECT_EQ(store_->channels().change(all[1]).error().code, Errc::kNotFound);
  EXPECT_TRUE(store_->channels().find(art).value());
}

TEST_P(ChannelStoreTest, HoldsABoundedNumber) {
  for (std::size_t i = 0; i < ChannelStore::kMost; ++i)
    ASSERT_TRUE(store_->channels().add({.id = 0, .name = "x", .begins_utc_ns = 0, .items = {{"a", 1}}}));
  EXPECT_EQ(store_->channels().add({.id = 0, .name = "x", .begins_utc_ns = 0, .items = {}}).error().code,
            Errc::kTooLarge);
}

}  // namespace
}  // namespace zoe::server
