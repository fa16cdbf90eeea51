#include "server/host/server_certificate.hpp"

#include <utility>

#include "engine/core/file.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostPemBytes = std::size_t{1} << 20;

Result<std::string> read_text(const std::string& path) {
  ZOE_TRY(const auto bytes, read_file(path, kMostPemBytes));
  return std::string(as_text(bytes));
}

// Fails unless the two belong together.
Result<ServerCertificate> check(net::CertificatePem pem) {
  ZOE_CHECK(net::TlsContext::server(pem));
  ServerCertificate certificate;
  ZOE_TRY(certificate.pin, net::pin_of_certificate(pem.certificate));
  certificate.pem = std::move(pem);
  return certificate;
}

Result<ServerCertificate> load(const std::string& certificate_file, const std::string& key_file) {
  net::CertificatePem pem;
  ZOE_TRY(pem.certificate, read_text(certificate_file));
  ZOE_TRY(pem.key, read_text(key_file));
  return check(std::move(pem));
}

Result<ServerCertificate> make(const std::string& certificate_file, const std::string& key_file,
                               const std::string& server_name) {
  ZOE_TRY(net::CertificatePem pem, net::make_certificate(server_name));
  // The key first: a certificate without its key would stand in the way for ever.
  ZOE_CHECK(write_file_atomic(key_file, as_bytes(pem.key), 0600));
  ZOE_CHECK(write_file_atomic(certificate_file, as_bytes(pem.certificate), 0644));
  ZOE_TRY(ServerCertificate certificate, check(std::move(pem)));
  certificate.is_new = true;
  return certificate;
}

}  // namespace

Result<ServerCertificate> load_or_make_certificate(const DataFolder& data, const std::string& certificate_file,
                                                   const std::string& key_file, const std::string& server_name) {
  if (!certificate_file.empty()) {
    auto named = load(certificate_file, key_file);
    if (!named) return fail(std::move(named).error().with("tls.certificate and tls.key"));
    return named;
  }
  ZOE_TRY(const std::string folder, data.folder("tls"));
  const std::string made_certificate = folder + "/certificate.pem";
  const std::string made_key = folder + "/key.pem";
  auto found = load(made_certificate, made_key);
  if (found) return found;
  const auto certificate = read_text(made_certificate);
  if (!certificate && certificate.error().code == Errc::kNotFound) return make(made_certificate, made_key, server_name);
  Error error = std::move(found).error().with("the server's certificate");
  error.message += "; restore " + folder +
                   " from a backup, or remove it to have a new certificate made (players will "
                   "then warn that the server's key has changed)";
  return fail(std::move(error));
}

}  // namespace zoe::server
