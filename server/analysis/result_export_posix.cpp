#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/net/json.hpp"
#include "server/analysis/result_export.hpp"
#include "server/analysis/result_json.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kBuffer = std::size_t{256} << 10;
constexpr std::uint64_t kMostBytes = std::uint64_t{2} << 30;
constexpr std::size_t kEventsAtOnce = 1000;

class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}

  Status write(std::string_view text) {
    pending_ += text;
    return pending_.size() < kBuffer ? Status() : flush();
  }

  Status flush() {
    for (std::size_t done = 0; done < pending_.size();) {
      const ssize_t written = ::write(fd_, pending_.data() + done, pending_.size() - done);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return fail(Errc::kIo, errno_error("write the results", written < 0 ? errno : ENOSPC).message);
      done += static_cast<std::size_t>(written);
    }
    size_ += pending_.size();
    pending_.clear();
    if (size_ > kMostBytes) return fail(Errc::kTooLarge, "the results would be a file of more than 2 GiB");
    return {};
  }

  std::uint64_t size() const { return size_; }

 private:
  const int fd_;
  std::string pending_;
  std::uint64_t size_ = 0;
};

Status each_event(ResultReader& results, const std::function<Status(const ResultEvent&)>& take) {
  for (std::size_t first = 0; first < results.event_count(); first += kEventsAtOnce) {
    ZOE_TRY(const auto events, results.events(first, kEventsAtOnce));
    for (const ResultEvent& event : events) ZOE_CHECK(take(event));
  }
  return {};
}

// ---- JSON

class Separator {
 public:
  std::string_view next() { return std::exchange(is_first_, false) ? "\n" : ",\n"; }

 private:
  bool is_first_ = true;
};

Status write_json(ResultReader* results, const nlohmann::json& job, Output& out) {
  ZOE_CHECK(out.write("{\"job\": " + net::to_text(job) + ",\n\"tracks\": ["));
  std::map<std::uint32_t, ResultObject> objects;
  std::map<std::string, ResultSeries> series;
  Separator points;
  if (results) {
    ZOE_CHECK(results->each_point([&](const ResultPoint& point, const ResultObject& object) {
      objects.insert_or_assign(point.id, object);
      return out.write(std::string(points.next()) + point_json(point).dump());
    }));
  }
  ZOE_CHECK(out.write("],\n\"objects\": ["));
  Separator each;
  for (const auto& [id, object] : objects)
    ZOE_CHECK(out.write(std::string(each.next()) + net::to_text(object_json(object))));
  ZOE_CHECK(out.write("],\n\"events\": ["));
  Separator events;
  if (results)
    ZOE_CHECK(each_event(*results, [&](const ResultEvent& event) {
      return out.write(std::string(events.next()) + net::to_text(event_json(event)));
    }));
  ZOE_CHECK(out.write("],\n\"series\": ["));
  Separator names;
  Separator values;
  if (results) {
    ZOE_CHECK(results->each_sample(
        [&](const ResultSample&, const ResultSeries& which) { return series.emplace(which.name, which), Status(); }));
  }
  for (const auto& [name, which] : series)
    ZOE_CHECK(out.write(std::string(names.next()) + net::to_text(series_json(which))));
  ZOE_CHECK(out.write("],\n\"values\": ["));
  if (results)
    ZOE_CHECK(results->each_sample([&](const ResultSample& sample, const ResultSeries& which) {
      const nlohmann::json value = {which.name, sample.time_us, sample.value};
      return out.write(std::string(values.next()) + net::to_text(value));
    }));
  return out.write("]}\n");
}

// ---- CSV: RFC 4180

// A cell that begins like a formula would be one to a spreadsheet.
std::string cell(const std::string& text) {
  if (text.empty()) return {};
  std::string quoted = "\"";
  if (text.find_first_of("=+-@\t\r") == 0) quoted += '\'';
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

Status write_csv(ResultReader* results, Output& out) {
  ZOE_CHECK(
      out.write("type,time_us,end_us,id,class,team,label,x,y,width,height,confidence,pitch_x,pitch_y,name,unit,"
                "value,text\r\n"));
  if (!results) return {};
  ZOE_CHECK(results->each_point([&](const ResultPoint& point, const ResultObject& object) {
    const std::string pitch =
        point.has_pitch() ? fmt::format("{},{}", metres_of(point.pitch_x), metres_of(point.pitch_y)) : ",";
    return out.write(fmt::format("track,{},,{},{},{},{},{},{},{},{},{},{},,,,\r\n", point.time_us, point.id,
                                 cell(object.object_class), cell(object.team), cell(object.label), share_of(point.x),
                                 share_of(point.y), share_of(point.width), share_of(point.height),
                                 share_of(point.confidence), pitch));
  }));
  ZOE_CHECK(each_event(*results, [&](const ResultEvent& event) {
    const std::string end = event.end_us >= event.time_us ? std::to_string(event.end_us) : "";
    const std::string confidence = std::isnan(event.confidence) ? "" : fmt::format("{:.4g}", event.confidence);
    return out.write(fmt::format("event,{},{},,,{},,,,,,{},,,{},,,{}\r\n", event.time_us, end, cell(event.team),
                                 confidence, cell(event.kind), cell(event.text)));
  }));
  return results->each_sample([&](const ResultSample& sample, const ResultSeries& which) {
    return out.write(fmt::format("series,{},,,,,,,,,,,,,{},{},{},{}\r\n", sample.time_us, cell(which.name),
                                 cell(which.unit), sample.value, cell(which.title)));
  });
}

}  // namespace

Result<std::uint64_t> export_results(ExportFormat format, const nlohmann::json& job,
                                     std::optional<ResultReader> results, int fd) {
  Output out(fd);
  ResultReader* reader = results ? &*results : nullptr;
  ZOE_CHECK(format == ExportFormat::kJson ? write_json(reader, job, out) : write_csv(reader, out));
  ZOE_CHECK(out.flush());
  return out.size();
}

}  // namespace zoe::server
