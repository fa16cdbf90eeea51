// Exact fractions: playback rates (-4/1, 1/4) and time bases (1/90000).
#pragma once

#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>

#include "engine/core/result.hpp"

namespace zoe {

// num/den with den > 0, in lowest terms.
struct Rational {
  std::int32_t num = 0;
  std::int32_t den = 1;

  // Lowest terms, sign in the numerator. `denominator` must not be 0.
  static constexpr Rational make(std::int64_t numerator, std::int64_t denominator) {
    const std::int64_t divisor = std::gcd(numerator, denominator) * (denominator < 0 ? -1 : 1);
    return {static_cast<std::int32_t>(numerator / divisor), static_cast<std::int32_t>(denominator / divisor)};
  }

  // Reads "2", "-1/4" or "1.5". kInvalidArgument for anything else.
  static Result<Rational> parse(std::string_view text);

  constexpr double to_double() const { return static_cast<double>(num) / den; }
  constexpr bool is_negative() const { return num < 0; }
  constexpr bool is_zero() const { return num == 0; }
  constexpr Rational negated() const { return {-num, den}; }
  constexpr Rational abs() const { return {num < 0 ? -num : num, den}; }

  // "3/4", or "2" for a whole number.
  std::string to_string() const;

  friend constexpr bool operator==(const Rational&, const Rational&) = default;
};

__extension__ typedef __int128 Int128;  // not ISO C++, and -Wpedantic says so

// value * factor, rounded towards zero, computed in 128 bits so that nothing overflows on the way.
constexpr std::int64_t scale(std::int64_t value, Rational factor) {
  return static_cast<std::int64_t>(static_cast<Int128>(value) * factor.num / factor.den);
}

}  // namespace zoe
