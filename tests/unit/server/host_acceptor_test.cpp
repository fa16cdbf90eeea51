#include "server/host/acceptor.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/wait.hpp"

namespace zoe::server {
namespace {

using ::testing::HasSubstr;

UniqueFd connect_to(std::uint16_t port, int family = AF_INET) {
  UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (family == AF_INET) {
    auto& to = reinterpret_cast<sockaddr_in&>(storage);
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    size = sizeof to;
  } else {
    auto& to = reinterpret_cast<sockaddr_in6&>(storage);
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port);
    to.sin6_addr = in6addr_loopback;
    size = sizeof to;
  }
  if (!fd || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&storage), size) != 0) return {};
  return fd;
}

bool has_ipv6() {
  const UniqueFd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_addr = in6addr_loopback;
  return fd && ::bind(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
}

struct AcceptorTest : testing::Test {
  Acceptor::Accepted collect() {
    return [this](UniqueFd socket, const zoe_peer& peer) {
      MutexLock lock(mutex);
      sockets.push_back(std::move(socket));
      peers.push_back(peer);
    };
  }
  std::size_t accepted() {
    MutexLock lock(mutex);
    return sockets.size();
  }
  bool wait_accepted(std::size_t count) {
    return zoe::test::wait_until([&] { return accepted() >= count; });
  }

  Metrics metrics;
  Mutex mutex;
  std::vector<UniqueFd> sockets;
  std::vector<zoe_peer> peers;
  Acceptor acceptor{Log::null(), metrics};
};

TEST_F(AcceptorTest, HandsConnectionsOver) {
  const auto bound = acceptor.listen({"native", "127.0.0.1", 0}, collect());
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_NE(bound->port, 0);
  EXPECT_EQ(bound->to_string(), "127.0.0.1:" + std::to_string(bound->port));
  ASSERT_TRUE(acceptor.start());
  const UniqueFd one = connect_to(bound->port);
  const UniqueFd two = connect_to(bound->port);
  ASSERT_TRUE(wait_accepted(2));
  EXPECT_STREQ(peers[0].address, "127.0.0.1");
  EXPECT_EQ(peers[0].is_loopback, 1);
  EXPECT_NE(peers[0].port, 0);
  EXPECT_NE(::fcntl(sockets[0].get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(sockets[0].get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(AcceptorTest, TellsIpv4PeersOfADualSocketAsIpv4) {
  if (!has_ipv6()) GTEST_SKIP() << "this machine has no IPv6";
  const auto bound = acceptor.listen({"native", "::", 0}, collect());
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_EQ(bound->to_string(), "[::]:" + std::to_string(bound->port));
  ASSERT_TRUE(acceptor.start());
  const UniqueFd four = connect_to(bound->port);
  ASSERT_TRUE(wait_accepted(1));
  const UniqueFd six = connect_to(bound->port, AF_INET6);
  ASSERT_TRUE(wait_accepted(2));
  EXPECT_STREQ(peers[0].address, "127.0.0.1");
  EXPECT_STREQ(peers[1].address, "::1");
  EXPECT_EQ(peers[0].is_loopback, 1);
  EXPECT_EQ(peers[1].is_loopback, 1);
}

TEST_F(AcceptorTest, SaysWhatToDoAboutAPortInUse) {
  const auto bound = acceptor.listen({"native", "127.0.0.1", 0}, collect());
  ASSERT_TRUE(bound);
  const auto again = acceptor.listen({"native", "127.0.0.1", bound->port}, collect());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::kConflict);
  EXPECT_THAT(again.error().message, HasSubstr(bound->to_string()));
  EXPECT_THAT(again.error().message, HasSubstr("--port"));
}

TEST_F(AcceptorTest, RefusesAddressesThatAreNone) {
  for (const char* address : {"localhost", "", "300.1.1.1", "1.2.3"})
    EXPECT_EQ(acceptor.listen({"native", address, 0}, collect()).error().code, Errc::kInvalidArgument) << address;
  const auto elsewhere = acceptor.listen({"native", "192.0.2.1", 0}, collect());
  ASSERT_FALSE(elsewhere);
  EXPECT_THAT(elsewhere.error().message, HasSubstr("no such address"));
}

// Leaves the process `spare` descriptors for the life of the object.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t spare) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const UniqueFd highest(::dup(0));
    rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(highest.get()) + spare;
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST_F(AcceptorTest, ClosesConnectionsItHasNoDescriptorForAndRecovers) {
  const auto bound = acceptor.listen({"native", "127.0.0.1", 0}, collect());
  ASSERT_TRUE(bound);
  ASSERT_TRUE(acceptor.start());
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 12; ++i) clients.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  {
    const FewDescriptors few(3);
    for (const UniqueFd& client : clients) {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(bound->port);
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    }
    // Those beyond the limit are closed by the server instead of hanging for ever.
    char byte = 0;
    EXPECT_LE(::recv(clients.back().get(), &byte, 1, 0), 0);
    EXPECT_LT(accepted(), clients.size());
    EXPECT_GT(metrics.counter("accept_failures_total").value(), 0u);
  }
  const std::size_t before = accepted();
  const UniqueFd fresh = connect_to(bound->port);
  EXPECT_TRUE(wait_accepted(before + 1));
}

}  // namespace
}  // namespace zoe::server
