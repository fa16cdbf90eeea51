#include "engine/net/lan_search.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "engine/net/sdl_net.hpp"

namespace zoe::net {
namespace {

constexpr std::uint32_t kEverywhere = 0xFFFFFFFF;
constexpr std::uint32_t kLoopback = 0x7F000001;
constexpr std::uint32_t kHostPart = 0xFF;  // SDL2_net tells no masks; almost all networks of people are of 24 bits
constexpr int kMostAddresses = 16;

struct UdpClose {
  void operator()(UDPsocket socket) const { SDLNet_UDP_Close(socket); }
};
using UdpSocketPtr = std::unique_ptr<std::remove_pointer_t<UDPsocket>, UdpClose>;

std::uint32_t to_number(const IPaddress& address) { return SDLNet_Read32(&address.host); }

std::string to_text(const IPaddress& from, std::uint16_t port) {
  const std::uint32_t ip = to_number(from);
  return fmt::format("{}.{}.{}.{}:{}", ip >> 24, (ip >> 16) & 0xFF, (ip >> 8) & 0xFF, ip & 0xFF, port);
}

std::vector<std::uint32_t> all_networks() {
  std::vector<std::uint32_t> targets{kEverywhere, kLoopback};
  std::array<IPaddress, kMostAddresses> own{};
  const int count = SDLNet_GetLocalAddresses(own.data(), kMostAddresses);
  for (int i = 0; i < count; ++i) {
    const std::uint32_t ip = to_number(own[static_cast<std::size_t>(i)]);
    if ((ip >> 24) != 127 && is_near(ip)) targets.push_back(ip | kHostPart);
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  return targets;
}

}  // namespace

bool FoundServers::add(FoundServer server) {
  const auto by_name = [](const FoundServer& a, const FoundServer& b) {
    return std::tie(a.name, a.address) < std::tie(b.name, b.address);
  };
  for (FoundServer& each : all_) {
    if (each.address != server.address) continue;
    each.heard_ns = server.heard_ns;
    if (each.name == server.name) return false;
    each.name = std::move(server.name);
    std::sort(all_.begin(), all_.end(), by_name);
    return true;
  }
  if (all_.size() >= kMost) return false;
  all_.push_back(std::move(server));
  std::sort(all_.begin(), all_.end(), by_name);
  return true;
}

bool FoundServers::expire(std::int64_t now_ns) {
  return std::erase_if(all_, [&](const FoundServer& each) { return now_ns - each.heard_ns > kForgottenNs; }) > 0;
}

struct LanSearch::Impl {
  UdpSocketPtr socket;
  std::vector<std::uint32_t> targets;
  std::uint16_t port = 0;
  std::uint64_t nonce = 0;
};

LanSearch::LanSearch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LanSearch::~LanSearch() = default;

Result<std::unique_ptr<LanSearch>> LanSearch::create(std::vector<std::uint32_t> targets, std::uint16_t port) {
  ZOE_CHECK(start_sdl_net());
  auto impl = std::make_unique<Impl>();
  impl->socket.reset(SDLNet_UDP_Open(0));
  if (impl->socket == nullptr)
    return fail(Errc::kIo, fmt::format("servers on this network cannot be looked for: {}", SDLNet_GetError()));
  impl->targets = targets.empty() ? all_networks() : std::move(targets);
  impl->port = port;
  std::random_device random;
  impl->nonce = (std::uint64_t{random()} << 32) | random();
  return std::unique_ptr<LanSearch>(new LanSearch(std::move(impl)));
}

void LanSearch::ask() {
  std::array<std::uint8_t, kAskBytes> ask = encode_ask(impl_->nonce);
  for (const std::uint32_t target : impl_->targets) {
    UDPpacket packet{};
    packet.data = ask.data();
    packet.len = packet.maxlen = static_cast<int>(ask.size());
    SDLNet_Write32(target, &packet.address.host);
    SDLNet_Write16(impl_->port, &packet.address.port);
    SDLNet_UDP_Send(impl_->socket.get(), -1, &packet);
  }
}

bool LanSearch::take(std::int64_t now_ns) {
  std::array<std::uint8_t, 512> buffer{};
  bool has_changed = found_.expire(now_ns);
  for (int i = 0; i < kMostAtOnce; ++i) {
    UDPpacket packet{};
    packet.data = buffer.data();
    packet.maxlen = static_cast<int>(buffer.size());
    if (SDLNet_UDP_Recv(impl_->socket.get(), &packet) <= 0) break;
    const auto answer = parse_answer({buffer.data(), static_cast<std::size_t>(packet.len)});
    if (!answer || answer->nonce != impl_->nonce || !is_near(to_number(packet.address))) continue;
    has_changed = found_.add({answer->name, to_text(packet.address, answer->port), now_ns}) || has_changed;
  }
  return has_changed;
}

}  // namespace zoe::net
