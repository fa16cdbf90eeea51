// The library as a client sees it while files come, go and turn out to be none.
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/net/media_run.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

struct ServerLibrary : testing::Test {
  ServerLibrary() {
    fs::create_directories(films);
    options.folders = {films};
  }

  void add(const std::string& name, const ClipSpec& spec = {}) {
    fs::create_directories(fs::path(films + "/" + name).parent_path());
    fs::copy_file(make_clip(spec), films + "/" + name);
  }

  TempDir dir;
  const std::string films = dir.file("films");
  ServerOptions options;
};

TEST_F(ServerLibrary, ShowsWhatIsThere) {
  add("B.mp4", {.width = 64, .height = 48});
  add("sub/a.mkv", {.width = 96, .height = 48, .container = "mkv", .audio = AudioCodec::kAac});
  add("turned.mp4", {.width = 128, .height = 64, .rotation_degrees = 90});
  ServerProcess server(options);
  WireClient client(server.port());
  client.result("auth.guest");
  client.media("turned");
  const json list = client.result("library.list", {{"sort", "title"}});
  ASSERT_EQ(list.at("total"), 3);
  EXPECT_EQ(list.at("items")[0].at("title"), "a");
  EXPECT_EQ(list.at("items")[0].at("path"), "sub/a.mkv");
  EXPECT_EQ(list.at("items")[0].at("has_audio"), true);
  EXPECT_EQ(list.at("items")[1].at("title"), "B");
  EXPECT_EQ(list.at("items")[2].at("width"), 64);
  EXPECT_EQ(list.at("items")[2].at("height"), 128);
  const json media = client.result("library.get", {{"media", list.at("items")[0].at("media")}});
  std::set<std::string> renditions;
  for (const json& rendition : media.at("renditions")) renditions.insert(rendition.at("name"));
  EXPECT_TRUE(renditions.contains("copy"));
  EXPECT_TRUE(std::any_of(renditions.begin(), renditions.end(),
                          [](const std::string& name) { return name.starts_with("jpeg"); }));
}

TEST_F(ServerLibrary, LeavesBadFilesOutInWords) {
  const std::string whole = read_whole_file(make_clip({}));
  dir.write("films/truncated.mp4", whole.substr(0, whole.size() / 3));
  dir.write("films/empty.mp4", "");
  dir.write("films/renamed.mp4", "only a text, renamed to look like a video");
  dir.write("films/notes.txt", "a text");
  dir.write("films/huge.mkv", "x");
  ASSERT_EQ(::truncate((films + "/huge.mkv").c_str(), off_t{1} << 42), 0);
  ASSERT_EQ(::mkfifo((films + "/pipe.mp4").c_str(), 0600), 0);
  add("good.mp4");
  ServerProcess server(options);
  WireClient admin(server.port());
  admin.result("auth.register", {{"name", "root"}, {"password", "a good password"}, {"code", server.admin_code()}});
  const std::string good = admin.media("good");
  ASSERT_TRUE(wait_until([&] { return !admin.result("library.list").at("scan").at("is_running").get<bool>(); }));
  EXPECT_EQ(admin.result("library.list").at("total"), 1);
  std::set<std::string> left_out;
  const json problems = admin.result("library.problems");
  for (const json& problem : problems.at("problems")) {
    left_out.insert(fs::path(problem.at("path").get<std::string>()).filename());
    EXPECT_FALSE(problem.at("message").get<std::string>().empty());
  }
  EXPECT_EQ(left_out, (std::set<std::string>{"huge.mkv", "renamed.mp4", "truncated.mp4"}));
  EXPECT_EQ(admin.watch({{"media", good}, {"rendition", "jpeg"}}).packets.size(), 60u);
}

