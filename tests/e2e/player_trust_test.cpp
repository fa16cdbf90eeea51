// The server's key as the player sees it: pinned at first sight, and noticed when it changes.
#include <gtest/gtest.h>

#include "player/client/server_link.hpp"
#include "tests/e2e/server_process.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::test {
namespace {

using player::LinkState;

TEST(PlayerTrust, AChangedKeyIsNotBelievedUntilThePersonDoes) {
  const std::string port = std::to_string(free_port());
  const TempDir library;
  const TempDir config;
  const ServerOptions options{.folders = {library.path()}, .arguments = {"--port", port}};
  const player::ServerLink::Options link_options{.settings_path = config.file("player.json"),
                                                 .security = net::Security::kTls};
  SystemClock clock;
  const auto reaches = [](player::ServerLink& link, LinkState state) {
    return wait_until([&] { return link.snapshot().state == state; });
  };
  std::string first_pin;
  {
    ServerProcess server(options);
    const auto link = player::ServerLink::create(link_options, clock, Log::null());
    link->connect({"127.0.0.1", server.port()});
    link->enter_as_guest();
    ASSERT_TRUE(reaches(*link, LinkState::kSignedIn)) << link->snapshot().error;
    EXPECT_TRUE(link->snapshot().is_encrypted);
    first_pin = link->snapshot().key_pin;
    EXPECT_EQ(first_pin.size(), 64U);
  }
  ServerProcess other(options);  // another data folder, so another key at the same address
  const auto link = player::ServerLink::create(link_options, clock, Log::null());
  link->connect({"127.0.0.1", other.port()});
  link->enter_as_guest();
  ASSERT_TRUE(reaches(*link, LinkState::kKeyChanged)) << static_cast<int>(link->snapshot().state);
  EXPECT_EQ(link->snapshot().former_key_pin, first_pin);
  EXPECT_NE(link->snapshot().key_pin, first_pin);
  EXPECT_FALSE(link->snapshot().error.empty());
  EXPECT_FALSE(link->is_ready());
  link->accept_key();
  ASSERT_TRUE(reaches(*link, LinkState::kSignedIn)) << link->snapshot().error;
}

}  // namespace
}  // namespace zoe::test
