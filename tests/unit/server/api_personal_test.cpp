// What is a person's own, through the control API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include "server/store/history_store.hpp"
#include "tests/unit/server/api_fixture.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kNoMedia = "00000000000000000000000000000000";

class PersonalTest : public ApiFixture {
 protected:
  json result(const std::string& method, const json& params = json::object()) {
    const json reply = call(method, params);
    EXPECT_TRUE(reply.contains("result")) << method << reply.dump();
    return reply.value("result", json::object());
  }
};

TEST_F(PersonalTest, GuestsKeepNothing) {
  const std::string media = add_clip();
  EXPECT_EQ(outcome("progress.report", {{"media", media}, {"position_us", 1}}), "unauthenticated");
  ASSERT_EQ(outcome("auth.guest"), "ok");
  for (const char* method : {"progress.report", "favourites.list", "playlists.list", "settings.get", "history.list",
                             "account.export", "watched.set", "ratings.set"})
    EXPECT_EQ(outcome(method, {{"media", media}}), "denied") << method;
  EXPECT_EQ(outcome("home.get"), "ok");
  EXPECT_FALSE(result("library.list").at("items").at(0).contains("progress"));
}

TEST_F(PersonalTest, ProgressIsKeptAndShownInListings) {
  const std::string media = add_clip();
  sign_in("ann");
  EXPECT_EQ(result("progress.get", {{"media", media}}).at("position_us"), 0);
  const json now = result("progress.report", {{"media", media}, {"position_us", 150'000}});
  EXPECT_EQ(now.at("position_us"), 150'000);
  EXPECT_EQ(now.at("is_watched"), false);
  EXPECT_THAT(told, Contains(HasSubstr("personal.changed")));
  EXPECT_EQ(result("library.list").at("items").at(0).at("progress").at("position_us"), 150'000);
  EXPECT_EQ(result("library.get", {{"media", media}}).at("progress").at("position_us"), 150'000);
  // A clip of a third of a second: beyond its end is its end.
  const json end = result("progress.report", {{"media", media}, {"position_us", 99'000'000}});
  EXPECT_LT(end.at("position_us").get<std::int64_t>(), 1'000'000);
  EXPECT_EQ(end.at("is_watched"), true);
  EXPECT_EQ(end.at("resume_us"), 0);
  EXPECT_EQ(outcome("watched.set", {{"media", media}, {"is_watched", false}}), "ok");
  EXPECT_EQ(result("progress.get", {{"media", media}}).at("is_watched"), false);
  EXPECT_EQ(outcome("progress.report", {{"media", kNoMedia}, {"position_us", 1}}), "not_found");
  EXPECT_EQ(outcome("progress.report", {{"media", media}, {"position_us", -1}}), "invalid_argument");
}

TEST_F(PersonalTest, AClockThatIsAheadDoesNotWinForEver) {
  const std::string media = add_clip();
  sign_in("ann");
  result("progress.report",
         {{"media", media}, {"position_us", 200'000}, {"utc_ns", clock.utc_ns() + 86'400 * kNsPerS}});
  EXPECT_EQ(result("progress.report", {{"media", media}, {"position_us", 100'000}}).at("position_us"), 100'000);
  EXPECT_EQ(result("progress.report", {{"media", media}, {"position_us", 50'000}, {"utc_ns", 5}}).at("position_us"),
            100'000);
}

TEST_F(PersonalTest, EachHasTheirOwn) {
  const std::string media = add_clip();
  sign_in("ann");
  result("progress.report", {{"media", media}, {"position_us", 150'000}, {"client", "player"}});
  result("favourites.add", {{"media", media}});
  result("settings.set", {{"key", "speed"}, {"value", 1.5}});
  const json playlist = result("playlists.create", {{"name", "Mine"}});
  sign_in("benny");
  EXPECT_EQ(result("history.list").at("total"), 0);
  EXPECT_EQ(result("progress.get", {{"media", media}}).at("position_us"), 0);
  EXPECT_TRUE(result("favourites.list").at("items").empty());
  EXPECT_TRUE(result("settings.get").at("settings").empty());
  EXPECT_TRUE(result("playlists.list").at("playlists").empty());
  EXPECT_EQ(outcome("playlists.get", {{"playlist", playlist.at("playlist")}}), "not_found");
  EXPECT_EQ(outcome("playlists.add", {{"playlist", playlist.at("playlist")}, {"media", {media}}}), "not_found");
  EXPECT_FALSE(result("library.list").at("items").at(0).contains("is_favourite"));
  sign_in("ann");
  const json viewing = result("history.list").at("viewings").at(0);
  EXPECT_EQ(viewing.at("client"), "player");
  EXPECT_EQ(viewing.at("is_available"), true);
  EXPECT_EQ(result("settings.get").at("settings").at("speed"), 1.5);
  sign_in("benny");
  EXPECT_EQ(outcome("history.remove", {{"viewing", viewing.at("viewing")}}), "not_found");
  sign_in("ann");
  EXPECT_EQ(outcome("history.remove", {{"viewing", viewing.at("viewing")}}), "ok");
  EXPECT_EQ(result("history.list").at("total"), 0);
  EXPECT_EQ(outcome("history.clear"), "ok");
  EXPECT_EQ(result("progress.get", {{"media", media}}).at("position_us"), 0);
}

TEST_F(PersonalTest, FavouritesAndRatings) {
  const std::string media = add_clip();
  sign_in("ann");
  result("favourites.add", {{"media", media}});
  result("ratings.set", {{"media", media}, {"stars", 4}});
  const json item = result("favourites.list").at("items").at(0);
  EXPECT_EQ(item.at("media"), media);
  EXPECT_EQ(item.at("is_favourite"), true);
  EXPECT_EQ(item.at("stars"), 4);
  EXPECT_EQ(outcome("ratings.set", {{"media", media}, {"stars", 6}}), "invalid_argument");
  result("ratings.set", {{"media", media}, {"stars", 0}});
  EXPECT_FALSE(result("library.list").at("items").at(0).contains("stars"));
  result("favourites.remove", {{"media", media}});
  EXPECT_TRUE(result("favourites.list").at("items").empty());
}

TEST_F(PersonalTest, PlaylistsAreMadeOrderedAndShared) {
  const std::string media = add_clip();
  sign_in("benny");
  result("settings.get");  // is known from now on
  sign_in("ann");
  const json id = result("playlists.create", {{"name", "Finals"}}).at("playlist");
  EXPECT_EQ(outcome("playlists.create", {{"name", "Finals"}}), "conflict");
  result("playlists.add", {{"playlist", id}, {"media", {media, media}}});
  EXPECT_EQ(outcome("playlists.add", {{"playlist", id}, {"media", {media, kNoMedia}}}), "not_found");
  EXPECT_EQ(outcome("playlists.add", {{"playlist", id}, {"media", json::array()}}), "invalid_argument");
  const json entries = result("playlists.get", {{"playlist", id}}).at("entries");
  ASSERT_EQ(entries.size(), 2U);
  result("playlists.move", {{"playlist", id}, {"entry", entries[0].at("entry")}, {"to", 1}});
  EXPECT_EQ(result("playlists.get", {{"playlist", id}}).at("entries").at(1).at("entry"), entries[0].at("entry"));
  result("playlists.remove", {{"playlist", id}, {"entries", {entries[0].at("entry")}}});
  EXPECT_EQ(outcome("playlists.share_with", {{"playlist", id}, {"user", "nobody"}}), "not_found");
  result("playlists.share_with", {{"playlist", id}, {"user", "benny"}, {"may_edit", true}});
  result("playlists.share", {{"playlist", id}, {"sharing", "named"}});
  result("playlists.rename", {{"playlist", id}, {"name", "Cup finals"}});
  sign_in("benny");
  const json shared = result("playlists.list").at("playlists").at(0);
  EXPECT_EQ(shared.at("name"), "Cup finals");
  EXPECT_EQ(shared.at("owner"), "ann");
  EXPECT_EQ(shared.at("is_own"), false);
  result("playlists.add", {{"playlist", id}, {"media", {media}}, {"at", 0}});
  EXPECT_EQ(outcome("playlists.delete", {{"playlist", id}}), "denied");
  sign_in("ann");
  EXPECT_EQ(result("playlists.get", {{"playlist", id}}).at("entries").size(), 2U);
  result("playlists.unshare_with", {{"playlist", id}, {"user", "benny"}});
  EXPECT_EQ(outcome("playlists.share", {{"playlist", id}, {"sharing", "some"}}), "invalid_argument");
  EXPECT_EQ(outcome("playlists.delete", {{"playlist", id}}), "ok");
}

TEST_F(PersonalTest, HomeTellsWhatToGoOnWithAndWhy) {
  const std::string first = add_clip("Show 01.mp4");
  const std::string second = add_clip("Show 02.mp4");
  sign_in("ann");
  EXPECT_TRUE(result("home.get").at("continue").empty());
  EXPECT_EQ(result("home.get").at("recent").size(), 2U);
  result("watched.set", {{"media", first}, {"is_watched", true}});
  result("favourites.add", {{"media", first}});
  recommendations->refresh();
  const json home = result("home.get");
  ASSERT_EQ(home.at("continue").size(), 1U) << "the next one of its folder";
  EXPECT_EQ(home.at("continue").at(0).at("media"), second);
  ASSERT_EQ(home.at("recommended").size(), 1U) << "what was watched is not recommended";
  const json reason = home.at("recommended").at(0).at("reason");
  EXPECT_EQ(reason.at("kind"), "next_in_folder");
  EXPECT_EQ(reason.at("media"), first);
  EXPECT_THAT(reason.at("text").get<std::string>(), HasSubstr("Show 01"));
  EXPECT_EQ(home.at("favourites").at(0).at("media"), first);
  EXPECT_EQ(result("recommendations.get", {{"media", first}}).at("recommended").at(0).at("media").at("media"), second);
  EXPECT_EQ(outcome("recommendations.get", {{"media", kNoMedia}}), "not_found");
}

TEST_F(PersonalTest, TheExportHoldsAllThatIsTheirs) {
  const std::string media = add_clip();
  sign_in("ann");
  result("progress.report", {{"media", media}, {"position_us", 150'000}});
  result("favourites.add", {{"media", media}});
  result("ratings.set", {{"media", media}, {"stars", 5}});
  result("settings.set", {{"key", "audio_language"}, {"value", "de"}});
  const json id = result("playlists.create", {{"name", "Finals"}}).at("playlist");
  result("playlists.add", {{"playlist", id}, {"media", {media}}});
  const json opened = result("account.export");
  const auto file = session.file(opened.at("file").get<std::uint32_t>()).value();
  std::string text(file.size_bytes, '\0');
  ASSERT_EQ(::pread(file.fd.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  const json all = json::parse(text);
  EXPECT_EQ(all.at("name"), "ann");
  EXPECT_EQ(all.at("progress").at(0).at("position_us"), 150'000);
  EXPECT_EQ(all.at("history").size(), 1U);
  EXPECT_EQ(all.at("favourites").at(0).at("media"), media);
  EXPECT_EQ(all.at("ratings").at(0).at("stars"), 5);
  EXPECT_EQ(all.at("playlists").at(0).at("entries").at(0).at("media"), media);
  EXPECT_EQ(all.at("settings").at("audio_language"), "de");
}

TEST_F(PersonalTest, SettingsTakeAnyValueWithinBounds) {
  sign_in("ann");
  const json value = {{"a", {1, 2, nullptr}}, {"b", "text"}};
  result("settings.set", {{"key", "mine"}, {"value", value}});
  EXPECT_EQ(result("settings.get").at("settings").at("mine"), value);
  EXPECT_EQ(outcome("settings.set", {{"key", "mine"}, {"value", std::string(5000, 'x')}}), "too_large");
  EXPECT_EQ(outcome("settings.set", {{"key", ""}, {"value", 1}}), "invalid_argument");
  EXPECT_EQ(outcome("settings.set", {{"key", "mine"}}), "invalid_argument");
  result("settings.remove", {{"key", "mine"}});
  EXPECT_TRUE(result("settings.get").at("settings").empty());
}

}  // namespace
}  // namespace zoe::server
