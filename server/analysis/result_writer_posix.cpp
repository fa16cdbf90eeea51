#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "server/analysis/result_writer.hpp"

namespace zoe::server {
namespace {

// Some two thousand points: a few seconds of a match, so that who reads a span reads little besides.
constexpr std::size_t kFullBytes = std::size_t{56} << 10;

}  // namespace

Result<ResultWriter> ResultWriter::create(const std::string& path, ResultLimits limits) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return fail(errno_error("write " + path, errno));
  return ResultWriter(std::move(fd), path, limits);
}

ResultWriter::ResultWriter(UniqueFd fd, std::string path, ResultLimits limits)
    : fd_(std::move(fd)), path_(std::move(path)), limits_(limits) {}

Status ResultWriter::check_time(std::int64_t time_us) {
  if (!failure_) return failure_;
  if (time_us < latest_us_ - kMostBack_us)
    return fail(Errc::kInvalidArgument, "it lies more than 60 s before what was told already");
  latest_us_ = std::max(latest_us_, time_us);
  return {};
}

void ResultWriter::note(Pending& pending, std::int64_t time_us) {
  const bool is_first = pending.header.count++ == 0;
  pending.header.first_us = is_first ? time_us : std::min(pending.header.first_us, time_us);
  pending.header.last_us = is_first ? time_us : std::max(pending.header.last_us, time_us);
}

Status ResultWriter::add(const ResultPoint& point, const ResultObject& object) {
  const auto known = objects_.find(object.id);
  if (known == objects_.end() && objects_.size() >= limits_.objects)
    return fail(Errc::kTooLarge, fmt::format("a job may tell of {} objects", limits_.objects));
  ZOE_CHECK(check_time(point.time_us));
  if (known == objects_.end() || known->second != object) {
    objects_.insert_or_assign(object.id, object);
    Pending& pending = pending_[BlockKind::kObjects];
    ByteWriter out(pending.payload);
    write_object(out, object);
    note(pending, point.time_us);
    ZOE_CHECK(flush_if_full(BlockKind::kObjects));
  }
  Pending& pending = pending_[BlockKind::kPoints];
  ByteWriter out(pending.payload);
  write_point(out, point);
  note(pending, point.time_us);
  ++counts_.points;
  return flush_if_full(BlockKind::kPoints);
}

Status ResultWriter::add(const ResultEvent& event) {
  if (!failure_) return failure_;
  if (counts_.events >= static_cast<std::int64_t>(limits_.events))
    return fail(Errc::kTooLarge, fmt::format("a job may tell of {} events", limits_.events));
  Pending& pending = pending_[BlockKind::kEvents];
  ByteWriter out(pending.payload);
  write_event(out, event);
  note(pending, event.time_us);
  ++counts_.events;
  return flush_if_full(BlockKind::kEvents);
}

Status ResultWriter::add(std::int64_t time_us, double value, const ResultSeries& series) {
  if (counts_.samples >= static_cast<std::int64_t>(limits_.samples))
    return fail(Errc::kTooLarge, fmt::format("a job may tell {} values", limits_.samples));
  auto known = series_.find(series.name);
  if (known == series_.end() && series_.size() >= limits_.series)
    return fail(Errc::kTooLarge, fmt::format("a job may tell {} series", limits_.series));
  ZOE_CHECK(check_time(time_us));
  if (known == series_.end()) {
    known = series_.emplace(series.name, static_cast<std::uint32_t>(series_.size())).first;
    Pending& names = pending_[BlockKind::kSeriesNames];
    ByteWriter out(names.payload);
    write_series(out, series);
    note(names, time_us);
  }
  Pending& pending = pending_[BlockKind::kSamples];
  ByteWriter out(pending.payload);
  write_sample(out, {time_us, value, known->second});
  note(pending, time_us);
  ++counts_.samples;
  return flush_if_full(BlockKind::kSamples);
}

Status ResultWriter::flush_if_full(BlockKind kind) {
  if (pending_[kind].payload.size() < kFullBytes) return {};
  // What points and samples refer to comes first.
  if (kind == BlockKind::kPoints) ZOE_CHECK(write_out(BlockKind::kObjects));
  if (kind == BlockKind::kSamples) ZOE_CHECK(write_out(BlockKind::kSeriesNames));
  return write_out(kind);
}

Status ResultWriter::write_out(BlockKind kind) {
  if (!failure_) return failure_;
  Pending& pending = pending_[kind];
  if (pending.header.count == 0) return {};
  pending.header.kind = kind;
  const auto block = make_block(pending.header, pending.payload);
  pending.payload.clear();
  pending.header = {};
  if (size_bytes_ + block.size() > limits_.bytes) {
    failure_ = fail(Errc::kTooLarge, fmt::format("a job's results may take {} MiB", limits_.bytes >> 20));
    return failure_;
  }
  for (std::size_t done = 0; done < block.size();) {
    const ssize_t written =
        ::pwrite(fd_.get(), block.data() + done, block.size() - done, static_cast<off_t>(size_bytes_ + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      failure_ = fail(errno_error("write " + path_, written < 0 ? errno : ENOSPC));
      failure_.error().code = Errc::kIo;
      static_cast<void>(::ftruncate(fd_.get(), static_cast<off_t>(size_bytes_)) < 0);  // the torn block is passed over
      return failure_;
    }
    done += static_cast<std::size_t>(written);
  }
  size_bytes_ += block.size();
  return {};
}

Status ResultWriter::flush() {
  for (const BlockKind kind :
       {BlockKind::kObjects, BlockKind::kPoints, BlockKind::kEvents, BlockKind::kSeriesNames, BlockKind::kSamples})
    ZOE_CHECK(write_out(kind));
  written_us_ = latest_us_;
  return {};
}

Status ResultWriter::finish() {
  ZOE_CHECK(flush());
  if (::fsync(fd_.get()) != 0) return fail(errno_error("write " + path_, errno));
  return {};
}

}  // namespace zoe::server
