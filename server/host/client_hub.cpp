#include "server/host/client_hub.hpp"

#include <map>
#include <string>
#include <utility>

#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/generation.hpp"
#include "server/api/version.hpp"

// What a transport holds of a client. The pin keeps the transport's library until it has closed it.
struct zoe_client {
  zoe::server::ClientHub& hub;
  std::shared_ptr<zoe::server::Client> client;
  zoe::plugin::Pin pin;
};

namespace zoe::server {

// The functions of zoe_server_v1. Nothing that they call lets an exception out to the plugin.
struct ServerTable {
  static ClientHub* hub_of(const zoe_host* host) {
    return static_cast<ClientHub*>(plugin::HostContext::of(host).service_user(ZOE_SERVER_V1));
  }

  static zoe_client* client_open(const zoe_host* host, const zoe_peer* peer, const zoe_client_callbacks* callbacks,
                                 void* user) noexcept {
    return abi::guarded_or<zoe_client*>(nullptr, [&]() -> zoe_client* {
      ClientHub* hub = hub_of(host);
      if (!hub || !abi::has_all_of(peer) || !abi::has_all_of(callbacks)) return nullptr;
      return hub->open(host, *peer, *callbacks, user);
    });
  }

  static void client_close(zoe_client* handle) noexcept {
    abi::guarded(nullptr, [&]() -> Status { return handle->hub.close(handle), Status(); });
  }

  static void call(zoe_client* handle, std::uint64_t call_id, zoe_str json) noexcept {
    abi::guarded(nullptr, [&]() -> Status { return handle->client->call(call_id, abi::to_view(json)), Status(); });
  }

  static void credit(zoe_client* handle, std::uint32_t stream, std::uint32_t serial, std::uint64_t media_us) noexcept {
    abi::guarded(nullptr, [&]() -> Status { return handle->client->credit(stream, serial, media_us), Status(); });
  }

  static zoe_status pull(zoe_client* handle, std::size_t most_bytes, zoe_run* out) noexcept {
    if (!abi::has_all_of(out)) return ZOE_E_INVALID_ARGUMENT;
    return abi::guarded_or<zoe_status>(ZOE_E_INTERNAL, [&] { return handle->client->pull(most_bytes, *out); });
  }

  static void release(zoe_client* /*handle*/, zoe_run* run) noexcept {
    abi::guarded(nullptr, [&]() -> Status { return Stream::release(*run), Status(); });
  }

  static zoe_status file(zoe_client* handle, std::uint32_t file, std::int32_t* fd, std::uint64_t* size) noexcept {
    return abi::guarded(nullptr, [&]() -> Status {
      ZOE_TRY(Session::FileCopy copy, handle->client->file(file));
      *fd = copy.fd.release();
      *size = copy.size_bytes;
      return {};
    });
  }

  static zoe_status tls(const zoe_host* host, zoe_str* certificate_pem, zoe_str* key_pem) noexcept {
    const ClientHub* hub = hub_of(host);
    if (!hub) return ZOE_E_UNAVAILABLE;
    *certificate_pem = abi::to_abi(hub->certificate_.pem.certificate);
    *key_pem = abi::to_abi(hub->certificate_.pem.key);
    return ZOE_OK;
  }

  static zoe_str software(const zoe_host* /*host*/) noexcept {
    static const std::string text = std::string("zoetrope/") + kVersion;
    return abi::to_abi(text);
  }

  static zoe_status ticket(zoe_client* handle, zoe_str* out) noexcept {
    return abi::guarded(nullptr, [&]() -> Status {
      ZOE_TRY(const std::string_view text, handle->client->ticket());
      *out = abi::to_abi(text);
      return {};
    });
  }

