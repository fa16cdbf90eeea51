#include "engine/net/tls.hpp"

#include <openssl/pem.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/net/openssl_handles.hpp"

namespace zoe::net {
namespace {

// The two directions of a TLS connection in memory. OpenSSL's own memory BIO would hand its bytes out by copying; this
// one lets the output leave by a swap.
struct Pipe {
  std::vector<std::uint8_t> input;
  std::size_t input_taken = 0;
  std::vector<std::uint8_t> output;

  void feed(Bytes bytes) {
    if (input_taken == input.size()) {
      input.clear();
      input_taken = 0;
    }
    input.insert(input.end(), bytes.begin(), bytes.end());
  }
};

int pipe_write(BIO* bio, const char* data, int size) {
  auto& output = static_cast<Pipe*>(BIO_get_data(bio))->output;
  const auto* const from = reinterpret_cast<const std::uint8_t*>(data);
  output.insert(output.end(), from, from + size);
  return size;
}

int pipe_read(BIO* bio, char* data, int size) {
  Pipe& pipe = *static_cast<Pipe*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const std::size_t there = std::min(pipe.input.size() - pipe.input_taken, static_cast<std::size_t>(size));
  if (there == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(data, pipe.input.data() + pipe.input_taken, there);
  pipe.input_taken += there;
  return static_cast<int>(there);
}

long pipe_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

// OpenSSL looks at no index of its own here, so none of the process's few is taken.
BioMethodPtr make_pipe_method() {
  BioMethodPtr method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "zoetrope pipe"));
  if (method != nullptr && BIO_meth_set_write(method.get(), pipe_write) == 1 &&
      BIO_meth_set_read(method.get(), pipe_read) == 1 && BIO_meth_set_ctrl(method.get(), pipe_control) == 1)
    return method;
  return nullptr;
}

// Numeric addresses do not belong into the SNI.
bool is_address(std::string_view name) {
  return name.find(':') != std::string_view::npos || name.find_first_not_of("0123456789.") == std::string_view::npos;
}

Status use_certificate(SSL_CTX* context, const CertificatePem& pem) {
  ZOE_TRY(const CertificatePtr certificate, load_certificate(pem.certificate));
  const BioPtr text(BIO_new_mem_buf(pem.key.data(), static_cast<int>(pem.key.size())));
  const KeyPtr key(text != nullptr ? PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr) : nullptr);
  if (key == nullptr) return fail(openssl_error(Errc::kMalformed, "reading the certificate's private key"));
  if (SSL_CTX_use_certificate(context, certificate.get()) != 1 || SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      SSL_CTX_check_private_key(context) != 1)
    return fail(openssl_error(Errc::kMalformed, "the certificate and its private key"));
  return {};
}

// The certificates behind the first one of the text.
Status use_chain(SSL_CTX* context, std::string_view pem) {
  const BioPtr text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (text == nullptr) return fail(openssl_error(Errc::kNoMemory, "reading the certificate"));
  const CertificatePtr first(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  for (;;) {
    const CertificatePtr next(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    if (next == nullptr) break;
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
      return fail(openssl_error(Errc::kMalformed, "the certificate's chain"));
  }
  ERR_clear_error();
  return {};
}

}  // namespace

struct TlsContext::Impl {
  SslContextPtr context;
  BioMethodPtr method;
  bool is_server = false;

  static Result<std::unique_ptr<Impl>> make(const SSL_METHOD* protocol, bool is_server) {
    ERR_clear_error();
    auto impl = std::make_unique<Impl>();
    impl->context.reset(SSL_CTX_new(protocol));
    impl->method = make_pipe_method();
    impl->is_server = is_server;
    SSL_CTX* const context = impl->context.get();
    if (context == nullptr || impl->method == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
      return fail(openssl_error(Errc::kInternal, "preparing TLS"));
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    return impl;
  }
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::client() {
  ZOE_TRY(auto impl, Impl::make(TLS_client_method(), false));
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(impl)));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::server(const CertificatePem& pem) {
  ZOE_TRY(auto impl, Impl::make(TLS_server_method(), true));
  ZOE_CHECK(use_certificate(impl->context.get(), pem));
  ZOE_CHECK(use_chain(impl->context.get(), pem.certificate));
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(impl)));
}

struct TlsEngine::Impl {
  std::shared_ptr<const TlsContext> context;
  Pipe pipe;
  SslPtr ssl;
  State state = State::kHandshaking;

