// The real zoetrope-fetch and the real server: whole files, over connections that break, a server that dies, and files
// that change.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <optional>

#include "tests/e2e/relay.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/e2e/wire_client.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMiB = 1U << 20;

class Fetch : public testing::Test {
 protected:
  Fetch() {
    fs::create_directories(films.file("Cup"));
    // Losslessly coded: some eight megabytes.
    clip = make_clip({.codec = VideoCodec::kFfv1, .width = 1280, .height = 720, .frames = 120, .container = "mkv"});
    fs::copy_file(clip, films.file("Cup/final.mkv"));
    fs::copy_file(make_clip({.frames = 30}), films.file("small.mp4"));
  }
  void start(const std::string& port = "0") {
    server.emplace(
        ServerOptions{.folders = {films.path()}, .data_folder = data.file("data"), .arguments = {"--port", port}});
  }
  // With an account, since guests may not download, and listed, so that what is fetched is there.
  std::string listed(const std::string& title) const {
    WireClient client(server->port());
    client.result("auth.register", {{"name", "ann"}, {"password", "correct horse"}, {"code", server->admin_code()}});
    return client.media(title);
  }

  std::vector<std::string> command(std::uint16_t port, std::vector<std::string> words,
                                   std::vector<std::string> way_in = {}) const {
    std::vector<std::string> all = {program("zoetrope-fetch"), "127.0.0.1:" + std::to_string(port)};
    if (way_in.empty()) way_in = {"--user", "ann", "--password-file", data.write("pw", "correct horse\n")};
    all.insert(all.end(), way_in.begin(), way_in.end());
    all.insert(all.end(), words.begin(), words.end());
    return all;
  }
  SpawnOptions environment() const {
    return {.environment = {{"XDG_CONFIG_HOME", here.file("config")}}, .folder = here.path()};
  }
  RunResult fetch(std::vector<std::string> words) const {
    return run(command(server->port(), std::move(words)), environment());
  }
  std::uint64_t come() const {
    std::error_code error;
    const auto size = fs::file_size(here.file("final.mkv.part"), error);
    return error ? 0 : size;
  }
  bool is_left() const {
    return fs::exists(here.file("final.mkv.part")) || fs::exists(here.file("final.mkv.part.state"));
  }

  TempDir films;
  TempDir data;
  TempDir here;
  std::string clip;
  std::optional<ServerProcess> server;
};

TEST_F(Fetch, BringsWhatIsNamed) {
  start();
  const std::string media = listed("final");
  for (const std::string& name : {std::string("Cup/final.mkv"), std::string("final"), media}) {
    const RunResult result = fetch({name, "-o", "out/film.mkv"});
    ASSERT_EQ(result.status.code, 0) << result.err;
    EXPECT_EQ(result.out, "out/film.mkv\n");
    EXPECT_EQ(read_whole_file(here.file("out/film.mkv")), read_whole_file(clip));
    fs::remove_all(here.file("out"));
  }
  const RunResult first = fetch({"final", "--quiet"});
  EXPECT_EQ(first.out, "final.mkv\n");
  EXPECT_EQ(first.err, "");
  const RunResult second = fetch({"final", "-o", "."});
  EXPECT_EQ(second.out, "final (2).mkv\n") << "nothing is overwritten";
  EXPECT_EQ(read_whole_file(here.file("final (2).mkv")), read_whole_file(clip));
  EXPECT_FALSE(is_left());
}

TEST_F(Fetch, ListsAndSaysWhatIsMeant) {
  start();
  listed("final");
  const RunResult list = fetch({"--list"});
  EXPECT_EQ(list.status.code, 0) << list.err;
  EXPECT_NE(list.out.find("/Cup/final.mkv"), std::string::npos) << list.out;
  EXPECT_NE(list.out.find("/small.mp4"), std::string::npos) << list.out;
  EXPECT_EQ(fetch({"--list", "small"}).out.find("final"), std::string::npos);
  const RunResult wrong = fetch({"finale.mkv"});
  EXPECT_EQ(wrong.status.code, 3);
  EXPECT_NE(wrong.err.find("Did you mean"), std::string::npos) << wrong.err;
  EXPECT_NE(wrong.err.find("/Cup/final.mkv"), std::string::npos) << wrong.err;
  EXPECT_EQ(fetch({}).status.code, 2);
}

TEST_F(Fetch, AsksWhoOneIs) {
  start();
  listed("final");
  const auto as = [&](std::vector<std::string> way_in) {
    return run(command(server->port(), {"final"}, std::move(way_in)), environment());
  };
  const RunResult guest = as({"--guest"});
  EXPECT_EQ(guest.status.code, 1) << "guests may not download";
  EXPECT_NE(guest.err.find("guests"), std::string::npos) << guest.err;
  EXPECT_FALSE(is_left());
  EXPECT_EQ(as({"--user", "ann", "--password-file", here.write("bad", "wrong\n")}).status.code, 4);
  Process process(command(server->port(), {"final"}, {"--user", "ann"}), environment());
  process.write_stdin("correct horse\n");
  process.close_stdin();
  const auto status = process.wait();
  ASSERT_TRUE(status && status->ok()) << process.err();
  EXPECT_EQ(read_whole_file(here.file("final.mkv")), read_whole_file(clip));
}

