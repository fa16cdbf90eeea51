// A root is closed while somebody watches something of it.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

using nlohmann::json;

TEST(ServerAccess, ClosingARootEndsWhatIsOpenOfIt) {
  const TempDir films;
  const TempDir secret;
  std::filesystem::copy_file(make_clip({.frames = 900, .gop = 30}), films.file("film.mp4"));
  std::filesystem::copy_file(make_clip({.frames = 600, .gop = 30}), secret.file("secret.mp4"));
  const ServerProcess server({.folders = {films.path()},
                              .guests = Guests::kAllowed,
                              .settings = "folders = [\"" + films.path() + "\"]\n[library.roots]\nSecret = \"" +
                                          secret.path() + "\"\nFilms = \"" + films.path() + "\"\n",
                              .arguments = {secret.path()}});
  WireClient admin(server.port());
  admin.result("auth.register", {{"name", "ann"}, {"password", "correct horse"}, {"code", server.admin_code()}});
  const std::string hidden = admin.media("secret");
  const std::string open = admin.media("film");

  WireClient watches_secret(server.port());
  watches_secret.result("auth.guest");
  const json stream =
      watches_secret.result("stream.open", {{"media", hidden}, {"rendition", "copy"}, {"credit_us", 1000}});
  ASSERT_TRUE(stream.contains("stream"));
  WireClient watches_film(server.port());
  watches_film.result("auth.guest");
  watches_film.result("stream.open", {{"media", open}, {"rendition", "copy"}, {"credit_us", 1000}});

  admin.result("admin.set_root", {{"root", "Secret"}, {"policy", "groups"}});
  EXPECT_EQ(watches_secret.goodbye(), "unavailable");
  EXPECT_EQ(watches_film.outcome("server.info"), "ok") << "who watches something else does not notice";
  WireClient again(server.port());
  again.result("auth.guest");
  EXPECT_EQ(again.outcome("stream.open", {{"media", hidden}, {"rendition", "copy"}}), "not_found");
  EXPECT_EQ(again.result("library.list").at("total"), 1);
  EXPECT_EQ(again.result("library.roots").at("roots").size(), 1U);
  EXPECT_EQ(admin.result("library.list").at("total"), 2);
}

}  // namespace
}  // namespace zoe::test
