#include "server/api/secret_text.hpp"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <vector>

namespace zoe::server {

Result<std::string> random_text(std::size_t bytes) {
  std::vector<unsigned char> secret(bytes);
  if (::RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1)
    return fail(Errc::kUnavailable, "the system gives no random numbers");
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes);
  for (const unsigned char byte : secret) {
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 15U]);
  }
  return text;
}

std::array<unsigned char, 32> digest_of(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  static_assert(SHA256_DIGEST_LENGTH == 32);
  ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace zoe::server
