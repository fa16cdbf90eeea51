#include "engine/core/programme.hpp"

#include <algorithm>
#include <string>

namespace zoe {

Result<Programme> Programme::make(const std::vector<std::int64_t>& lengths_us) {
  if (lengths_us.empty() || lengths_us.size() > kMostItems)
    return fail(Errc::kInvalidArgument, "a channel shows 1 to " + std::to_string(kMostItems) + " videos, not " +
                                            std::to_string(lengths_us.size()));
  std::vector<std::int64_t> begins_us;
  std::int64_t round_us = 0;
  for (const std::int64_t length_us : lengths_us) {
    if (length_us < kLeastUs || length_us > kMostUs)
      return fail(Errc::kInvalidArgument,
                  "a video of " + std::to_string(length_us) + " µs is too short or too long for a channel");
    begins_us.push_back(round_us);
    round_us += length_us;
  }
  return Programme(std::move(begins_us), round_us);
}

Programme::Place Programme::at(std::int64_t since_us) const {
  const std::int64_t from_us = std::max<std::int64_t>(since_us, 0);
  const std::int64_t in_round_us = from_us % round_us_;
  const auto next = std::upper_bound(begins_us_.begin(), begins_us_.end(), in_round_us);
  const auto item = static_cast<std::size_t>(next - begins_us_.begin()) - 1;
  return {from_us / round_us_ * static_cast<std::int64_t>(items()) + static_cast<std::int64_t>(item), item,
          in_round_us - begins_us_[item]};
}

std::size_t Programme::item_of(std::int64_t number) const {
  return static_cast<std::size_t>(number % static_cast<std::int64_t>(items()));
}

std::int64_t Programme::begins_us(std::int64_t number) const {
  return number / static_cast<std::int64_t>(items()) * round_us_ + begins_us_[item_of(number)];
}

}  // namespace zoe
