#include "plugins/auth_sql/secrets.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <sodium.h>

namespace zoe::plugins::auth_sql {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenLength = 43;  // ceil(32 * 8 / 6), unpadded
constexpr std::size_t kDigestBytes = 32;

constexpr std::size_t kCodeLength = 16;
constexpr std::size_t kCodeGroup = 4;
constexpr std::size_t kLongestTypedCode = 64;
constexpr std::string_view kCodeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static_assert(kCodeAlphabet.size() == 32);

template <std::size_t kBytes>
std::string random_base64(int variant) {
  std::array<unsigned char, kBytes> random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, (kBytes * 8 + 5) / 6 + 1> text{};
  sodium_bin2base64(text.data(), text.size(), random.data(), random.size(), variant);
  sodium_memzero(random.data(), random.size());
  return text.data();
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool is_token_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

Status init_secrets() {
  if (sodium_init() < 0)
    return fail(Errc::kInternal, "libsodium cannot start: the system gives no random numbers (/dev/urandom)");
  return {};
}

Result<std::string> hash_password(std::string_view password, const HashCost& cost) {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str(out.data(), password.data(), password.size(), cost.operations, cost.memory_bytes) != 0)
    return fail(Errc::kNoMemory, "not enough memory to hash a password");
  return std::string(out.data());
}

bool is_password_of(const std::string& hash, std::string_view password) {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool is_hash_outdated(const std::string& hash, const HashCost& cost) {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), cost.operations, cost.memory_bytes) != 0;
}

std::string make_nobodys_hash(const HashCost& cost) {
  constexpr std::size_t kHashBytes = 32;  // as crypto_pwhash_str writes it, behind 16 bytes of salt
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  return fmt::format("$argon2id$v=19$m={},t={},p=1${}${}", cost.memory_bytes / 1024, cost.operations,
                     random_base64<crypto_pwhash_SALTBYTES>(kVariant), random_base64<kHashBytes>(kVariant));
}

std::string make_token() { return random_base64<kTokenBytes>(sodium_base64_VARIANT_URLSAFE_NO_PADDING); }

bool is_token(std::string_view text) {
  return text.size() == kTokenLength && std::ranges::all_of(text, is_token_character);
}

std::string digest_token(std::string_view token) {
  std::array<unsigned char, kDigestBytes> digest{};
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(token.data()), token.size(),
                     nullptr, 0);
  std::array<char, 2 * kDigestBytes + 1> text{};
  sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  return text.data();
}

std::string make_code() {
  std::string code;
  for (std::size_t i = 0; i < kCodeLength; ++i) {
    if (i > 0 && i % kCodeGroup == 0) code.push_back('-');
    code.push_back(kCodeAlphabet[randombytes_uniform(kCodeAlphabet.size())]);
  }
  return code;
}

std::string normalise_code(std::string_view typed) {
  if (typed.size() > kLongestTypedCode) return {};
  std::string code;
  for (char c : typed) {
    if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    c = upper(c);
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (kCodeAlphabet.find(c) == std::string_view::npos) return {};
    code.push_back(c);
  }
  return code.size() == kCodeLength ? code : std::string();
}

bool is_equal_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace zoe::plugins::auth_sql
