#include "plugins/transport_http/metrics_text.hpp"

#include <algorithm>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <nlohmann/json.hpp>

namespace zoe::transport_http {
namespace {

using nlohmann::json;

std::string name_of(const std::string& name) {
  std::string out = "zoetrope_" + name;
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'); },
      '_');
  return out;
}

double number_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

prometheus::MetricFamily family_of(const std::string& name, const json& value) {
  prometheus::MetricFamily family;
  family.name = name_of(name);
  prometheus::ClientMetric metric;
  if (value.is_object()) {
    family.type = prometheus::MetricType::Summary;
    metric.summary.sample_count = static_cast<std::uint64_t>(number_of(value, "count"));
    metric.summary.sample_sum = number_of(value, "sum");
    metric.summary.quantile = {{0.5, number_of(value, "p50")}, {0.99, number_of(value, "p99")}};
  } else if (name.ends_with("_total")) {
    family.type = prometheus::MetricType::Counter;
    metric.counter.value = value.get<double>();
  } else {
    family.type = prometheus::MetricType::Gauge;
    metric.gauge.value = value.get<double>();
  }
  family.metric.push_back(std::move(metric));
  return family;
}

}  // namespace

std::string metrics_text(const json& status) {
  std::vector<prometheus::MetricFamily> families;
  const auto add = [&](const std::string& name, const json& value) {
    if (value.is_number() || value.is_object()) families.push_back(family_of(name, value));
  };
  for (const char* name : {"clients", "streams", "uptime_s", "rss_bytes"})
    if (status.contains(name)) add(name, status[name]);
  if (status.contains("cpu_s")) add("cpu_seconds_total", status["cpu_s"]);
  if (status.contains("bytes_sent")) add("media_sent_bytes_total", status["bytes_sent"]);
  const json store = status.value("store", json::object());
  for (const auto& [name, value] : store.items()) {
    const bool is_count = name == "hits" || name == "misses" || name == "makes" || name == "evictions";
    add("segment_store_" + name + (is_count ? "_total" : ""), value);
  }
  const json metrics = status.value("metrics", json::object());
  for (const auto& [name, value] : metrics.items()) add(name, value);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace zoe::transport_http