  // What a call of OpenSSL's that did not succeed means: nothing (it waits for bytes), the end, or a failure.
  Status settle(int result) {
    const int reason = SSL_get_error(ssl.get(), result);
    if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) return {};
    state = State::kClosed;
    if (reason == SSL_ERROR_ZERO_RETURN) return {};
    return fail(openssl_error(Errc::kMalformed, "TLS"));
  }

  Status shake_hands() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl.get());
    if (result != 1) return settle(result);
    state = State::kOpen;
    return {};
  }
};

TlsEngine::TlsEngine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsEngine::~TlsEngine() = default;

Result<std::unique_ptr<TlsEngine>> TlsEngine::create(std::shared_ptr<const TlsContext> context,
                                                     std::string_view server_name) {
  ERR_clear_error();
  auto impl = std::make_unique<Impl>();
  impl->ssl.reset(SSL_new(context->impl_->context.get()));
  BIO* const bio = BIO_new(context->impl_->method.get());
  if (impl->ssl == nullptr || bio == nullptr) {
    BIO_free(bio);
    return fail(openssl_error(Errc::kNoMemory, "starting TLS"));
  }
  BIO_set_data(bio, &impl->pipe);
  BIO_set_init(bio, 1);
  SSL_set_bio(impl->ssl.get(), bio, bio);  // takes the one reference for both
  impl->context = std::move(context);
  if (impl->context->impl_->is_server) {
    SSL_set_accept_state(impl->ssl.get());
    return std::unique_ptr<TlsEngine>(new TlsEngine(std::move(impl)));
  }
  SSL_set_connect_state(impl->ssl.get());
  const std::string name(server_name);
  if (!name.empty() && !is_address(name)) SSL_set_tlsext_host_name(impl->ssl.get(), name.c_str());
  ZOE_CHECK(impl->shake_hands());
  return std::unique_ptr<TlsEngine>(new TlsEngine(std::move(impl)));
}

TlsEngine::State TlsEngine::state() const { return impl_->state; }

Status TlsEngine::receive(Bytes records) {
  if (impl_->state == State::kClosed) return {};
  impl_->pipe.feed(records);
  if (impl_->state == State::kHandshaking) return impl_->shake_hands();
  return {};
}

Result<std::size_t> TlsEngine::read(std::span<std::uint8_t> out) {
  if (impl_->state != State::kOpen || out.empty()) return std::size_t{0};
  ERR_clear_error();
  std::size_t filled = 0;
  while (filled < out.size()) {
    std::size_t size = 0;
    const int result = SSL_read_ex(impl_->ssl.get(), out.data() + filled, out.size() - filled, &size);
    if (result != 1) {
      const Status status = impl_->settle(result);
      if (!status && filled == 0) return fail(status.error());
      break;
    }
    filled += size;
  }
  return filled;
}

Status TlsEngine::write(Bytes plain) {
  if (impl_->state != State::kOpen) return fail(Errc::kConflict, "TLS: writing outside of an open connection");
  if (plain.empty()) return {};
  ERR_clear_error();
  std::size_t size = 0;
  const int result = SSL_write_ex(impl_->ssl.get(), plain.data(), plain.size(), &size);
  if (result == 1 && size == plain.size()) return {};
  impl_->state = State::kClosed;
  return fail(openssl_error(Errc::kInternal, "TLS: writing"));
}

void TlsEngine::close() {
  if (impl_->state != State::kOpen) return;
  impl_->state = State::kClosed;
  ERR_clear_error();
  SSL_shutdown(impl_->ssl.get());
  ERR_clear_error();
}

bool TlsEngine::has_output() const { return !impl_->pipe.output.empty(); }

void TlsEngine::take_output(std::vector<std::uint8_t>& out) {
  auto& output = impl_->pipe.output;
  if (out.empty()) {
    out.swap(output);  // also lends the caller's memory to the next records
    return;
  }
  out.insert(out.end(), output.begin(), output.end());
  output.clear();
}

Result<std::string> TlsEngine::peer_pin() const {
  if (impl_->state == State::kHandshaking) return fail(Errc::kConflict, "TLS: the handshake is not done");
  const X509* const certificate = SSL_get0_peer_certificate(impl_->ssl.get());
  if (certificate == nullptr) return fail(Errc::kMalformed, "TLS: the server showed no certificate");
  return pin_of(certificate);
}

}  // namespace zoe::net