TEST_F(ServerLibrary, TellsItsClientsThatSomethingChanged) {
  options.settings = "[library]\nrescan_seconds = 0\n";
  add("first.mp4");
  ServerProcess server(options);
  WireClient client(server.port());
  client.result("auth.guest");
  client.media("first");
  add("second.mp4", {.width = 64, .height = 48});
  server.process().signal(SIGHUP);
  const auto total = [&] { return client.result("library.list").at("total").get<int>(); };
  client.event("library.changed");
  while (total() != 2) client.event("library.changed");
  fs::remove(films + "/first.mp4");
  server.process().signal(SIGHUP);
  client.event("library.changed");
  while (total() != 1) client.event("library.changed");
  EXPECT_EQ(client.result("library.list").at("items")[0].at("title"), "second");
}

TEST_F(ServerLibrary, NoticesByItself) {
  options.settings = "[library]\nrescan_seconds = 0.05\n";
  ServerProcess server(options);
  WireClient client(server.port());
  client.result("auth.guest");
  add("new.mp4");
  EXPECT_FALSE(client.media("new").empty());
}

TEST_F(ServerLibrary, AFileThatIsRemovedWhileItPlaysDisturbsNobody) {
  options.settings = "[library]\nrescan_seconds = 0.05\n";
  add("leaving.mp4", {.frames = 300});
  add("staying.mp4", {.width = 64, .height = 48, .frames = 300});
  ServerProcess server(options);
  WireClient viewer(server.port());
  viewer.result("auth.guest");
  const std::string id = viewer.media("leaving");
  const json opened = viewer.result("stream.open", {{"media", id}, {"rendition", "jpeg"}, {"credit_us", 100'000}});
  const std::uint32_t stream = opened.at("stream");
  ASSERT_FALSE(viewer.take(stream, 1, 3).packets.empty());
  WireClient other(server.port());
  other.result("auth.guest");
  const std::string staying = other.media("staying");

  fs::remove(films + "/leaving.mp4");
  EXPECT_TRUE(wait_until([&] { return other.result("library.list").at("total") == 1; }));
  EXPECT_EQ(other.outcome("stream.open", {{"media", id}, {"rendition", "copy"}}), "not_found");
  // The viewer gets the rest from the open file, or is told that it is gone; either way the stream comes to an end.
  viewer.credit(stream, 1, 3'600'000'000ULL);
  std::string end;
  try {
    end = (viewer.take(stream, 1).flags & net::kRunEnd) != 0 ? "played to its end" : "nothing more came";
  } catch (const std::runtime_error& error) {
    end = error.what();
  }
  EXPECT_THAT(end, testing::AnyOf(HasSubstr("played to its end"), HasSubstr("stream.failed")));
  EXPECT_EQ(viewer.watch({{"media", staying}, {"rendition", "jpeg"}}).packets.size(), 300u);
  EXPECT_EQ(other.watch({{"media", staying}, {"rendition", "copy"}}).packets.size(), 300u);
}

TEST_F(ServerLibrary, AFileThatShrinksWhileItPlaysIsReported) {
  add("shrinking.mp4", {.frames = 600});
  ServerProcess server(options);
  WireClient viewer(server.port());
  viewer.result("auth.guest");
  const std::string id = viewer.media("shrinking");
  // The index is there: what is missed below is only the file's bytes.
  viewer.watch({{"media", id}, {"rendition", "copy"}}, 1);
  fs::resize_file(films + "/shrinking.mp4", fs::file_size(films + "/shrinking.mp4") / 2);
  const json answer =
      viewer.call("stream.open",
                  {{"media", id}, {"rendition", "jpeg"}, {"position_us", 15'000'000}, {"credit_us", 3'600'000'000ULL}});
  if (answer.contains("result")) {
    EXPECT_THROW(viewer.take(answer.at("result").at("stream"), 1), std::runtime_error);
  } else {
    // The watch of the folder may be quicker.
    EXPECT_THAT(answer.at("error").at("message").get<std::string>(),
                testing::AnyOf(HasSubstr("changed"), HasSubstr("there is no media")));
  }
  EXPECT_EQ(viewer.outcome("library.list"), "ok");
}

}  // namespace
}  // namespace zoe::test
