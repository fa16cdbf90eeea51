// Waiting for what another thread or process does, with a deadline instead of a fixed sleep.
#pragma once

#include <chrono>
#include <thread>

namespace zoe::test {

// Long enough for a loaded two-core machine under a sanitizer; reached only by a test that fails.
inline constexpr std::chrono::seconds kPatience{30};

// Asks `condition` every millisecond until it holds (true) or the time is up (what it says then).
template <typename Condition>
bool wait_until(Condition&& condition, std::chrono::milliseconds patience = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return condition();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace zoe::test
