// What people leave behind, on SQLite and on PostgreSQL.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/unit/server/store_fixture.hpp"

namespace zoe::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNow = 1'700'000'000 * kSecond;

class StoreTest : public StoreFixture {
 protected:
  Progress report(PersonId who, const std::string& media, std::int64_t position_s, std::int64_t at_s,
                  std::optional<bool> is_watched = {}, const std::string& client = "zoetrope") {
    return store_->history()
        .report(who, {.media = media,
                      .title = "Title of " + media,
                      .position_us = position_s * 1'000'000,
                      .duration_us = 600'000'000,
                      .is_watched = is_watched,
                      .utc_ns = kNow + at_s * kSecond,
                      .client = client})
        .value();
  }
  std::vector<std::string> titles(PersonId who, std::int64_t playlist) {
    std::vector<std::string> all;
    const Playlist found = store_->collections().playlist(who, playlist).value();
    for (const PlaylistEntry& each : found.entries) all.push_back(each.title);
    return all;
  }
  std::int64_t add(PersonId who, std::int64_t playlist, const std::string& name, std::size_t at = SIZE_MAX) {
    return store_->collections().add_entries(who, playlist, {{"m-" + name, name}}, at, kNow).value();
  }
};
INSTANTIATE_TEST_SUITE_P(On, StoreTest, testing::Values(Backend::kSqlite, Backend::kPostgres), backend_name);

// --- People
// ------------------------------------------------------------------------------------------------------------

TEST_P(StoreTest, AnAccountIsOnePersonWhateverItsName) {
  const PersonId ann = person("Ann", 1);
  EXPECT_EQ(person("Anne", 1), ann);
  EXPECT_EQ(store_->people().find({"auth_sql", 1}).value()->name, "Anne");
  EXPECT_NE(person("Ann", 2), ann);
  EXPECT_NE(store_->people().enter({"auth_ldap", 1}, "Ann", 1).value(), ann);
  const std::uint64_t large = UINT64_MAX - 3;
  person("Big", large);
  EXPECT_EQ(store_->people().find({"auth_sql", large}).value()->account.user_id, large);
  EXPECT_FALSE(store_->people().find({"auth_sql", 77}).value());
  EXPECT_EQ(store_->people().find_named("auth_sql", "Big").value()->account.user_id, large);
  EXPECT_FALSE(store_->people().find_named("auth_sql", "big").value());
  EXPECT_EQ(store_->people().list().value().size(), 4U);
}

TEST_P(StoreTest, WhoIsForgottenLeavesNothing) {
  const PersonId ann = person("Ann", 1);
  const PersonId ben = person("Ben", 2);
  report(ann, "m", 60, 0);
  ASSERT_TRUE(store_->collections().add_favourite(ann, "m", "t", kNow));
  ASSERT_TRUE(store_->collections().rate(ann, "m", "t", 5, kNow));
  ASSERT_TRUE(store_->settings().put(ann, {"speed", "1.5", kNow}));
  const std::int64_t own = store_->collections().create_playlist(ann, "Mine", kNow).value().id;
  add(ann, own, "a");
  ASSERT_TRUE(store_->collections().share_playlist(ann, own, Sharing::kEveryone, kNow));
  EXPECT_EQ(store_->collections().playlists(ben).value().size(), 1U);
  const std::int64_t bens = store_->collections().create_playlist(ben, "Ben's", kNow).value().id;
  ASSERT_TRUE(store_->collections().share_playlist(ben, bens, Sharing::kNamed, kNow));
  ASSERT_TRUE(store_->collections().share_with(ben, bens, ann, true, kNow));
  const std::int64_t group = store_->access().create_group("Team").value();
  ASSERT_TRUE(store_->access().set_members(group, {{"auth_sql", 1}, {"auth_sql", 2}}));

  ASSERT_TRUE(store_->people().mark_leaving({"auth_sql", 1}));
  EXPECT_THAT(store_->people().leaving().value(), ElementsAre(AccountKey{"auth_sql", 1}));
  ASSERT_TRUE(store_->people().forget({"auth_sql", 1}));
  EXPECT_THAT(store_->people().leaving().value(), IsEmpty());
  EXPECT_THAT(store_->history().everything(100).value(), IsEmpty());
  EXPECT_EQ(store_->history().viewings(ann, 0, 10).value().total, 0);
  EXPECT_THAT(store_->settings().all(ann).value(), IsEmpty());
  EXPECT_EQ(store_->collections().playlists(ben).value().size(), 1U);
  EXPECT_THAT(store_->collections().playlist(ben, bens).value().shares, IsEmpty());
  EXPECT_THAT(store_->access().rules().value().groups.at(0).members, ElementsAre(AccountKey{"auth_sql", 2}));
  EXPECT_NE(person("Somebody else", 1), ann) << "a number is never given again";
  EXPECT_TRUE(store_->people().forget({"auth_sql", 99}));
}

