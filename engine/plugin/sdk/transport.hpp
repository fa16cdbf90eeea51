// Base class of a transport plugin and the server as such a plugin reaches it. Contracts: abi/transport.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/unique_fd.hpp"
#include "engine/plugin/abi/transport.h"
#include "engine/plugin/sdk/plugin.hpp"

namespace zoe::sdk {

class TransportPlugin : public Plugin {
 public:
  static constexpr std::uint32_t kKind = ZOE_PLUGIN_TRANSPORT;

  explicit TransportPlugin(const Host& host);

  // [main]
  virtual Result<std::vector<zoe_listener>> listeners() = 0;
  // [any] Takes over a non-blocking socket. `listener` is the index in what `listeners` gave.
  virtual void accept(UniqueFd socket, const zoe_peer& peer, std::uint32_t listener) = 0;
  // [any] Connections that are still open.
  virtual std::uint32_t connections() = 0;
  // [main] Tell each client that understands it to resume elsewhere, and close.
  virtual void disconnect() = 0;

  const void* get_interface(std::string_view id) override { return id == ZOE_TRANSPORT_V1 ? &table_ : nullptr; }

 private:
  const zoe_transport_v1 table_;
};

// What the host tells a client's connection, from any of its threads; must return at once, must not throw, and is never
// called after the Client was destroyed.
class ClientEvents {
 public:
  virtual ~ClientEvents() = default;
  virtual void wake() = 0;
  virtual void reply(std::uint64_t call_id, std::string_view json) = 0;
  virtual void event(std::string_view json) = 0;
  virtual void close(Errc code, std::string_view reason) = 0;
};

// One registered connection; its destructor ends the client and must not run inside one of its events.
class Client {
 public:
  // kUnavailable when the server takes no more clients. `events` must outlive the Client.
  static Result<Client> open(const Host& host, const zoe_peer& peer, ClientEvents& events) {
    ZOE_TRY(const zoe_server_v1* server, host.service<zoe_server_v1>(ZOE_SERVER_V1));
    const zoe_client_callbacks callbacks = callbacks_table();
    zoe_client* client = server->client_open(host.raw(), &peer, &callbacks, &events);
    if (!client) return fail(Errc::kUnavailable, "the server takes no more clients now");
    return Client(server, client);
  }

  Client(Client&& other) noexcept : server_(other.server_), client_(std::exchange(other.client_, nullptr)) {}
  Client& operator=(Client&& other) noexcept {
    if (this == &other) return *this;
    reset();
    server_ = other.server_;
    client_ = std::exchange(other.client_, nullptr);
    return *this;
  }
  ~Client() { reset(); }

  // [any]
  void call(std::uint64_t call_id, std::string_view json) const { server_->call(client_, call_id, to_abi(json)); }
  void credit(std::uint32_t stream, std::uint32_t serial, std::uint64_t media_us) const {
    server_->credit(client_, stream, serial, media_us);
  }
  // [session] kDone or kAgain; `run` goes back by `release`.
  Result<Flow> pull(std::size_t most_bytes, zoe_run& run) const {
    run.struct_size = sizeof run;
    const zoe_status status = server_->pull(client_, most_bytes, &run);
    if (status == ZOE_OK) return Flow::kDone;
    if (status == ZOE_AGAIN) return Flow::kAgain;
    return fail(to_errc(status), "the server could not hand out media");
  }
  void release(zoe_run& run) const { server_->release(client_, &run); }
  struct File {
    UniqueFd fd;
    std::uint64_t size_bytes = 0;
  };
  Result<File> file(std::uint32_t handle) const {
    std::int32_t fd = -1;
    File file;
    const zoe_status status = server_->file(client_, handle, &fd, &file.size_bytes);
    if (status != ZOE_OK) return fail(to_errc(status), "file handle " + std::to_string(handle) + " is not open");
    file.fd.reset(fd);
    return file;
  }
  // [any] A one-time text with which a new connection takes this client's place. kUnauthenticated where nobody is
  // signed in, kUnavailable where no more can be given out, kUnsupported where the host has none.
  Result<std::string> ticket() const {
    if (server_->ticket == nullptr) return fail(Errc::kUnsupported, "this server gives out no tickets");
    zoe_str text{};
    const zoe_status status = server_->ticket(client_, &text);
    if (status != ZOE_OK) return fail(to_errc(status), "the server gives out no ticket for this client");
    return std::string(to_view(text));
  }

