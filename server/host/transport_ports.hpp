// Which ports are open for which transport, over its generations.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "engine/plugin/host/generation.hpp"
#include "server/host/acceptor.hpp"

namespace zoe::server {

// A port that two generations of a transport both want stays open from the first to the last, and each accepted
// connection goes to the generation that serves at that moment. What only the new one wants is opened before it is
// published and accepted on afterwards; what only the old one wanted is closed then.
//
// `admit` and `settle`: the plugin thread. Everything else: any thread.
class TransportPorts {
 public:
  // Pins the generation of an id that serves now.
  using Find = std::function<plugin::Pin(std::string_view id)>;

  TransportPorts(Acceptor& acceptor, Find find, Log& log) : acceptor_(acceptor), find_(std::move(find)), log_(log) {}

  // Opens what a generation that is about to be published wants and is not open. Plugins of other kinds pass. On
  // failure nothing is left, and the words say what to do.
  Status admit(const plugin::Pin& pin);

  // After something happened to the plugin `id`: accepts on what its serving generation wants, closes everything else.
  void settle(const std::string& id);

  std::vector<BoundListener> open() const;

  // The first refusal, which makes the server's start fail.
  std::optional<Error> refusal() const;

 private:
  struct Port {
    ListenWish wish;
    BoundListener bound;
  };
  // By generation: the ids of the ports in the order of its wishes.
  using Routes = std::map<std::uint64_t, std::vector<std::uint64_t>>;

  Status open_ports(const plugin::Pin& pin, const std::vector<ListenWish>& wishes);
  void accept(const std::string& id, std::uint64_t port, UniqueFd socket, const zoe_peer& peer) const;
  std::optional<std::uint32_t> index_of(const std::string& id, std::uint64_t generation, std::uint64_t port) const;

  Acceptor& acceptor_;
  const Find find_;
  Log& log_;
  mutable Mutex mutex_;
  std::map<std::string, std::vector<Port>> ports_ ZOE_GUARDED_BY(mutex_);
  std::map<std::string, Routes> routes_ ZOE_GUARDED_BY(mutex_);
  std::optional<Error> refusal_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::server
