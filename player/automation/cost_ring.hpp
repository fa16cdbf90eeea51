// What something took the last few times.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace zoe::player {

// The newest 256, in no order.
class CostRing {
 public:
  void add(std::int64_t cost_ns) { kept_[count_++ % kept_.size()] = cost_ns; }
  std::size_t kept() const { return static_cast<std::size_t>(std::min<std::uint64_t>(count_, kept_.size())); }
  std::int64_t at(std::size_t index) const { return kept_[index]; }

 private:
  std::array<std::int64_t, 256> kept_{};
  std::uint64_t count_ = 0;
};

}  // namespace zoe::player