  static constexpr zoe_server_v1 kTable = {
      .struct_size = sizeof(zoe_server_v1),
      .client_open = client_open,
      .client_close = client_close,
      .call = call,
      .credit = credit,
      .pull = pull,
      .release = release,
      .file = file,
      .tls = tls,
      .ticket = ticket,
      .software = software,
  };
};

ClientHub::ClientHub(ClientServices services, std::size_t most_clients, const ServerCertificate& certificate,
                     Metrics& metrics)
    : services_(services),
      most_clients_(most_clients),
      certificate_(certificate),
      clients_gauge_(metrics.gauge("clients")),
      refused_(metrics.counter("clients_refused_total")) {}

ClientHub::~ClientHub() = default;

void ClientHub::offer_to(plugin::HostServices& host) { host.add_service(ZOE_SERVER_V1, &ServerTable::kTable, this); }

zoe_client* ClientHub::open(const zoe_host* host, const zoe_peer& peer, const zoe_client_callbacks& callbacks,
                            void* user) {
  plugin::Pin pin = plugin::Pin::of(host);
  ClientOrigin origin{++last_number_, {}, 0};
  if (pin) {
    origin.transport = pin.generation().id();
    origin.generation = pin.generation().number();
  }
  auto client = std::make_shared<Client>(services_, peer, callbacks, user, origin);
  auto handle = std::make_unique<zoe_client>(zoe_client{*this, client, std::move(pin)});
  MutexLock lock(mutex_);
  if (is_closed_ || clients_.size() >= most_clients_) {
    refused_.add();
    return nullptr;
  }
  clients_.emplace(handle.get(), std::move(client));
  clients_gauge_.set(static_cast<std::int64_t>(clients_.size()));
  return handle.release();
}

void ClientHub::close(zoe_client* handle) {
  const std::unique_ptr<zoe_client> owned(handle);
  owned->client->close();
  MutexLock lock(mutex_);
  clients_.erase(handle);
  clients_gauge_.set(static_cast<std::int64_t>(clients_.size()));
}

std::vector<std::shared_ptr<Client>> ClientHub::all() const {
  std::vector<std::shared_ptr<Client>> clients;
  MutexLock lock(mutex_);
  clients.reserve(clients_.size());
  for (const auto& [handle, client] : clients_) clients.push_back(client);
  return clients;
}

std::size_t ClientHub::size() const {
  MutexLock lock(mutex_);
  return clients_.size();
}

std::size_t ClientHub::open_streams() const {
  std::size_t count = 0;
  for (const auto& client : all()) count += client->session().open_streams();
  return count;
}

void ClientHub::broadcast(const std::string& event_json, Audience audience) {
  for (const auto& client : all()) {
    const IdentityPtr identity = client->session().identity();
    if (!identity || (audience == Audience::kAdmins && identity->role != ZOE_ROLE_ADMIN)) continue;
    client->send_event(event_json);
  }
}

void ClientHub::tell_those_who_see(const std::string& media, const std::string& root, const std::string& event_json,
                                   const std::function<bool(const Identity& who, const std::string& root)>& may_see) {
  for (const auto& client : all()) {
    const IdentityPtr identity = client->session().identity();
    if (!identity || !may_see(*identity, root)) continue;
    if (!identity->ticket || identity->ticket->media == media) client->send_event(event_json);
  }
}

void ClientHub::end_those_who_see(const std::function<bool(const Identity& who, const std::string& root)>& may_see) {
  for (const auto& client : all()) {
    const IdentityPtr identity = client->session().identity();
    if (!identity || identity->role == ZOE_ROLE_ADMIN) continue;
    // Of a file nobody knows any more whose it is.
    bool is_concerned = client->session().has_files();
    for (const Session::OpenStream& open : client->session().streams())
      is_concerned = is_concerned || !may_see(*identity, open.media->root);
    if (is_concerned) client->end({Errc::kUnavailable, "what you may see has changed; connect again"});
  }
}

void ClientHub::tell_person(const Session& from, const std::string& event_json) {
  const IdentityPtr person = from.identity();
  if (!person || person->user_id == 0) return;
  for (const auto& client : all()) {
    if (&client->session() == &from) continue;
    const IdentityPtr identity = client->session().identity();
    if (identity && identity->user_id == person->user_id && identity->provider == person->provider)
      client->send_event(event_json);
  }
}

void ClientHub::deliver(const std::vector<RoomMail>& mail) {
  std::unordered_multimap<std::uint64_t, Client*> by_number;
  std::unordered_multimap<std::uint64_t, Client*> by_session;
  const auto clients = all();
  for (const auto& client : clients) {
    const IdentityPtr identity = client->session().identity();
    if (!identity) continue;
    by_number.emplace(client->session().facts().number, client.get());
    by_session.emplace(identity->session_id, client.get());
  }
  for (const RoomMail& each : mail) {
    const Identity& who = *each.to.identity;
    const auto is_theirs = [&](const Client& client) {
      const IdentityPtr identity = client.session().identity();
      return identity && identity->provider == who.provider && identity->user_id == who.user_id;
    };
    const bool is_whole = each.to.is_whole_session && who.session_id != 0;
    const auto& index = is_whole ? by_session : by_number;
    const auto [first, last] = index.equal_range(is_whole ? who.session_id : each.to.client);
    for (auto it = first; it != last; ++it)
      if (is_theirs(*it->second)) it->second->send_event(each.event);
  }
}

std::set<std::uint64_t> ClientHub::numbers() const {
  std::set<std::uint64_t> numbers;
  for (const auto& client : all()) numbers.insert(client->session().facts().number);
  return numbers;
}

ClientPage ClientHub::page(std::size_t offset, std::size_t limit) const {
  std::map<std::uint64_t, std::shared_ptr<Client>> by_number;
  for (auto& client : all()) {
    auto& place = by_number[client->session().facts().number];
    if (!place || place->origin().number < client->origin().number) place = std::move(client);
  }
  ClientPage page{by_number.size(), {}};
  for (const auto& [number, client] : by_number) {
    if (offset > 0) {
      --offset;
      continue;
    }
    if (page.clients.size() == limit) break;
    page.clients.push_back(client->view());
  }
  return page;
}

Status ClientHub::end_client(std::uint64_t number, const Error& reason) {
  bool is_found = false;
  for (const auto& client : all()) {
    if (client->session().facts().number != number) continue;
    is_found = true;
    client->end(reason);
  }
  if (!is_found) return fail(Errc::kNotFound, "client " + std::to_string(number) + " is not connected");
  return {};
}

void ClientHub::sample_rates(std::int64_t now_ns) {
  for (const auto& client : all()) client->sample_rate(now_ns);
}

void ClientHub::end_all(const Error& reason) {
  {
    MutexLock lock(mutex_);
    is_closed_ = true;
  }
  for (const auto& client : all()) client->end(reason);
}

}  // namespace zoe::server
