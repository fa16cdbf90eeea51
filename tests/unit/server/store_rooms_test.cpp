// Rooms in the store, on SQLite and on PostgreSQL.
#include <gmock/gmock.h>

#include "tests/unit/server/store_fixture.hpp"

namespace zoe::server {
namespace {

class RoomStoreTest : public StoreFixture {
 protected:
  static SavedRoom made_up(const std::string& id) {
    SavedRoom room;
    room.id = id;
    room.code = "CODE" + id;
    room.owner = {"auth_sql", UINT64_MAX - 5};
    room.owner_name = "Ann";
    room.settings = {.name = "Ann's room",
                     .is_private = true,
                     .policy = RoomPolicy::kNamed,
                     .patience = RoomPatience::kLeaveBehind,
                     .owner_leaves = OwnerLeaves::kClose,
                     .named = {{"auth_sql", 7}, {"auth_sql", UINT64_MAX}}};
    room.place = {.entries = {{1, "m1", "One", 10, 3}, {2, "m2", "Two", 20, 4}},
                  .entry = 1,
                  .position_us = 123,
                  .rate = {-1, 2},
                  .is_paused = false,
                  .utc_ns = 456};
    room.messages = {{3, 9, "Ann", "hello", 5}, {4, 9, "Bob", "you", 6}};
    room.used_utc_ns = 1'000;
    return room;
  }
};
INSTANTIATE_TEST_SUITE_P(On, RoomStoreTest, testing::Values(Backend::kSqlite, Backend::kPostgres), backend_name);

TEST_P(RoomStoreTest, KeepsAllOfARoom) {
  const auto saved = store_->rooms().save(made_up("a"));
  ASSERT_TRUE(saved) << saved.error().message;
  SavedRoom changed = made_up("a");
  changed.place.position_us = 789;
  ASSERT_TRUE(store_->rooms().save(changed)) << "takes the place of the former one";
  open();
  const auto rooms = store_->rooms().load(0).value();
  ASSERT_EQ(rooms.size(), 1U);
  const SavedRoom& room = rooms[0];
  EXPECT_EQ(room.id, "a");
  EXPECT_EQ(room.code, "CODEa");
  EXPECT_EQ(room.owner, changed.owner);
  EXPECT_EQ(room.owner_name, "Ann");
  EXPECT_EQ(room.settings.name, "Ann's room");
  EXPECT_TRUE(room.settings.is_private);
  EXPECT_EQ(room.settings.policy, RoomPolicy::kNamed);
  EXPECT_EQ(room.settings.patience, RoomPatience::kLeaveBehind);
  EXPECT_EQ(room.settings.owner_leaves, OwnerLeaves::kClose);
  EXPECT_THAT(room.settings.named,
              testing::UnorderedElementsAre(AccountKey{"auth_sql", 7}, AccountKey{"auth_sql", UINT64_MAX}));
  ASSERT_EQ(room.place.entries.size(), 2U);
  EXPECT_EQ(room.place.entries[1].media, "m2");
  EXPECT_EQ(room.place.entries[1].duration_us, 20);
  EXPECT_EQ(room.place.entries[1].frame_us, 4);
  EXPECT_EQ(room.place.entry, 1U);
  EXPECT_EQ(room.place.position_us, 789);
  EXPECT_EQ(room.place.rate, (Rational{-1, 2}));
  EXPECT_FALSE(room.place.is_paused);
  EXPECT_EQ(room.place.utc_ns, 456);
  ASSERT_EQ(room.messages.size(), 2U);
  EXPECT_EQ(room.messages[1].text, "you");
  EXPECT_EQ(room.messages[1].message, 4U);
}

TEST_P(RoomStoreTest, WhatIsRemovedOrUnusedOrWithoutAnOwnerGoes) {
  SavedRoom unused = made_up("unused");
  unused.used_utc_ns = 10;
  for (const SavedRoom& each : {made_up("a"), made_up("b"), unused}) ASSERT_TRUE(store_->rooms().save(each));
  ASSERT_TRUE(store_->rooms().remove("b"));
  ASSERT_TRUE(store_->rooms().remove("there is none"));
  auto rooms = store_->rooms().load(11).value();
  ASSERT_EQ(rooms.size(), 1U);
  EXPECT_EQ(rooms[0].id, "a");
  ASSERT_TRUE(store_->people().forget(made_up("a").owner));
  EXPECT_TRUE(store_->rooms().load(0).value().empty());
}

}  // namespace
}  // namespace zoe::server