TEST_F(Fetch, ComesInNowhereWithoutANameWhereThereAreNoGuests) {
  server.emplace(ServerOptions{.folders = {films.path()}, .guests = Guests::kRefused});
  const RunResult nobody =
      run({program("zoetrope-fetch"), "127.0.0.1:" + std::to_string(server->port()), "final"}, environment());
  EXPECT_EQ(nobody.status.code, 4);
  EXPECT_NE(nobody.err.find("--user"), std::string::npos) << nobody.err;
}

TEST_F(Fetch, GoesOnOverConnectionsThatBreak) {
  start();
  listed("final");
  Relay relay(server->port());
  relay.let_down(2 * kMiB);
  Process process(command(relay.port(), {"final"}), environment());
  for (const std::uint64_t most : {4 * kMiB, 6 * kMiB}) {
    ASSERT_TRUE(wait_until([&] { return come() > most - 2 * kMiB - kMiB; })) << process.err();
    relay.cut();
    relay.let_down(2 * kMiB);
  }
  ASSERT_TRUE(wait_until([&] { return relay.connections() >= 3; })) << process.err();
  relay.let_down();
  const auto status = process.wait();
  ASSERT_TRUE(status && status->ok()) << process.err();
  EXPECT_EQ(read_whole_file(here.file("final.mkv")), read_whole_file(clip));
  EXPECT_FALSE(is_left());
}

TEST_F(Fetch, KeepsWhatHasComeAndGoesOnLater) {
  start();
  listed("final");
  Relay relay(server->port());
  relay.let_down(3 * kMiB);
  Process process(command(relay.port(), {"final"}), environment());
  ASSERT_TRUE(wait_until([&] { return come() > 2 * kMiB; })) << process.err();
  process.signal(SIGINT);
  const auto status = process.wait();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 130) << process.err();
  EXPECT_NE(process.err().find("the same command goes on"), std::string::npos) << process.err();
  EXPECT_GT(come(), 2 * kMiB);
  // What is here already does not come again.
  relay.cut();
  relay.let_down(fs::file_size(clip) - 1 * kMiB);
  const RunResult again = run(command(relay.port(), {"final"}), environment());
  ASSERT_EQ(again.status.code, 0) << again.err;
  EXPECT_EQ(read_whole_file(here.file("final.mkv")), read_whole_file(clip));
}

TEST_F(Fetch, AFileThatChangedBeginsAnew) {
  const std::string port = std::to_string(free_port());
  start(port);
  listed("final");
  Relay relay(server->port());
  relay.let_down(3 * kMiB);
  Process process(command(relay.port(), {"final"}), environment());
  ASSERT_TRUE(wait_until([&] { return come() > 2 * kMiB; })) << process.err();
  process.signal(SIGTERM);
  ASSERT_TRUE(process.wait());
  server.reset();
  const std::string other =
      make_clip({.codec = VideoCodec::kFfv1, .width = 1280, .height = 720, .frames = 90, .container = "mkv"});
  fs::copy_file(other, films.file("Cup/final.mkv"), fs::copy_options::overwrite_existing);
  start(port);
  WireClient client(server->port());
  client.result("auth.login", {{"name", "ann"}, {"password", "correct horse"}});
  client.media("final");
  relay.let_down();
  const RunResult again = run(command(relay.port(), {"Cup/final.mkv"}), environment());
  ASSERT_EQ(again.status.code, 0) << again.err;
  EXPECT_NE(again.err.find("changed on the server"), std::string::npos) << again.err;
  EXPECT_EQ(again.out, "final.mkv\n");
  EXPECT_EQ(read_whole_file(here.file("final.mkv")), read_whole_file(other));
}

TEST_F(Fetch, OutlivesTheServersDeath) {
  const std::string port = std::to_string(free_port());
  start(port);
  listed("final");
  // The relay keeps the file from being here before the server is gone.
  Relay relay(server->port());
  relay.let_down(3 * kMiB);
  Process process(command(relay.port(), {"final"}), environment());
  ASSERT_TRUE(wait_until([&] { return come() > 2 * kMiB; })) << process.err();
  server->process().signal(SIGKILL);
  server->process().wait();
  server.reset();
  relay.let_down();
  start(port);
  const auto status = process.wait();
  ASSERT_TRUE(status && status->ok()) << process.err();
  EXPECT_EQ(read_whole_file(here.file("final.mkv")), read_whole_file(clip));
}

TEST_F(Fetch, GivesUpWithWords) {
  start();
  listed("final");
  Relay relay(server->port());
  relay.let_down(3 * kMiB);
  const RunResult result = run(command(relay.port(), {"final", "--patience", "1"}), environment());
  EXPECT_EQ(result.status.code, 1);
  EXPECT_NE(result.err.find("Nothing more comes"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("final.mkv.part"), std::string::npos) << result.err;
  EXPECT_EQ(run(command(free_port(), {"final"}), environment()).status.code, 1) << "nobody is there";
}

}  // namespace
}  // namespace zoe::test
