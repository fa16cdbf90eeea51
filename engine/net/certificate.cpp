// Making the server's own certificate, and reading pins.
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>

#include "engine/net/openssl_handles.hpp"
#include "engine/net/tls.hpp"

namespace zoe::net {
namespace {

constexpr long kDayS = 24L * 60 * 60;
constexpr long kTenYearsDays = 3653;

bool is_host_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

bool add_extension(X509* certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  const BignumPtr number(BN_new());
  return number != nullptr && BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_name(X509* certificate, const std::string& name) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const auto* const text = reinterpret_cast<const unsigned char*>(name.c_str());
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

bool fill(X509* certificate, EVP_PKEY* key, const std::string& name) {
  return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kDayS) != nullptr &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), kTenYearsDays, 0, nullptr) != nullptr &&
         X509_set_pubkey(certificate, key) == 1 && set_name(certificate, name) &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, NID_subject_alt_name, fmt::format("DNS:{},DNS:localhost,IP:127.0.0.1", name)) &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

std::string content_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

Error openssl_error(Errc code, std::string_view what) {
  const unsigned long number = ERR_get_error();
  ERR_clear_error();
  const char* const reason = number != 0 ? ERR_reason_error_string(number) : nullptr;
  return {code, fmt::format("{}: {}", what, reason != nullptr ? reason : "failed without a reason")};
}

Result<CertificatePem> make_certificate(std::string_view common_name) {
  const std::string name = is_host_name(common_name) ? std::string(common_name) : "zoetrope";
  ERR_clear_error();
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr certificate(X509_new());
  if (key == nullptr || certificate == nullptr || !fill(certificate.get(), key.get(), name))
    return fail(openssl_error(Errc::kInternal, "making a certificate"));
  const BioPtr certificate_text(BIO_new(BIO_s_mem()));
  const BioPtr key_text(BIO_new(BIO_s_mem()));
  if (certificate_text == nullptr || key_text == nullptr ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return fail(openssl_error(Errc::kInternal, "writing a certificate"));
  return CertificatePem{content_of(certificate_text.get()), content_of(key_text.get())};
}

Result<CertificatePtr> load_certificate(std::string_view pem) {
  ERR_clear_error();
  const BioPtr text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CertificatePtr certificate(text != nullptr ? PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr) : nullptr);
  if (certificate == nullptr) return fail(openssl_error(Errc::kMalformed, "reading the certificate"));
  return certificate;
}

Result<std::string> pin_of(const X509* certificate) {
  unsigned char* encoded = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
  if (size <= 0) return fail(openssl_error(Errc::kMalformed, "reading the certificate's key"));
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(encoded, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(encoded);
  std::string pin;
  for (const unsigned char byte : digest) pin += fmt::format("{:02x}", byte);
  return pin;
}

Result<std::string> pin_of_certificate(std::string_view certificate_pem) {
  ZOE_TRY(const CertificatePtr certificate, load_certificate(certificate_pem));
  return pin_of(certificate.get());
}

}  // namespace zoe::net
