// What a channel shows when: a list of lengths that goes round for ever. Pure arithmetic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/core/result.hpp"

namespace zoe {

// Immutable. Times are counted from when the channel began; what was before that is its first moment.
class Programme {
 public:
  static constexpr std::size_t kMostItems = 200;
  static constexpr std::int64_t kLeastUs = 100'000;
  static constexpr std::int64_t kMostUs = std::int64_t{1} << 47;  // 200 of them are far from an overflow

  // kInvalidArgument for none or too many, or for a length that is out of bounds.
  static Result<Programme> make(const std::vector<std::int64_t>& lengths_us);

  struct Place {
    std::int64_t number = 0;       // of what is shown, counted from the beginning over all rounds
    std::size_t item = 0;          // of the list
    std::int64_t position_us = 0;  // in it
  };
  Place at(std::int64_t since_us) const;

  std::size_t item_of(std::int64_t number) const;
  std::int64_t begins_us(std::int64_t number) const;
  std::int64_t ends_us(std::int64_t number) const { return begins_us(number + 1); }
  std::int64_t begin_of_item_us(std::size_t item) const { return begins_us_[item]; }  // in the first round
  std::size_t items() const { return begins_us_.size(); }
  std::int64_t round_us() const { return round_us_; }

 private:
  Programme(std::vector<std::int64_t> begins_us, std::int64_t round_us)
      : begins_us_(std::move(begins_us)), round_us_(round_us) {}

  std::vector<std::int64_t> begins_us_;  // of each item in the first round
  std::int64_t round_us_ = 0;
};

}  // namespace zoe
