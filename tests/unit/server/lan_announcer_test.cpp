// A server that is looked for, on this machine alone.
#include "server/host/lan_announcer.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "engine/core/clock.hpp"
#include "engine/net/lan_search.hpp"
#include "tests/support/wait.hpp"

namespace zoe::server {
namespace {

constexpr std::uint32_t kLoopback = 0x7F000001;

std::unique_ptr<LanAnnouncer> announce(const std::string& name) {
  return LanAnnouncer::start({.name = name, .address = "127.0.0.1", .native_port = 4711, .port = 0}, Log::null())
      .value();
}

TEST(LanAnnouncer, IsFoundByName) {
  const auto announcer = announce("Living room");
  const auto search = net::LanSearch::create({kLoopback}, announcer->port()).value();
  SystemClock clock;
  ASSERT_TRUE(test::wait_until([&] {
    search->ask();  // a datagram may be lost
    return search->take(clock.now_ns());
  }));
  ASSERT_EQ(search->found().size(), 1U);
  EXPECT_EQ(search->found()[0].name, "Living room");
  EXPECT_EQ(search->found()[0].address, "127.0.0.1:4711");
  const auto other = net::LanSearch::create({kLoopback}, announcer->port()).value();
  EXPECT_FALSE(other->take(clock.now_ns())) << "who has not asked hears nothing";
}

TEST(LanAnnouncer, GoesOnWhateverItIsSent) {
  const auto announcer = announce("Living room");
  const auto search = net::LanSearch::create({kLoopback}, announcer->port()).value();
  SystemClock clock;
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(announcer->port());
  to.sin_addr.s_addr = htonl(kLoopback);
  const std::array<std::uint8_t, 600> noise{};
  for (std::size_t size = 0; size <= noise.size(); size += 50)
    ::sendto(socket.get(), noise.data(), size, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  EXPECT_TRUE(test::wait_until([&] {
    search->ask();
    return search->take(clock.now_ns());
  }));
}

}  // namespace
}  // namespace zoe::server
