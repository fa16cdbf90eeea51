// Counters, gauges and histograms that any thread may touch and one thread reads out.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/threads.hpp"

namespace zoe {

// Only grows.
class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Counts of values by powers of two: bucket i holds values in [2^(i-1), 2^i), bucket 0 holds 0.
class Histogram {
 public:
  static constexpr int kBuckets = 65;

  void record(std::uint64_t value);
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  std::uint64_t sum() const { return sum_.load(std::memory_order_relaxed); }
  std::uint64_t bucket(int index) const {
    return buckets_[static_cast<std::size_t>(index)].load(std::memory_order_relaxed);
  }

  // An upper bound of the value below which `fraction` (0 to 1) of the records lie; 0 when empty.
  std::uint64_t quantile(double fraction) const;

 private:
  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> sum_{0};
};

// Owns all metrics by name ("segment_store_hits_total"); the references that it returns live as long as it does.
// Thread-safe. Asking for one name as two kinds is a defect: the first kind keeps the name, and the other is listed
// under the name with its kind behind it ("hits_gauge").
class Metrics {
 public:
  Counter& counter(std::string_view name);
  Gauge& gauge(std::string_view name);
  Histogram& histogram(std::string_view name);

  struct Visitor {
    std::function<void(const std::string&, const Counter&)> counter;
    std::function<void(const std::string&, const Gauge&)> gauge;
    std::function<void(const std::string&, const Histogram&)> histogram;
  };
  // In the order of the names. The visitor must not call back into this object.
  void visit(const Visitor& visitor) const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::unique_ptr<Counter>, std::less<>> counters_ ZOE_GUARDED_BY(mutex_);
  std::map<std::string, std::unique_ptr<Gauge>, std::less<>> gauges_ ZOE_GUARDED_BY(mutex_);
  std::map<std::string, std::unique_ptr<Histogram>, std::less<>> histograms_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe
