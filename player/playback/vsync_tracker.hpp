// The grid of the display's refreshes, learned from when swaps returned.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace zoe::player {

// Pure logic, not thread-safe. Swaps that wait for the display return just after a refresh, so their times fall on a
// grid; where they do not (software GL, off screen), there is none to be had and frames are paced by their own times.
class VsyncTracker {
 public:
  // 0: no grid.
  void set_period_ns(std::int64_t period_ns);
  std::int64_t period_ns() const { return period_ns_; }

  void on_swap(std::int64_t now_ns);

  // A refresh time, once the last swaps agree on it: all within an eighth of a period.
  std::optional<std::int64_t> phase_ns() const;

 private:
  static constexpr std::size_t kSwaps = 12;

  // Distance of a time from the nearest point of the grid through `origin`: -period/2 to period/2.
  std::int64_t distance(std::int64_t time_ns, std::int64_t origin_ns) const;

  std::int64_t period_ns_ = 0;
  std::array<std::int64_t, kSwaps> swaps_{};
  std::size_t count_ = 0;
};

}  // namespace zoe::player