TEST_P(StoreTest, WhoStaysAfterAllIsUnmarked) {
  person("Ann", 1);
  ASSERT_TRUE(store_->people().mark_leaving({"auth_sql", 1}));
  EXPECT_FALSE(store_->people().find_named("auth_sql", "Ann").value());
  ASSERT_TRUE(store_->people().unmark_leaving({"auth_sql", 1}));
  EXPECT_THAT(store_->people().leaving().value(), IsEmpty());
  EXPECT_TRUE(store_->people().find_named("auth_sql", "Ann").value());
}

// --- Positions and viewings
// --------------------------------------------------------------------------------------------

TEST_P(StoreTest, TheLaterReportWinsInWhateverOrderTheyCome) {
  const PersonId ann = person("Ann", 1);
  EXPECT_EQ(report(ann, "m", 100, 20).position_us, 100'000'000);
  EXPECT_EQ(report(ann, "m", 50, 10).position_us, 100'000'000) << "what comes late but is older changes nothing";
  EXPECT_EQ(report(ann, "m", 30, 30).position_us, 30'000'000) << "back is as good as on";
  EXPECT_EQ(report(ann, "m", 40, 30).position_us, 40'000'000);
  EXPECT_EQ(report(ann, "m", 35, 30).position_us, 40'000'000) << "at the same time the further one";
  EXPECT_EQ(store_->history().progress(ann, "m").value()->updated_utc_ns, kNow + 30 * kSecond);
  EXPECT_FALSE(store_->history().progress(ann, "other").value());
  EXPECT_FALSE(store_->history().progress(person("Ben", 2), "m").value());
}

TEST_P(StoreTest, TheWatchedMarkStaysUntilSomethingIsSaidAboutIt) {
  const PersonId ann = person("Ann", 1);
  EXPECT_FALSE(report(ann, "m", 10, 0).is_watched);
  EXPECT_TRUE(report(ann, "m", 590, 10, true).is_watched);
  EXPECT_TRUE(report(ann, "m", 20, 20).is_watched);
  EXPECT_FALSE(report(ann, "m", 30, 30, false).is_watched);
  ASSERT_TRUE(store_->history().set_watched(ann, "m", "t", true, kNow + 40 * kSecond));
  const auto now = store_->history().progress(ann, "m").value();
  EXPECT_TRUE(now->is_watched);
  EXPECT_EQ(now->position_us, 0);
  EXPECT_EQ(now->duration_us, 600'000'000);
  EXPECT_EQ(report(ann, "m", 70, 35).position_us, 0) << "older than the mark";
}

