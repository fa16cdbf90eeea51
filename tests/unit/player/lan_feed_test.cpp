// Whom the player asks for servers.
#include "player/client/lan_feed.hpp"

#include <gtest/gtest.h>

#include "engine/core/clock.hpp"

namespace zoe::player {
namespace {

TEST(LanTarget, IsOffOrAnAddress) {
  EXPECT_TRUE(LanTarget::parse("off")->is_off);
  const auto one = LanTarget::parse("127.0.0.1:4711");
  ASSERT_TRUE(one);
  EXPECT_FALSE(one->is_off);
  EXPECT_EQ(one->hosts, (std::vector<std::uint32_t>{0x7F000001}));
  EXPECT_EQ(one->port, 4711);
  EXPECT_EQ(LanTarget::parse("192.168.1.255")->port, net::kDiscoveryPort);
  for (const char* bad : {"", "on", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:70000",
                          "1.2.3.4:7 ", "-1.2.3.4", "1..2.3"})
    EXPECT_FALSE(LanTarget::parse(bad)) << bad;
}

TEST(LanFeed, AsksNobodyUnlessItIsWanted) {
  LanFeed off({.is_off = true, .hosts = {}});
  EXPECT_EQ(off.update(true, kNsPerS), INT64_MAX);
  EXPECT_FALSE(off.is_possible());
  LanFeed feed({.hosts = {0x7F000001}, .port = 9});
  EXPECT_EQ(feed.update(false, kNsPerS), INT64_MAX);
  EXPECT_TRUE(feed.found().empty());
  EXPECT_FALSE(feed.has_news());
}

TEST(LanFeed, SaysWhenItHasLookedForLongEnough) {
  LanFeed feed({.hosts = {0x7F000001}, .port = 9});
  const std::int64_t again_ns = feed.update(true, kNsPerS);
  EXPECT_GT(again_ns, kNsPerS);
  EXPECT_FALSE(feed.has_looked());
  feed.update(true, 3 * kNsPerS);
  EXPECT_TRUE(feed.has_looked());
  EXPECT_TRUE(feed.has_news());
  feed.update(false, 4 * kNsPerS);
  EXPECT_FALSE(feed.has_looked()) << "it begins anew the next time";
}

}  // namespace
}  // namespace zoe::player
