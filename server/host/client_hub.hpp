// All clients of the server, and zoe_server_v1: the door through which transport plugins reach them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/metrics.hpp"
#include "engine/core/threads.hpp"
#include "engine/plugin/abi/transport.h"
#include "engine/plugin/host/host_services.hpp"
#include "server/api/rooms.hpp"
#include "server/host/client.hpp"
#include "server/host/server_certificate.hpp"

namespace zoe::server {

// Thread-safe; its lock guards the list alone. Must outlive the transports: they hold clients until they are unloaded.
class ClientHub {
 public:
  ClientHub(ClientServices services, std::size_t most_clients, const ServerCertificate& certificate, Metrics& metrics);
  ~ClientHub();
  ClientHub(const ClientHub&) = delete;
  ClientHub& operator=(const ClientHub&) = delete;

  // Offers "zoe.server/1". Before the first plugin is loaded.
  void offer_to(plugin::HostServices& host);

  std::vector<std::shared_ptr<Client>> all() const;
  std::size_t size() const;
  std::size_t open_streams() const;

  // To everybody who is signed in, or to the administrators among them.
  enum class Audience { kEverybody = 1, kAdmins };
  void broadcast(const std::string& event_json, Audience audience = Audience::kEverybody);

  // To who may see `media`, which lies in that root.
  void tell_those_who_see(const std::string& media, const std::string& root, const std::string& event_json,
                          const std::function<bool(const Identity& who, const std::string& root)>& may_see);

  // Ends the clients that have a file open, or a stream of what `may_see` denies them; they come back to what is left.
  void end_those_who_see(const std::function<bool(const Identity& who, const std::string& root)>& may_see);

  // To the other connections of whoever has the account of `from`; a guest's are nobody's.
  void tell_person(const Session& from, const std::string& event_json);

  // Events of rooms, in their order.
  void deliver(const std::vector<RoomMail>& mail);
  // Of all clients that are connected.
  std::set<std::uint64_t> numbers() const;

  // In the order of their numbers. Of two connections of one client, of which one takes the other's place, the newer.
  ClientPage page(std::size_t offset, std::size_t limit) const;

  // kNotFound.
  Status end_client(std::uint64_t number, const Error& reason);

  // To be called about once a second: see Client::sample_rate.
  void sample_rates(std::int64_t now_ns);

  std::uint64_t media_bytes() const { return services_.media_bytes.value(); }

  // Ends everybody, and lets nobody in any more.
  void end_all(const Error& reason);

 private:
  friend struct ServerTable;

  zoe_client* open(const zoe_host* host, const zoe_peer& peer, const zoe_client_callbacks& callbacks, void* user);
  void close(zoe_client* handle);

  const ClientServices services_;
  const std::size_t most_clients_;
  const ServerCertificate& certificate_;
  Gauge& clients_gauge_;
  Counter& refused_;

  mutable Mutex mutex_;
  std::unordered_map<zoe_client*, std::shared_ptr<Client>> clients_ ZOE_GUARDED_BY(mutex_);
  bool is_closed_ ZOE_GUARDED_BY(mutex_) = false;
  std::atomic<std::uint64_t> last_number_{0};
};

}  // namespace zoe::server