TEST_P(StoreTest, UnfinishedAreThoseInTheMiddle) {
  const PersonId ann = person("Ann", 1);
  report(ann, "a", 10, 1);
  report(ann, "b", 10, 3);
  report(ann, "c", 590, 4, true);
  report(ann, "d", 0, 5);
  report(person("Ben", 2), "e", 10, 9);
  const auto names = [&](HistoryStore::Which which, std::size_t limit) {
    std::vector<std::string> all;
    const std::vector<Progress> found = store_->history().recent(ann, which, limit).value();
    for (const Progress& each : found) all.push_back(each.media);
    return all;
  };
  EXPECT_THAT(names(HistoryStore::Which::kUnfinished, 10), ElementsAre("b", "a"));
  EXPECT_THAT(names(HistoryStore::Which::kUnfinished, 1), ElementsAre("b"));
  EXPECT_THAT(names(HistoryStore::Which::kAll, 10), ElementsAre("d", "c", "b", "a"));
  ASSERT_TRUE(store_->history().clear_progress(ann, "b"));
  EXPECT_THAT(names(HistoryStore::Which::kUnfinished, 10), ElementsAre("a"));
  std::vector<std::string> asked{"a", "nothing", "c", "e"};
  EXPECT_EQ(store_->history().progress_of(ann, asked).value().size(), 2U);
  asked.resize(501);
  EXPECT_EQ(store_->history().progress_of(ann, asked).error().code, Errc::kTooLarge);
  EXPECT_THAT(store_->history().progress_of(ann, {}).value(), IsEmpty());
}

TEST_P(StoreTest, ReportsWithoutAGapAreOneSitting) {
  const PersonId ann = person("Ann", 1);
  report(ann, "m", 10, 0);
  report(ann, "m", 40, 30);
  report(ann, "m", 20, 10);  // late, inside
  report(ann, "m", 5, -5);   // late, before it
  report(ann, "m", 50, 40, {}, "browser");
  report(ann, "m", 100, 30 + 1801);
  report(ann, "n", 1, 50);
  const ViewingPage page = store_->history().viewings(ann, 0, 10).value();
  EXPECT_EQ(page.total, 4);
  ASSERT_EQ(page.items.size(), 4U);
  EXPECT_EQ(page.items[0].from_us, 100'000'000);
  EXPECT_EQ(page.items[1].media, "n");
  EXPECT_EQ(page.items[2].client, "browser");
  EXPECT_EQ(page.items[3].from_us, 5'000'000);
  EXPECT_EQ(page.items[3].to_us, 40'000'000);
  EXPECT_EQ(page.items[3].began_utc_ns, kNow - 5 * kSecond);
  EXPECT_EQ(store_->history().viewings(ann, 1, 2).value().items.at(0).media, "n");
  EXPECT_THAT(store_->history().viewings(ann, 99, 2).value().items, IsEmpty());
  EXPECT_EQ(store_->history().remove_viewing(person("Ben", 2), page.items[0].id).error().code, Errc::kNotFound);
  ASSERT_TRUE(store_->history().remove_viewing(ann, page.items[0].id));
  EXPECT_EQ(store_->history().viewings(ann, 0, 10).value().total, 3);
  ASSERT_TRUE(store_->history().clear(ann));
  EXPECT_EQ(store_->history().viewings(ann, 0, 10).value().total, 0);
  EXPECT_FALSE(store_->history().progress(ann, "m").value());
}

TEST_P(StoreTest, EverythingIsOneRowAPersonAndMedia) {
  const PersonId ann = person("Ann", 1);
  const PersonId ben = person("Ben", 2);
  report(ann, "m", 10, 1);
  ASSERT_TRUE(store_->collections().rate(ann, "m", "t", 4, kNow + 2 * kSecond));
  ASSERT_TRUE(store_->collections().add_favourite(ben, "m", "t", kNow + 3 * kSecond));
  const auto all = store_->history().everything(10).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].person, ben);
  EXPECT_TRUE(all[0].is_favourite);
  EXPECT_EQ(all[0].duration_us, 0);
  EXPECT_EQ(all[1].stars, 4);
  EXPECT_EQ(all[1].position_us, 10'000'000);
  EXPECT_FALSE(all[1].is_favourite);
  EXPECT_EQ(store_->history().everything(1).value().size(), 1U);
}

