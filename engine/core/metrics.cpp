#include "engine/core/metrics.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

namespace zoe {
namespace {

// The entry of `map` called `name`, made on the first call.
template <typename Map>
auto& find_or_make(Map& map, std::string_view name) {
  auto found = map.find(name);
  if (found == map.end()) {
    using Value = typename Map::mapped_type::element_type;
    found = map.emplace(std::string(name), std::make_unique<Value>()).first;
  }
  return *found->second;
}

template <typename Map>
bool has(const Map& map, std::string_view name) {
  return map.find(name) != map.end();
}

}  // namespace

void Histogram::record(std::uint64_t value) {
  buckets_[static_cast<std::size_t>(std::bit_width(value))].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t Histogram::quantile(double fraction) const {
  // The buckets are read one after another while others record, so their own sum is the total that counts.
  std::array<std::uint64_t, kBuckets> counts{};
  std::uint64_t total = 0;
  for (int i = 0; i < kBuckets; ++i) total += counts[static_cast<std::size_t>(i)] = bucket(i);
  if (total == 0) return 0;
  const double wanted = std::ceil(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(total));
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  for (int i = 0; i < kBuckets; ++i) {
    seen += counts[static_cast<std::size_t>(i)];
    if (seen < rank) continue;
    return i == 0 ? 0 : std::numeric_limits<std::uint64_t>::max() >> (64 - i);  // 2^i - 1
  }
  return std::numeric_limits<std::uint64_t>::max();
}

Counter& Metrics::counter(std::string_view name) {
  MutexLock lock(mutex_);
  if (has(gauges_, name) || has(histograms_, name)) return find_or_make(counters_, std::string(name) + "_counter");
  return find_or_make(counters_, name);
}

Gauge& Metrics::gauge(std::string_view name) {
  MutexLock lock(mutex_);
  if (has(counters_, name) || has(histograms_, name)) return find_or_make(gauges_, std::string(name) + "_gauge");
  return find_or_make(gauges_, name);
}

Histogram& Metrics::histogram(std::string_view name) {
  MutexLock lock(mutex_);
  if (has(counters_, name) || has(gauges_, name)) return find_or_make(histograms_, std::string(name) + "_histogram");
  return find_or_make(histograms_, name);
}

void Metrics::visit(const Visitor& visitor) const {
  MutexLock lock(mutex_);
  std::set<std::string_view> names;
  for (const auto& [name, metric] : counters_) names.insert(name);
  for (const auto& [name, metric] : gauges_) names.insert(name);
  for (const auto& [name, metric] : histograms_) names.insert(name);
  for (const std::string_view name : names) {
    if (const auto c = counters_.find(name); c != counters_.end() && visitor.counter)
      visitor.counter(c->first, *c->second);
    if (const auto g = gauges_.find(name); g != gauges_.end() && visitor.gauge) visitor.gauge(g->first, *g->second);
    if (const auto h = histograms_.find(name); h != histograms_.end() && visitor.histogram)
      visitor.histogram(h->first, *h->second);
  }
}

}  // namespace zoe
