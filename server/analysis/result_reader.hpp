// Reads the results of a job, also while they are being written.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/unique_fd.hpp"
#include "server/analysis/result_format.hpp"

namespace zoe::server {

// Where a page of points ended.
struct PointCursor {
  std::int64_t time_us = 0;
  std::uint32_t id = 0;

  // "40000.7"; nothing for anything else.
  std::string to_text() const;
  static std::optional<PointCursor> parse(std::string_view text);

  friend auto operator<=>(const PointCursor&, const PointCursor&) = default;
};

struct PointPage {
  std::vector<ResultPoint> points;    // by time, then by object
  std::vector<ResultObject> objects;  // of these points, by number
  std::optional<PointCursor> next;    // where there are more
};

struct SeriesView {
  ResultSeries series;
  std::vector<std::pair<std::int64_t, double>> points;  // by time
};

// One thread at a time. Its memory is that of an answer and of the index, 48 bytes for each block of some 50 KB.
// kMalformed where the file is damaged.
class ResultReader {
 public:
  // kNotFound where there is no file (yet).
  static Result<ResultReader> open(const std::string& path);

  // Takes note of what was written since.
  Status refresh();

  // In [from, until), behind `after`; at most `limit`. Of two of one object at one time the later one counts.
  Result<PointPage> points(std::int64_t from_us, std::int64_t until_us, const std::optional<PointCursor>& after,
                           std::size_t limit);

  // From number `first` on, in the order in which they were told; at most `limit`.
  Result<std::vector<ResultEvent>> events(std::size_t first, std::size_t limit);
  std::size_t event_count() const { return events_; }

  // Those called `name`, or all where it is empty; each with at most `most_points`: where it has more, the least and
  // the greatest value of each of so many spans of equal length.
  Result<std::vector<SeriesView>> series(std::string_view name, std::size_t most_points);

  // Everything of a kind, in the order of the file.
  Status each_point(const std::function<Status(const ResultPoint&, const ResultObject&)>& take);
  Status each_sample(const std::function<Status(const ResultSample&, const ResultSeries&)>& take);

 private:
  struct Block {
    BlockHeader header;
    std::uint64_t at = 0;  // of the payload
  };
  class Thinner;

  explicit ResultReader(UniqueFd fd) : fd_(std::move(fd)) {}

  Result<std::vector<std::uint8_t>> payload_of(const Block& block) const;
  Status take_block(const Block& block);
  const ResultObject& object(std::uint32_t id) const;

  UniqueFd fd_;
  std::uint64_t read_until_ = 0;
  std::vector<Block> blocks_;  // of points, events and samples
  std::size_t events_ = 0;
  std::map<std::uint32_t, ResultObject> objects_;
  std::vector<ResultSeries> series_;
};

}  // namespace zoe::server