// --- Collections
// -------------------------------------------------------------------------------------------------------

TEST_P(StoreTest, FavouritesAndRatings) {
  const PersonId ann = person("Ann", 1);
  auto& collections = store_->collections();
  ASSERT_TRUE(collections.add_favourite(ann, "a", "A", kNow));
  ASSERT_TRUE(collections.add_favourite(ann, "b", "B", kNow + 1));
  ASSERT_TRUE(collections.add_favourite(ann, "a", "A again", kNow + 2));
  const auto favourites = collections.favourites(ann).value();
  ASSERT_EQ(favourites.size(), 2U);
  EXPECT_EQ(favourites[1].title, "A again");
  ASSERT_TRUE(collections.remove_favourite(ann, "a"));
  ASSERT_TRUE(collections.remove_favourite(ann, "a"));
  EXPECT_EQ(collections.favourites(ann).value().size(), 1U);
  ASSERT_TRUE(collections.rate(ann, "a", "A", 3, kNow));
  ASSERT_TRUE(collections.rate(ann, "a", "A", 5, kNow));
  EXPECT_EQ(collections.ratings(ann).value().at(0).stars, 5);
  EXPECT_EQ(collections.rate(ann, "a", "A", 6, kNow).error().code, Errc::kInvalidArgument);
  ASSERT_TRUE(collections.rate(ann, "a", "A", 0, kNow));
  EXPECT_THAT(collections.ratings(ann).value(), IsEmpty());
}

TEST_P(StoreTest, APlaylistKeepsItsOrder) {
  const PersonId ann = person("Ann", 1);
  auto& collections = store_->collections();
  const std::int64_t id = collections.create_playlist(ann, "Finals", kNow).value().id;
  add(ann, id, "b");
  add(ann, id, "d");
  add(ann, id, "a", 0);
  add(ann, id, "c", 2);
  const std::int64_t revision = add(ann, id, "a");  // twice is fine
  EXPECT_THAT(titles(ann, id), ElementsAre("a", "b", "c", "d", "a"));
  const auto entries = collections.playlist(ann, id).value().entries;
  EXPECT_EQ(collections.move_entry(ann, id, entries[0].id, 2, kNow).value(), revision + 1);
  EXPECT_THAT(titles(ann, id), ElementsAre("b", "c", "a", "d", "a"));
  ASSERT_TRUE(collections.move_entry(ann, id, entries[3].id, 0, kNow));
  EXPECT_THAT(titles(ann, id), ElementsAre("d", "b", "c", "a", "a"));
  ASSERT_TRUE(collections.move_entry(ann, id, entries[3].id, 99, kNow));
  EXPECT_THAT(titles(ann, id), ElementsAre("b", "c", "a", "a", "d"));
  ASSERT_TRUE(collections.remove_entries(ann, id, {entries[1].id, entries[4].id}, kNow));
  EXPECT_THAT(titles(ann, id), ElementsAre("c", "a", "d"));
  EXPECT_EQ(collections.remove_entries(ann, id, {entries[0].id, entries[1].id}, kNow).error().code, Errc::kNotFound);
  EXPECT_THAT(titles(ann, id), ElementsAre("c", "a", "d")) << "all or nothing";
  EXPECT_EQ(collections.move_entry(ann, id, 12345, 0, kNow).error().code, Errc::kNotFound);
}

