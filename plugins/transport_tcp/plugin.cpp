// The native transport: docs/protocol.md over TCP and TLS. Settings: options.hpp.
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/plugin/sdk/transport.hpp"
#include "plugins/transport_tcp/io_thread.hpp"
#include "plugins/transport_tcp/options.hpp"
#include "plugins/transport_tcp/session.hpp"

namespace zoe::transport_tcp {
namespace {

// A server that stops gives its clients this long to read why.
constexpr std::chrono::milliseconds kMostFarewell{500};

}  // namespace

class TcpTransport final : public sdk::TransportPlugin {
 public:
  static Result<std::unique_ptr<TcpTransport>> create(const sdk::Host& host) {
    ZOE_TRY(Options options, read_options(host));
    ZOE_TRY(const sdk::TlsTexts texts, sdk::tls_texts(host));
    ZOE_TRY(auto tls, net::TlsContext::server({std::string(texts.certificate_pem), std::string(texts.key_pem)}));
    return std::make_unique<TcpTransport>(host, std::move(options), std::move(tls));
  }

  TcpTransport(const sdk::Host& host, Options options, std::shared_ptr<const net::TlsContext> tls)
      : TransportPlugin(host), shared_{host, std::move(options), sdk::server_software(host), std::move(tls)} {
    for (unsigned i = 0; i < shared_.options.threads; ++i) threads_.push_back(std::make_unique<IoThread>(shared_, i));
    for (const auto& thread : threads_) thread->start();
  }

  ~TcpTransport() override {
    for_each_session([](Session& session) { session.end({Errc::kUnavailable, "the server stops"}); });
    shared_.connections.wait_empty_for(std::min<std::chrono::nanoseconds>(
        kMostFarewell, std::chrono::nanoseconds(shared_.options.farewell_timeout_ns)));
    for (const auto& thread : threads_) thread->stop();
    shared_.jobs.wait_empty();
  }

  Result<std::vector<zoe_listener>> listeners() override {
    zoe_listener listener{};
    listener.struct_size = sizeof listener;
    listener.port = shared_.options.port;
    sdk::copy_text(listener.address, shared_.options.address);
    sdk::copy_text(listener.name, "native");
    return std::vector<zoe_listener>{listener};
  }

  void accept(UniqueFd socket, const zoe_peer& peer, std::uint32_t /*listener*/) override {
    if (!shared_.connections.enter(shared_.options.most_connections)) {
      host().count("refused_total");
      return;
    }
    IoThread& thread = least_loaded();
    thread.expect_one();
    auto owned = std::make_shared<UniqueFd>(std::move(socket));
    thread.post([&thread, owned, peer] { begin(thread, *owned, peer); });
  }

  std::uint32_t connections() override { return shared_.connections.count(); }

  // A connection that comes while this runs either is among the sessions or sees the flag.
  void disconnect() override {
    shared_.is_moving.store(true);
    for_each_session([](Session& session) { session.resume_elsewhere(); });
  }

 private:
  static void begin(IoThread& thread, UniqueFd& socket, const zoe_peer& peer) {
    try {
      const auto session = std::make_shared<Session>(thread, std::move(socket), peer);
      thread.add(session);
      session->start();
      if (thread.shared().is_moving.load()) session->resume_elsewhere();
      ++thread.totals().accepted;
    } catch (const std::exception& error) {
      thread.forget_one();
      thread.shared().connections.leave();
      thread.shared().host.error("a connection could not be served: {}", error.what());
    }
  }

  IoThread& least_loaded() {
    return **std::min_element(threads_.begin(), threads_.end(),
                              [](const auto& a, const auto& b) { return a->load() < b->load(); });
  }

  void for_each_session(void (*action)(Session&)) {
    for (const auto& thread : threads_) thread->post([&thread = *thread, action] { thread.for_each(action); });
  }

  Shared shared_;
  std::vector<std::unique_ptr<IoThread>> threads_;
};

}  // namespace zoe::transport_tcp

ZOE_DEFINE_PLUGIN(zoe::transport_tcp::TcpTransport, "transport_tcp", "Native protocol over TCP", "1.0.0")
