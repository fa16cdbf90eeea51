// A player that was told of no server finds the real one on this machine's loopback network, by name, and connects.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/e2e/player_process.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace zoe::test {
namespace {

// The card finds its height in its first frames: what is to be pressed is pointed at before, so that it rests.

class PlayerLan : public testing::Test {
 protected:
  RunResult play(const std::string& script) {
    return run({program("zoetrope"), "--headless", "--size", "800x700", "--lan", fmt::format("127.0.0.1:{}", port_),
                "--input-script", folder_.write("keys.txt", script)},
               {.environment = {{"XDG_CONFIG_HOME", folder_.file("config")}}, .folder = folder_.path()}, kPatience);
  }

  TempDir folder_;
  TempDir films_;
  std::uint16_t port_ = free_port();
};

TEST_F(PlayerLan, FindsAServerByNameAndConnects) {
  ServerOptions options;
  options.folders = {films_.path()};
  options.settings = fmt::format("name = \"Living room\"\n[discovery]\nport = {}\n", port_);
  const ServerProcess server(options);
  const RunResult result = play(
      "timeout 60000\nwait-for login.found.0 \"Living room\"\n"
      "wait-for login.found.0.address 127.0.0.1:" +
      std::to_string(server.port()) +
      "\npoint-at login.found.0\nclick-on login.found.0\nwait-link sign-in-needed\nquit\n");
  EXPECT_TRUE(result.ok()) << result.err;
}

TEST_F(PlayerLan, SaysThatThereIsNoneAndKeepsThatNobodyIsAsked) {
  const RunResult first =
      play("timeout 60000\nwait-for login.found none\nclick-on login.lan\nwait-for login.lan off\nquit\n");
  EXPECT_TRUE(first.ok()) << first.err;
  const RunResult later = play(
      "timeout 60000\nwait-for login.lan off\npoint-at login.lan\nclick-on login.lan\nwait-for login.lan on\nquit\n");
  EXPECT_TRUE(later.ok()) << later.err;
}

}  // namespace
}  // namespace zoe::test
