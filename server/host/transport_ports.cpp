#include "server/host/transport_ports.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/plugin/bridge/status.hpp"

namespace zoe::server {
namespace {

constexpr const char* kComponent = "listen";
constexpr std::uint32_t kMostListeners = 16;

bool is_same(const ListenWish& a, const ListenWish& b) {
  return a.name == b.name && a.address == b.address && a.port == b.port;
}

Result<std::vector<ListenWish>> wishes_of(const plugin::Pin& pin, const zoe_transport_v1& transport) {
  std::array<zoe_listener, kMostListeners> listeners{};
  listeners[0].struct_size = sizeof(zoe_listener);
  std::uint32_t count = 0;
  const zoe_status status = transport.listeners(pin.plugin(), listeners.data(), kMostListeners, &count);
  if (status < 0)
    return fail(abi::to_errc(status), "the plugin " + pin.generation().id() + " does not say where it wants to listen");
  std::vector<ListenWish> wishes;
  for (std::uint32_t i = 0; i < std::min(count, kMostListeners); ++i)
    wishes.push_back({std::string(abi::view_of(listeners[i].name)), std::string(abi::view_of(listeners[i].address)),
                      listeners[i].port});
  return wishes;
}

}  // namespace

Status TransportPorts::admit(const plugin::Pin& pin) {
  const auto* transport = pin.table<zoe_transport_v1>();
  if (!transport) return {};
  const Status opened = [&]() -> Status {
    ZOE_TRY(const std::vector<ListenWish> wishes, wishes_of(pin, *transport));
    return open_ports(pin, wishes);
  }();
  if (opened) return {};
  settle(pin.generation().id());
  MutexLock lock(mutex_);
  if (!refusal_) refusal_ = opened.error();
  return opened;
}

Status TransportPorts::open_ports(const plugin::Pin& pin, const std::vector<ListenWish>& wishes) {
  const std::string& id = pin.generation().id();
  std::vector<std::uint64_t> route;
  for (const ListenWish& wish : wishes) {
    std::optional<std::uint64_t> known;
    {
      MutexLock lock(mutex_);
      for (const Port& port : ports_[id])
        if (is_same(port.wish, wish) && std::find(route.begin(), route.end(), port.bound.id) == route.end())
          known = port.bound.id;
    }
    if (!known) {
      // The number is known only afterwards; nothing is accepted before it is.
      auto number = std::make_shared<std::uint64_t>(0);
      ZOE_TRY(BoundListener bound, acceptor_.listen(wish, [this, id, number](UniqueFd socket, const zoe_peer& peer) {
        accept(id, *number, std::move(socket), peer);
      }));
      *number = bound.id;
      known = bound.id;
      MutexLock lock(mutex_);
      ports_[id].push_back({wish, std::move(bound)});
    }
    route.push_back(*known);
  }
  MutexLock lock(mutex_);
  routes_[id][pin.generation().number()] = std::move(route);
  return {};
}

void TransportPorts::settle(const std::string& id) {
  const plugin::Pin serving = find_(id);
  std::vector<BoundListener> gone;
  std::vector<BoundListener> wanted;
  {
    MutexLock lock(mutex_);
    const auto ports = ports_.find(id);
    if (ports == ports_.end()) return;
    Routes& routes = routes_[id];
    const std::uint64_t number = serving ? serving.generation().number() : 0;
    std::erase_if(routes, [number](const auto& route) { return route.first != number; });
    const std::vector<std::uint64_t> route = routes.contains(number) ? routes[number] : std::vector<std::uint64_t>();
    std::erase_if(ports->second, [&](const Port& port) {
      const bool is_wanted = std::find(route.begin(), route.end(), port.bound.id) != route.end();
      (is_wanted ? wanted : gone).push_back(port.bound);
      return !is_wanted;
    });
  }
  for (const BoundListener& port : gone) {
    acceptor_.close(port.id);
    log_.info(kComponent, "{} is no longer open ({})", port.to_string(), port.name);
  }
  if (!acceptor_.is_started()) return;
  for (const BoundListener& port : wanted)
    if (const Status watched = acceptor_.watch(port.id); !watched)
      log_.error(kComponent, "{}: {}", port.to_string(), watched.error().message);
}

void TransportPorts::accept(const std::string& id, std::uint64_t port, UniqueFd socket, const zoe_peer& peer) const {
  const plugin::Pin serving = find_(id);
  const auto* table = serving.table<zoe_transport_v1>();
  if (!table) return;
  if (const auto index = index_of(id, serving.generation().number(), port))
    table->accept(serving.plugin(), socket.release(), &peer, *index);
}

std::optional<std::uint32_t> TransportPorts::index_of(const std::string& id, std::uint64_t generation,
                                                      std::uint64_t port) const {
  MutexLock lock(mutex_);
  const auto routes = routes_.find(id);
  if (routes == routes_.end()) return std::nullopt;
  const auto route = routes->second.find(generation);
  if (route == routes->second.end()) return std::nullopt;
  const auto found = std::find(route->second.begin(), route->second.end(), port);
  if (found == route->second.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - route->second.begin());
}

std::vector<BoundListener> TransportPorts::open() const {
  std::vector<BoundListener> all;
  MutexLock lock(mutex_);
  for (const auto& [id, ports] : ports_)
    for (const Port& port : ports) all.push_back(port.bound);
  return all;
}

std::optional<Error> TransportPorts::refusal() const {
  MutexLock lock(mutex_);
  return refusal_;
}

}  // namespace zoe::server