 private:
  Client(const zoe_server_v1* server, zoe_client* client) : server_(server), client_(client) {}

  void reset() {
    if (client_) server_->client_close(std::exchange(client_, nullptr));
  }

  static zoe_client_callbacks callbacks_table() {
    return {
        .struct_size = sizeof(zoe_client_callbacks),
        .reserved = 0,
        .wake = [](void* user) noexcept { static_cast<ClientEvents*>(user)->wake(); },
        .reply = [](void* user, std::uint64_t call_id,
                    zoe_str json) noexcept { static_cast<ClientEvents*>(user)->reply(call_id, to_view(json)); },
        .event = [](void* user, zoe_str json) noexcept { static_cast<ClientEvents*>(user)->event(to_view(json)); },
        .close =
            [](void* user, zoe_status status, zoe_str reason) noexcept {
              static_cast<ClientEvents*>(user)->close(to_errc(status), to_view(reason));
            },
    };
  }

  const zoe_server_v1* server_ = nullptr;
  zoe_client* client_ = nullptr;
};

// The server's certificate chain and private key as PEM texts; they lie in the host until deinit.
struct TlsTexts {
  std::string_view certificate_pem;
  std::string_view key_pem;
};
inline Result<TlsTexts> tls_texts(const Host& host) {
  ZOE_TRY(const zoe_server_v1* server, host.service<zoe_server_v1>(ZOE_SERVER_V1));
  zoe_str certificate{};
  zoe_str key{};
  const zoe_status status = server->tls(host.raw(), &certificate, &key);
  if (status != ZOE_OK) return fail(to_errc(status), "the server has no certificate");
  return TlsTexts{to_view(certificate), to_view(key)};
}

// Name and version of the server for greetings, "zoetrope/0.1.0"; only the name where the host does not tell.
inline std::string server_software(const Host& host) {
  const auto server = host.service<zoe_server_v1>(ZOE_SERVER_V1);
  if (!server || (*server)->software == nullptr) return "zoetrope";
  return std::string(to_view((*server)->software(host.raw())));
}

namespace detail {

inline zoe_status transport_listeners(zoe_plugin* self, zoe_listener* out, std::uint32_t capacity,
                                      std::uint32_t* count) noexcept {
  *count = 0;
  return guarded(nullptr, [&]() -> Status {
    ZOE_TRY(const std::vector<zoe_listener> all, plugin_cast<TransportPlugin>(self).listeners());
    const std::size_t most = std::min<std::size_t>(all.size(), capacity);
    for (std::size_t i = 0; i < most; ++i) fill_out_at(out, i, all[i]);
    *count = static_cast<std::uint32_t>(most);
    return {};
  });
}

inline zoe_transport_v1 transport_table() {
  return {
      .struct_size = sizeof(zoe_transport_v1),
      .listeners = transport_listeners,
      .accept =
          [](zoe_plugin* self, std::int32_t fd, const zoe_peer* peer, std::uint32_t listener) noexcept {
            UniqueFd socket(fd);
            guarded(nullptr, [&]() -> Status {
              plugin_cast<TransportPlugin>(self).accept(std::move(socket), *peer, listener);
              return {};
            });
          },
      .connections =
          [](zoe_plugin* self) noexcept {
            return guarded_or(std::uint32_t{0}, [&] { return plugin_cast<TransportPlugin>(self).connections(); });
          },
      .disconnect =
          [](zoe_plugin* self) noexcept {
            guarded(nullptr, [&]() -> Status { return plugin_cast<TransportPlugin>(self).disconnect(), Status(); });
          },
  };
}

}  // namespace detail

inline TransportPlugin::TransportPlugin(const Host& host) : Plugin(host), table_(detail::transport_table()) {}

}  // namespace zoe::sdk
