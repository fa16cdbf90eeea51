#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "engine/core/clock.hpp"
#include "engine/core/threads.hpp"
#include "server/host/lan_announcer.hpp"

namespace zoe::server {
namespace {

bool is_loopback(const std::string& address) { return address.starts_with("127."); }

Result<UniqueFd> open_socket(const LanAnnouncer::Options& options) {
  UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // Several servers of one machine share the port: a broadcast comes to all of them.
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_port = htons(options.port);
  here.sin_addr.s_addr = htonl(is_loopback(options.address) ? INADDR_LOOPBACK : INADDR_ANY);
  if (socket.get() < 0 || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0)
    return fail(errno_error(fmt::format("listen on UDP port {}", options.port), errno));
  return socket;
}

}  // namespace

Result<std::unique_ptr<LanAnnouncer>> LanAnnouncer::start(Options options, Log& log) {
  ZOE_TRY(UniqueFd socket, open_socket(options));
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) return fail(errno_error("make an event descriptor", errno));
  sockaddr_in here{};
  socklen_t size = sizeof here;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&here), &size);
  const std::uint16_t port = ntohs(here.sin_port);
  log.info("server", "players on this network find it as \"{}\" (UDP port {})", options.name, port);
  return std::unique_ptr<LanAnnouncer>(new LanAnnouncer(std::move(options), std::move(socket), std::move(wake), port));
}

LanAnnouncer::LanAnnouncer(Options options, UniqueFd socket, UniqueFd wake, std::uint16_t port)
    : options_(std::move(options)), socket_(std::move(socket)), wake_(std::move(wake)), port_(port), thread_([this] {
        run();
      }) {}

LanAnnouncer::~LanAnnouncer() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
  thread_.join();
}

void LanAnnouncer::run() {
  set_thread_name("announce");
  while (true) {
    std::array<pollfd, 2> polled{{{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    if (polled[1].revents != 0) return;
    if (polled[0].revents != 0) answer_one();
  }
}

void LanAnnouncer::answer_one() {
  std::array<std::uint8_t, 512> buffer{};
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const ssize_t got =
      ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
  if (got <= 0 || from.sin_family != AF_INET || !net::is_near(ntohl(from.sin_addr.s_addr))) return;
  const auto nonce = net::parse_ask({buffer.data(), static_cast<std::size_t>(got)});
  if (!nonce) return;
  const std::int64_t second = SystemClock().now_ns() / kNsPerS;
  if (std::exchange(second_, second) != second) answered_ = 0;
  if (++answered_ > kMostPerSecond) return;
  const auto answer = net::encode_answer({*nonce, options_.native_port, options_.name});
  // Whoever cannot be reached has not asked.
  [[maybe_unused]] const auto sent = ::sendto(socket_.get(), answer.data(), answer.size(), MSG_DONTWAIT,
                                              reinterpret_cast<const sockaddr*>(&from), size);
}

}  // namespace zoe::server
