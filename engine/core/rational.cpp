#include "engine/core/rational.hpp"

#include <charconv>

namespace zoe {
namespace {

bool read_int(std::string_view text, std::int32_t& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end && value != INT32_MIN;
}

}  // namespace

Result<Rational> Rational::parse(std::string_view text) {
  const auto bad = [&] {
    return fail(Errc::kInvalidArgument,
                "'" + std::string(text.substr(0, 32)) + "' is not a number or a fraction such as 2, -1/4 or 1.5");
  };
  std::int32_t numerator = 0;
  std::int32_t denominator = 1;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    if (!read_int(text.substr(0, slash), numerator) || !read_int(text.substr(slash + 1), denominator) ||
        denominator <= 0)
      return bad();
    return make(numerator, denominator);
  }
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) {
    if (!read_int(text, numerator)) return bad();
    return make(numerator, 1);
  }
  constexpr std::size_t kMostDecimals = 4;  // 4 decimals of a number below 100,000 stay within 32 bits
  const std::string_view decimals = text.substr(dot + 1);
  if (decimals.empty() || decimals.size() > kMostDecimals || decimals.front() == '-' || dot > 6) return bad();
  std::string digits(text.substr(0, dot));
  digits += decimals;
  for (std::size_t i = 0; i < decimals.size(); ++i) denominator *= 10;
  if (!read_int(digits, numerator)) return bad();
  return make(numerator, denominator);
}

std::string Rational::to_string() const {
  return den == 1 ? std::to_string(num) : std::to_string(num) + "/" + std::to_string(den);
}

}  // namespace zoe
