#include "server/api/room_code.hpp"

#include <string_view>

#include "server/api/secret_text.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kCodeLetters = 12;

}  // namespace

Result<std::string> new_room_code() {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  ZOE_TRY(const std::string digits, random_text(kCodeLetters));
  std::string code;
  for (std::size_t i = 0; i < kCodeLetters; ++i)
    code += kLetters[std::stoul(digits.substr(2 * i, 2), nullptr, 16) % kLetters.size()];
  return code;
}

std::string plain_room_code(const std::string& typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return code;
}

std::string shown_room_code(const std::string& code) {
  return code.substr(0, 4) + "-" + code.substr(4, 4) + "-" + code.substr(8);
}

}  // namespace zoe::server
