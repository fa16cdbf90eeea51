#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "server/analysis/result_reader.hpp"

namespace zoe::server {
namespace {

// A file that names more is not one of ours.
constexpr std::size_t kMostObjects = 1'000'000;
constexpr std::size_t kMostSeries = 1'000;

// As much as there is at `offset`, at most all of `to`.
std::size_t read_at(int fd, std::uint64_t offset, std::span<std::uint8_t> to) {
  std::size_t done = 0;
  while (done < to.size()) {
    const ssize_t got = ::pread(fd, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

PointCursor place_of(const ResultPoint& point) { return {point.time_us, point.id}; }

// The smallest of what it is given, by time and object, in bounded memory.
class Smallest {
 public:
  explicit Smallest(std::size_t limit) : limit_(limit) {}

  void add(const ResultPoint& point) {
    kept_.push_back({point, added_++});
    if (kept_.size() >= 4 * limit_ + 1024) prune();
  }

  std::vector<ResultPoint> take() {
    prune();
    std::vector<ResultPoint> points;
    for (const Each& each : kept_) points.push_back(each.point);
    return points;
  }

 private:
  struct Each {
    ResultPoint point;
    std::size_t order;
  };

  void prune() {
    std::sort(kept_.begin(), kept_.end(), [](const Each& a, const Each& b) {
      const PointCursor left = place_of(a.point);
      const PointCursor right = place_of(b.point);
      return left != right ? left < right : a.order > b.order;
    });
    const auto same = [](const Each& a, const Each& b) { return place_of(a.point) == place_of(b.point); };
    kept_.erase(std::unique(kept_.begin(), kept_.end(), same), kept_.end());
    if (kept_.size() > limit_) kept_.resize(limit_);
  }

  const std::size_t limit_;
  std::size_t added_ = 0;
  std::vector<Each> kept_;
};

}  // namespace

std::string PointCursor::to_text() const { return std::to_string(time_us) + "." + std::to_string(id); }

std::optional<PointCursor> PointCursor::parse(std::string_view text) {
  PointCursor cursor;
  const char* end = text.data() + text.size();
  const auto time = std::from_chars(text.data(), end, cursor.time_us);
  if (time.ec != std::errc() || time.ptr == end || *time.ptr != '.') return std::nullopt;
  const auto id = std::from_chars(time.ptr + 1, end, cursor.id);
  if (id.ec != std::errc() || id.ptr != end) return std::nullopt;
  return cursor;
}

Result<ResultReader> ResultReader::open(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail(errno_error("read " + path, errno));
  return ResultReader(std::move(fd));
}

Result<std::vector<std::uint8_t>> ResultReader::payload_of(const Block& block) const {
  std::vector<std::uint8_t> payload(block.header.payload_bytes);
  if (read_at(fd_.get(), block.at, payload) != payload.size() || !is_payload_of(block.header, payload))
    return fail(Errc::kMalformed, "the results of this analysis are damaged: delete it and start it again");
  return payload;
}

// A block that is not whole yet is met again by the next refresh.
Status ResultReader::refresh() {
  struct stat facts {};
  if (::fstat(fd_.get(), &facts) != 0) return fail(errno_error("look at the results", errno));
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  std::array<std::uint8_t, BlockHeader::kBytes> head{};
  while (read_until_ + head.size() <= size && read_at(fd_.get(), read_until_, head) == head.size()) {
    const auto header = read_block_header(head);
    if (!header || read_until_ + head.size() + header->payload_bytes > size) break;
    const Block block{*header, read_until_ + head.size()};
    ZOE_CHECK(take_block(block));
    read_until_ = block.at + header->payload_bytes;
  }
  return {};
}

Status ResultReader::take_block(const Block& block) {
  if (block.header.kind == BlockKind::kEvents) events_ += block.header.count;
  const bool is_named = block.header.kind == BlockKind::kObjects || block.header.kind == BlockKind::kSeriesNames;
  if (!is_named) return blocks_.push_back(block), Status();
  ZOE_TRY(const auto payload, payload_of(block));
  ByteReader in(payload);
  for (std::uint32_t i = 0; i < block.header.count && in.is_ok(); ++i) {
    if (block.header.kind == BlockKind::kObjects) {
      ResultObject object = read_object(in);
      objects_.insert_or_assign(object.id, std::move(object));
    } else {
      series_.push_back(read_series(in));
    }
    if (objects_.size() > kMostObjects || series_.size() > kMostSeries)
      return fail(Errc::kMalformed, "the results of this analysis name too much");
  }
  return {};
}

const ResultObject& ResultReader::object(std::uint32_t id) const {
  static const ResultObject kNone;
  const auto found = objects_.find(id);
  return found == objects_.end() ? kNone : found->second;
}

Result<PointPage> ResultReader::points(std::int64_t from_us, std::int64_t until_us,
                                       const std::optional<PointCursor>& after, std::size_t limit) {
  Smallest smallest(limit + 1);
  for (const Block& block : blocks_) {
    if (block.header.kind != BlockKind::kPoints || block.header.last_us < from_us || block.header.first_us >= until_us)
      continue;
    if (after && block.header.last_us < after->time_us) continue;
    ZOE_TRY(const auto payload, payload_of(block));
    ByteReader in(payload);
    while (in.remaining() >= ResultPoint::kBytes) {
      const ResultPoint point = read_point(in);
      const bool is_asked_for = point.time_us >= from_us && point.time_us < until_us;
      if (is_asked_for && (!after || place_of(point) > *after)) smallest.add(point);
    }
  }
  PointPage page;
  page.points = smallest.take();
  if (page.points.size() > limit) {
    page.points.resize(limit);
    page.next = place_of(page.points.back());
  }
  std::vector<std::uint32_t> ids;
  for (const ResultPoint& point : page.points) ids.push_back(point.id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const std::uint32_t id : ids) page.objects.push_back(object(id));
  return page;
}

Result<std::vector<ResultEvent>> ResultReader::events(std::size_t first, std::size_t limit) {
  std::vector<ResultEvent> events;
  std::size_t before = 0;
  for (const Block& block : blocks_) {
    if (block.header.kind != BlockKind::kEvents) continue;
    if (events.size() == limit) break;
    const std::size_t begin = before;
    before += block.header.count;
    if (before <= first) continue;
    ZOE_TRY(const auto payload, payload_of(block));
    ByteReader in(payload);
    for (std::size_t i = begin; i < before && in.is_ok() && events.size() < limit; ++i) {
      ResultEvent event = read_event(in);
      if (i >= first && in.is_ok()) events.push_back(std::move(event));
    }
  }
  return events;
}

Status ResultReader::each_point(const std::function<Status(const ResultPoint&, const ResultObject&)>& take) {
  for (const Block& block : blocks_) {
    if (block.header.kind != BlockKind::kPoints) continue;
    ZOE_TRY(const auto payload, payload_of(block));
    ByteReader in(payload);
    while (in.remaining() >= ResultPoint::kBytes) {
      const ResultPoint point = read_point(in);
      ZOE_CHECK(take(point, object(point.id)));
    }
  }
  return {};
}

Status ResultReader::each_sample(const std::function<Status(const ResultSample&, const ResultSeries&)>& take) {
  for (const Block& block : blocks_) {
    if (block.header.kind != BlockKind::kSamples) continue;
    ZOE_TRY(const auto payload, payload_of(block));
    ByteReader in(payload);
    while (in.remaining() >= ResultSample::kBytes) {
      const ResultSample sample = read_sample(in);
      if (sample.series < series_.size()) ZOE_CHECK(take(sample, series_[sample.series]));
    }
  }
  return {};
}

// The samples of one series: all of them while they are few, and always the extremes of spans of equal length.
class ResultReader::Thinner {
 public:
  Thinner(std::size_t most, std::int64_t first_us, std::int64_t last_us)
      : most_(most),
        first_us_(first_us),
        length_us_(std::max<std::int64_t>(last_us - first_us, 0) + 1),
        spans_(std::max<std::size_t>(most / 2, 1)) {}

  void add(std::int64_t time_us, double value) {
    if (all_.size() <= most_) all_.emplace_back(time_us, value);
    // In floating point: the product of two large numbers would not fit.
    const double share = static_cast<double>(time_us - first_us_) / static_cast<double>(length_us_);
    const auto index = static_cast<std::size_t>(share * static_cast<double>(spans_.size()));
    Span& span = spans_[std::min(index, spans_.size() - 1)];
    if (span.is_empty || value < span.least.second) span.least = {time_us, value};
    if (span.is_empty || value > span.greatest.second) span.greatest = {time_us, value};
    span.is_empty = false;
  }

  std::vector<std::pair<std::int64_t, double>> take() {
    if (all_.size() > most_) {
      all_.clear();
      for (const Span& span : spans_) {
        if (span.is_empty) continue;
        all_.push_back(span.least);
        if (span.greatest != span.least) all_.push_back(span.greatest);
      }
      if (all_.size() > most_) all_.resize(most_);
    }
    std::stable_sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return std::move(all_);
  }

 private:
  struct Span {
    bool is_empty = true;
    std::pair<std::int64_t, double> least;
    std::pair<std::int64_t, double> greatest;
  };

  const std::size_t most_;
  const std::int64_t first_us_;
  const std::int64_t length_us_;
  std::vector<Span> spans_;
  std::vector<std::pair<std::int64_t, double>> all_;
};

Result<std::vector<SeriesView>> ResultReader::series(std::string_view name, std::size_t most_points) {
  std::int64_t first_us = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_us = std::numeric_limits<std::int64_t>::min();
  for (const Block& block : blocks_) {
    if (block.header.kind != BlockKind::kSamples) continue;
    first_us = std::min(first_us, block.header.first_us);
    last_us = std::max(last_us, block.header.last_us);
  }
  if (first_us > last_us) return std::vector<SeriesView>();
  std::map<std::string, Thinner, std::less<>> thinners;
  ZOE_CHECK(each_sample([&](const ResultSample& sample, const ResultSeries& series) -> Status {
    if (!name.empty() && series.name != name) return {};
    thinners.try_emplace(series.name, most_points, first_us, last_us).first->second.add(sample.time_us, sample.value);
    return {};
  }));
  std::vector<SeriesView> views;
  for (const ResultSeries& each : series_)
    if (const auto found = thinners.find(each.name); found != thinners.end())
      views.push_back({each, found->second.take()});
  return views;
}

}  // namespace zoe::server
