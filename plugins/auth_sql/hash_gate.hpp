// Bounds how many password hashes are worked on at once: each takes a core for a tenth of a second, and 64 MiB.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"

namespace zoe::plugins::auth_sql {

// Thread-safe.
class HashGate {
 public:
  // Leave to hash, given back at the end of its life. Outlived by the gate.
  class Slot {
   public:
    explicit Slot(HashGate& gate) : gate_(&gate) {}
    Slot(Slot&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (gate_) gate_->leave();
    }

   private:
    HashGate* gate_;
  };

  explicit HashGate(std::size_t slots) : free_slots_(slots) {}

  // Waits for a slot; kUnavailable when kMostWaiting others wait already, or kLongestWait passed.
  Result<Slot> enter();

 private:
  // Two slots at ten hashes a second each serve 64 in the time that one is ready to wait for, with some to spare.
  static constexpr std::size_t kMostWaiting = 64;
  static constexpr std::chrono::seconds kLongestWait{10};

  void leave();

  Mutex mutex_;
  CondVar freed_;
  std::size_t free_slots_ ZOE_GUARDED_BY(mutex_);
  std::size_t waiting_ ZOE_GUARDED_BY(mutex_) = 0;
};

}  // namespace zoe::plugins::auth_sql
