// The web: docs/http.md. Settings: options.hpp.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/plugin/sdk/transport.hpp"
#include "plugins/transport_http/connection.hpp"
#include "plugins/transport_http/io_thread.hpp"
#include "plugins/transport_http/options.hpp"

namespace zoe::transport_http {

class HttpTransport final : public sdk::TransportPlugin {
 public:
  static Result<std::unique_ptr<HttpTransport>> create(const sdk::Host& host) {
    ZOE_TRY(Options options, read_options(host));
    ZOE_TRY(const sdk::TlsTexts texts, sdk::tls_texts(host));
    ZOE_TRY(auto tls, net::TlsContext::server({std::string(texts.certificate_pem), std::string(texts.key_pem)}));
    return std::make_unique<HttpTransport>(host, std::move(options), std::move(tls));
  }

  HttpTransport(const sdk::Host& host, Options options, std::shared_ptr<const net::TlsContext> tls)
      : TransportPlugin(host), shared_{host, std::move(options), std::move(tls)} {
    for (unsigned i = 0; i < shared_.options.threads; ++i) threads_.push_back(std::make_unique<IoThread>(shared_, i));
    for (const auto& thread : threads_) thread->start();
  }

  ~HttpTransport() override {
    for (const auto& thread : threads_) thread->stop();
  }

  Result<std::vector<zoe_listener>> listeners() override {
    zoe_listener listener{};
    listener.struct_size = sizeof listener;
    listener.port = shared_.options.port;
    sdk::copy_text(listener.address, shared_.options.address);
    sdk::copy_text(listener.name, "web");
    return std::vector<zoe_listener>{listener};
  }

  void accept(UniqueFd socket, const zoe_peer& peer, std::uint32_t /*listener*/) override {
    if (shared_.connections.fetch_add(1) >= shared_.options.most_connections) {
      shared_.connections.fetch_sub(1);
      host().count("refused_total");
      return;
    }
    IoThread& thread = **std::min_element(threads_.begin(), threads_.end(),
                                          [](const auto& a, const auto& b) { return a->load() < b->load(); });
    thread.expect_one();
    auto owned = std::make_shared<UniqueFd>(std::move(socket));
    thread.post([&thread, owned, peer] { begin(thread, *owned, peer); });
  }

  std::uint32_t connections() override { return shared_.connections.load(); }

  void drain() override {
    shared_.is_draining.store(true);
    end_idle();
  }

  // Bodies that are under way end when they are done: a download is not told to begin again.
  void disconnect() override { end_idle(); }

 private:
  static void begin(IoThread& thread, UniqueFd& socket, const zoe_peer& peer) {
    try {
      const auto connection = std::make_shared<Connection>(thread, std::move(socket), peer);
      thread.add(connection);
      connection->start();
    } catch (const std::exception& error) {
      thread.forget_one();
      thread.shared().host.error("a connection could not be served: {}", error.what());
    }
  }

  void end_idle() {
    for (const auto& thread : threads_)
      thread->post([&each = *thread] { each.for_each([](Connection& connection) { connection.drain(); }); });
  }

  Shared shared_;
  std::vector<std::unique_ptr<IoThread>> threads_;
};

}  // namespace zoe::transport_http

ZOE_DEFINE_PLUGIN(zoe::transport_http::HttpTransport, "transport_http", "HTTP and the web page", "1.0.0")