TEST_P(StoreTest, APlaylistHasBounds) {
  const PersonId ann = person("Ann", 1);
  auto& collections = store_->collections();
  EXPECT_EQ(collections.create_playlist(ann, "", kNow).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(collections.create_playlist(ann, std::string(201, 'x'), kNow).error().code, Errc::kInvalidArgument);
  const std::int64_t id = collections.create_playlist(ann, "One", kNow).value().id;
  EXPECT_EQ(collections.create_playlist(ann, "One", kNow).error().code, Errc::kConflict);
  EXPECT_TRUE(collections.create_playlist(person("Ben", 2), "One", kNow)) << "another's may be called the same";
  std::vector<CollectionStore::NewEntry> many(CollectionStore::kMostEntries, {"m", "t"});
  ASSERT_TRUE(collections.add_entries(ann, id, many, 0, kNow));
  EXPECT_EQ(collections.add_entries(ann, id, {{"m", "t"}}, 0, kNow).error().code, Errc::kTooLarge);
  EXPECT_EQ(collections.playlist(ann, id).value().entries.size(), CollectionStore::kMostEntries);
}

TEST_P(StoreTest, SharingSaysWhoSeesAndWhoChanges) {
  const PersonId ann = person("Ann", 1);
  const PersonId ben = person("Ben", 2);
  const PersonId cid = person("Cid", 3);
  auto& collections = store_->collections();
  const std::int64_t id = collections.create_playlist(ann, "Finals", kNow).value().id;
  add(ann, id, "a");
  const auto refusal = [&](PersonId who) {
    const auto result = collections.add_entries(who, id, {{"m", "t"}}, 0, kNow);
    return result ? "none" : std::string(to_string(result.error().code));
  };
  ASSERT_TRUE(collections.share_with(ann, id, ben, true, kNow));
  EXPECT_EQ(refusal(ben), "not_found") << "it is private all the same";
  ASSERT_TRUE(collections.share_playlist(ann, id, Sharing::kNamed, kNow));
  EXPECT_EQ(refusal(ben), "none");
  EXPECT_EQ(refusal(cid), "not_found");
  ASSERT_TRUE(collections.share_with(ann, id, ben, false, kNow));
  EXPECT_EQ(refusal(ben), "denied");
  EXPECT_EQ(collections.delete_playlist(ben, id).error().code, Errc::kDenied);
  ASSERT_TRUE(collections.share_playlist(ann, id, Sharing::kEveryone, kNow));
  EXPECT_EQ(refusal(cid), "denied");
  EXPECT_EQ(collections.playlists(cid).value().at(0).owner_name, "Ann");
  EXPECT_FALSE(collections.playlists(cid).value().at(0).may_edit);
  EXPECT_THAT(collections.playlist(cid, id).value().shares, IsEmpty()) << "its owner's affair";
  EXPECT_EQ(collections.playlist(ann, id).value().shares.at(0).name, "Ben");
  ASSERT_TRUE(collections.unshare_with(ann, id, ben, kNow));
  ASSERT_TRUE(collections.share_playlist(ann, id, Sharing::kNamed, kNow));
  EXPECT_EQ(refusal(ben), "not_found");
  EXPECT_EQ(collections.share_with(ann, id, ann, true, kNow).error().code, Errc::kInvalidArgument);
  ASSERT_TRUE(collections.rename_playlist(ann, id, "Cup", kNow));
  EXPECT_EQ(collections.playlists(ann).value().at(0).name, "Cup");
  ASSERT_TRUE(collections.delete_playlist(ann, id));
  EXPECT_EQ(collections.playlist(ann, id).error().code, Errc::kNotFound);
  EXPECT_EQ(collections.playlist(ann, -4).error().code, Errc::kNotFound);
}

// --- Settings, access, audit
// -------------------------------------------------------------------------------------------

TEST_P(StoreTest, TheLaterSettingWins) {
  const PersonId ann = person("Ann", 1);
  auto& settings = store_->settings();
  ASSERT_TRUE(settings.put(ann, {"speed", "1.5", 20}));
  ASSERT_TRUE(settings.put(ann, {"speed", "2", 10}));
  EXPECT_EQ(settings.all(ann).value().at(0).json, "1.5");
  ASSERT_TRUE(settings.put(ann, {"speed", "1", 30}));
  EXPECT_EQ(settings.all(ann).value().at(0).json, "1");
  EXPECT_EQ(settings.put(ann, {"", "1", 1}).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(settings.put(ann, {"x", std::string(5000, '1'), 1}).error().code, Errc::kTooLarge);
  for (std::size_t i = 1; i < SettingsStore::kMostSettings; ++i)
    ASSERT_TRUE(settings.put(ann, {"s" + std::to_string(i), "1", 1}));
  EXPECT_EQ(settings.put(ann, {"one more", "1", 1}).error().code, Errc::kTooLarge);
  EXPECT_TRUE(settings.put(ann, {"speed", "3", 40})) << "what is there can be changed";
  ASSERT_TRUE(settings.remove(ann, "speed"));
  EXPECT_TRUE(settings.put(ann, {"one more", "1", 1}));
}

TEST_P(StoreTest, ARootIsOpenUnlessItMayBeAClosedOneUnderANewName) {
  auto& access = store_->access();
  EXPECT_THAT(access.enter_roots({"Films", "Private"}).value(), IsEmpty());
  const std::int64_t group = access.create_group("Family").value();
  ASSERT_TRUE(access.set_root({"Private", RootPolicy::kGroups, {group}}));
  EXPECT_THAT(access.enter_roots({"Films", "Private", "More"}).value(), IsEmpty());
  EXPECT_THAT(access.enter_roots({"Films", "Secret", "More"}).value(), ElementsAre("Secret"));
  const AccessRules rules = access.rules().value();
  ASSERT_EQ(rules.roots.size(), 4U);
  for (const RootRule& each : rules.roots) {
    const bool is_closed = each.root == "Private" || each.root == "Secret";
    EXPECT_EQ(each.policy, is_closed ? RootPolicy::kGroups : RootPolicy::kEveryone) << each.root;
  }
}

TEST_P(StoreTest, GroupsAndRoots) {
  auto& access = store_->access();
  ASSERT_TRUE(access.enter_roots({"Films"}));
  const std::int64_t family = access.create_group("Family").value();
  EXPECT_EQ(access.create_group("Family").error().code, Errc::kConflict);
  const std::int64_t team = access.create_group("Team").value();
  EXPECT_EQ(access.rename_group(team, "Family").error().code, Errc::kConflict);
  ASSERT_TRUE(access.rename_group(team, "A-Team"));
  ASSERT_TRUE(access.set_members(team, {{"auth_sql", 3}, {"auth_sql", 3}, {"auth_sql", 4}}));
  ASSERT_TRUE(access.set_root({"Films", RootPolicy::kGroups, {team, family}}));
  EXPECT_EQ(access.set_root({"Nothing", RootPolicy::kGroups, {team}}).error().code, Errc::kNotFound);
  EXPECT_EQ(access.set_root({"Films", RootPolicy::kGroups, {99}}).error().code, Errc::kNotFound);
  EXPECT_EQ(access.rules().value().roots.at(0).groups.size(), 2U) << "what failed changed nothing";
  EXPECT_EQ(access.rules().value().groups.at(0).members.size(), 2U);
  ASSERT_TRUE(access.delete_group(team));
  ASSERT_TRUE(access.delete_group(family));
  EXPECT_EQ(access.delete_group(family).error().code, Errc::kNotFound);
  EXPECT_EQ(access.rules().value().roots.at(0).policy, RootPolicy::kGroups) << "nobody's is not everybody's";
}

TEST_P(StoreTest, TheAuditLogIsSearchedAndTrimmed) {
  auto& audit = store_->audit();
  for (int i = 0; i < 50; ++i)
    ASSERT_TRUE(audit.add({.utc_ns = kNow + i,
                           .actor = i % 2 == 0 ? "Ann" : "100%_sure",
                           .action = "auth.login",
                           .subject = "",
                           .address = "10.0.0." + std::to_string(i),
                           .is_ok = i % 5 != 0,
                           .detail = ""}));
  const auto newest = audit.list({.limit = 10}).value();
  ASSERT_EQ(newest.size(), 10U);
  EXPECT_EQ(newest[0].address, "10.0.0.49");
  EXPECT_FALSE(audit.list({.search = "10.0.0.45"}).value().at(0).is_ok);
  EXPECT_EQ(audit.list({.before = newest[9].id, .limit = 5}).value().at(0).address, "10.0.0.39");
  EXPECT_EQ(audit.list({.search = "aNN", .limit = 100}).value().size(), 25U);
  EXPECT_EQ(audit.list({.search = "%_S", .limit = 100}).value().size(), 25U) << "no pattern";
  EXPECT_THAT(audit.list({.search = "_nn"}).value(), IsEmpty());
  ASSERT_TRUE(audit.trim(7));
  EXPECT_EQ(audit.list({.limit = 100}).value().size(), 7U);
}

// --- What holds for all
// ------------------------------------------------------------------------------------------------

TEST_P(StoreTest, WhatNotEveryDatabaseHoldsIsRefused) {
  const PersonId ann = person("Ann", 1);
  using std::string_literals::operator""s;
  for (const std::string& bad : {"a\0b"s, "\xFF"s, "\xED\xA0\x80"s}) {
    EXPECT_EQ(store_->people().enter({"auth_sql", 9}, bad, 1).error().code, Errc::kInvalidArgument);
    EXPECT_EQ(store_->collections().create_playlist(ann, bad, 1).error().code, Errc::kInvalidArgument);
    EXPECT_EQ(store_->history().report(ann, {.media = bad}).error().code, Errc::kInvalidArgument);
    EXPECT_EQ(store_->audit().add({.actor = bad}).error().code, Errc::kInvalidArgument);
    EXPECT_EQ(store_->settings().put(ann, {bad, "1", 1}).error().code, Errc::kInvalidArgument);
  }
  const std::string hostile = "'; drop table people; -- :name \"\\ \xF0\x9F\x8E\xAC";
  const std::int64_t id = store_->collections().create_playlist(ann, hostile, 1).value().id;
  EXPECT_EQ(store_->collections().playlist(ann, id).value().info.name, hostile);
}

TEST_P(StoreTest, WhatWasSaidIsThereAfterOpeningItAgain) {
  const PersonId ann = person("Ann", 1);
  report(ann, "m", 42, 0);
  store_.reset();
  open();
  EXPECT_EQ(store_->history().progress(ann, "m").value()->position_us, 42'000'000);
  EXPECT_EQ(person("Ann", 1), ann);
}

TEST_P(StoreTest, ManyAtOnceLoseNothing) {
  constexpr int kThreads = 8;
  constexpr int kEach = 40;
  std::vector<PersonId> people;
  for (int i = 0; i < kThreads; ++i) people.push_back(person("P" + std::to_string(i), static_cast<std::uint64_t>(i)));
  const std::int64_t shared = store_->collections().create_playlist(people[0], "Shared", kNow).value().id;
  ASSERT_TRUE(store_->collections().share_playlist(people[0], shared, Sharing::kNamed, kNow));
  for (int i = 1; i < kThreads; ++i)
    ASSERT_TRUE(store_->collections().share_with(people[0], shared, people[static_cast<std::size_t>(i)], true, kNow));
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, me = people[static_cast<std::size_t>(t)]] {
        for (int i = 0; i < kEach; ++i) {
          const auto reported = store_->history().report(
              me, {.media = "m" + std::to_string(i % 5), .position_us = i, .utc_ns = kNow + i, .client = "c"});
          const auto added = store_->collections().add_entries(me, shared, {{"m", "t"}}, 0, kNow);
          const auto read = store_->collections().playlist(me, shared);
          failures += (reported ? 0 : 1) + (added ? 0 : 1) + (read ? 0 : 1);
        }
      });
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(store_->collections().playlist(people[0], shared).value().entries.size(),
            static_cast<std::size_t>(kThreads * kEach));
  for (const PersonId each : people)
    EXPECT_EQ(store_->history().recent(each, HistoryStore::Which::kAll, 10).value().size(), 5U);
}

}  // namespace
}  // namespace zoe::server
