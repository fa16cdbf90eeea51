#include "server/library/examiner.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "engine/core/file.hpp"
#include "engine/media/probe.hpp"
#include "engine/media/source_reader.hpp"
#include "engine/media/track_index.hpp"
#include "server/library/media_filter.hpp"
#include "server/library/picture.hpp"

namespace zoe::server {
namespace {

using media::FramePtr;
using media::TrackIndex;
using media::TrackIndexPtr;
using media::TrackInfo;

constexpr std::size_t kMostIndexBytes = std::size_t{1} << 30;
constexpr PictureSize kPosterBox{480, 480};
constexpr PictureSize kTileBox{192, 108};
constexpr int kPosterQuality = 82;
constexpr int kSheetQuality = 72;
constexpr std::uint32_t kPosterCandidates = 24;
constexpr std::int64_t kFinestTileUs = 250'000;
constexpr std::int64_t kExactBelowUs = 1'000'000;

// How the work divides, for its progress.
constexpr double kDemuxed = 0.3;
constexpr double kChecked = 0.6;

// Keeps the picture that says most; of two that say nearly the same the earlier one.
class PosterChooser {
 public:
  PosterChooser(const TrackInfo& track, PictureMaker& maker)
      : track_(track), maker_(maker), size_(fit_into(track, kPosterBox)) {}

  Status consider(const media::Frame& frame) {
    ZOE_TRY(FramePtr picture, maker_.shrink(frame, track_, size_));
    const double interest = interest_of(*picture);
    constexpr double kClearlyBetter = 1.05;
    if (best_ && interest <= best_interest_ * kClearlyBetter) return {};
    best_ = std::move(picture);
    best_interest_ = interest;
    return {};
  }

  Result<bool> write(const std::string& file) {
    if (!best_) return false;
    ZOE_CHECK(maker_.write_jpeg(*best_, kPosterQuality, file));
    return true;
  }

 private:
  const TrackInfo& track_;
  PictureMaker& maker_;
  const PictureSize size_;
  FramePtr best_;
  double best_interest_ = 0;
};

// Fills sheets with tiles, in order.
class SheetWriter {
 public:
  SheetWriter(const PreviewLayout& layout, PictureMaker& maker, std::string stem)
      : layout_(layout), maker_(maker), stem_(std::move(stem)) {}

  // A missing picture leaves its place as its forerunner.
  Status add(const FramePtr& tile) {
    if (tile) last_ = tile;
    constexpr int kOnSheet = PreviewLayout::kColumns * PreviewLayout::kRows;
    const int place = count_ % kOnSheet;
    if (place == 0) ZOE_CHECK(begin());
    if (last_) draw(*last_, place);
    ++count_;
    if (count_ % kOnSheet == 0 || count_ == layout_.tiles) return finish();
    return {};
  }

 private:
  Status begin() {
    constexpr int kOnSheet = PreviewLayout::kColumns * PreviewLayout::kRows;
    const int tiles = std::min(layout_.tiles - count_, kOnSheet);
    const int rows = (tiles + PreviewLayout::kColumns - 1) / PreviewLayout::kColumns;
    ZOE_TRY(sheet_, media::Frame::create({}, layout_.tile_width * PreviewLayout::kColumns, layout_.tile_height * rows));
    for (int i = 0; i < 3; ++i) {
      const media::PlaneView plane = sheet_->plane(i);
      for (int y = 0; y < plane.height; ++y)
        std::memset(sheet_->writable_plane(i) + static_cast<std::ptrdiff_t>(y) * plane.stride, i == 0 ? 0 : 128,
                    static_cast<std::size_t>(plane.width));
    }
    return {};
  }

  void draw(const media::Frame& tile, int place) {
    for (int i = 0; i < 3; ++i) {
      const media::PlaneView from = tile.plane(i);
      const int stride = sheet_->plane(i).stride;
      const int left = place % PreviewLayout::kColumns * from.width;
      const int top = place / PreviewLayout::kColumns * from.height;
      for (int y = 0; y < from.height; ++y)
        std::memcpy(sheet_->writable_plane(i) + static_cast<std::ptrdiff_t>(top + y) * stride + left,
                    from.data + static_cast<std::ptrdiff_t>(y) * from.stride, static_cast<std::size_t>(from.width));
    }
  }

  Status finish() {
    const std::string file = stem_ + std::to_string(sheets_++) + ".jpg";
    return maker_.write_jpeg(*sheet_, kSheetQuality, file);
  }

  const PreviewLayout layout_;
  PictureMaker& maker_;
  const std::string stem_;
  std::shared_ptr<media::Frame> sheet_;
  FramePtr last_;
  int count_ = 0;
  int sheets_ = 0;
};

class Examination {
 public:
  Examination(const ExamineOrder& order, const ExamineProgress& progress) : order_(order), progress_(progress) {}

  Result<Findings> run();

 private:
  Result<TrackIndexPtr> index(const TrackInfo& track);
  Status check_pictures(const TrackInfo& track, const TrackIndex& index, media::SourceReader& reader);
  Status draw_preview(const TrackInfo& track, const TrackIndex& index, media::SourceReader& reader);
  Result<FramePtr> picture_at(media::SourceReader& reader, std::int64_t pts);

  const ExamineOrder& order_;
  const ExamineProgress& progress_;
  Findings findings_;
  PictureMaker maker_;
};

Result<Findings> Examination::run() {
  ZOE_TRY(findings_.info, media::probe(order_.path));
  if (!check_is_video(findings_.info)) return std::move(findings_);
  const bool is_probe_only =
      !order_.is_checked && order_.index_file.empty() && order_.poster_file.empty() && order_.preview_stem.empty();
  if (is_probe_only) return std::move(findings_);

  const TrackInfo track = *findings_.info.best_video();
  ZOE_TRY(const TrackIndexPtr made, index(track));
  ZOE_CHECK(progress_(kDemuxed));
  ZOE_TRY(const auto reader, media::SourceReader::open(order_.path, track, made));
  if (order_.is_checked || !order_.poster_file.empty()) ZOE_CHECK(check_pictures(track, *made, *reader));
  if (!order_.preview_stem.empty()) ZOE_CHECK(draw_preview(track, *made, *reader));
  return std::move(findings_);
}

Result<TrackIndexPtr> Examination::index(const TrackInfo& track) {
  if (order_.is_index_lent) {
    if (const auto bytes = read_file(order_.index_file, kMostIndexBytes)) {
      if (auto known = TrackIndex::parse(*bytes)) {
        findings_.has_index = true;
        return std::move(*known);
      }
    }
  }
  std::stop_source stop;
  Status told;
  TrackIndex::BuildOptions options;
  options.stop = stop.get_token();
  options.progress = [&](double share) {
    if (told) told = progress_(share * kDemuxed);
    if (!told) stop.request_stop();
  };
  auto made = TrackIndex::build(order_.path, track, options);
  if (!told) return fail(std::move(told).error());
  if (!made) return fail(std::move(made).error());
  if (!order_.index_file.empty()) {
    ZOE_CHECK(write_cache_file(order_.index_file, (*made)->serialize()));
    findings_.has_index = true;
  }
  return std::move(*made);
}

// The picture at that time, null where it cannot be decoded.
Result<FramePtr> Examination::picture_at(media::SourceReader& reader, std::int64_t pts) {
  FramePtr found;
  const auto keep = [&](const FramePtr& frame) -> Status {
    found = frame;
    return {};
  };
  ZOE_CHECK(reader.decode_range(pts, pts + 1, keep));
  return found;
}

Status Examination::check_pictures(const TrackInfo& track, const TrackIndex& index, media::SourceReader& reader) {
  const auto segments = index.segments();
  const auto count = static_cast<std::uint32_t>(segments.size());
  // Openings and ends are often black or text: candidates come from the middle, where there is one.
  const std::uint32_t first = count / 12;
  const std::uint32_t last = std::max(first + 1, count - count / 6);
  const std::uint32_t stride = std::max<std::uint32_t>(1, (last - first) / kPosterCandidates);
  PosterChooser chooser(track, maker_);
  FramePtr any;
  std::uint32_t decoded = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool is_candidate = !order_.poster_file.empty() && i >= first && i < last && (i - first) % stride == 0;
    if (!order_.is_checked && !is_candidate) continue;
    ZOE_TRY(const FramePtr picture, picture_at(reader, segments[i].start_pts));
    ZOE_CHECK(progress_(kDemuxed + (kChecked - kDemuxed) * (i + 1) / count));
    if (!picture) continue;
    ++decoded;
    any = picture;
    if (is_candidate) ZOE_CHECK(chooser.consider(*picture));
  }
  if (order_.is_checked && decoded == 0)
    return fail(Errc::kMalformed, "none of its " + std::to_string(count) + " key frames can be decoded");
  if (order_.poster_file.empty()) return {};
  // A short clip may have little but its one key frame: what lies behind that may say more.
  if (count == 1 && index.frames().size() > 1) {
    for (const std::size_t part : {1U, 2U, 3U}) {
      ZOE_TRY(const FramePtr later, picture_at(reader, index.frames()[index.frames().size() * part / 4]));
      if (later) ZOE_CHECK(chooser.consider(*later));
    }
  }
  ZOE_TRY(findings_.has_poster, chooser.write(order_.poster_file));
  if (!findings_.has_poster && any) {
    ZOE_CHECK(chooser.consider(*any));
    ZOE_TRY(findings_.has_poster, chooser.write(order_.poster_file));
  }
  return {};
}

Status Examination::draw_preview(const TrackInfo& track, const TrackIndex& index, media::SourceReader& reader) {
  const std::int64_t length_us =
      std::max<std::int64_t>(media::ticks_to_us(index.end_pts() - index.start_pts(), index.time_base()), 1);
  const std::int64_t interval_us =
      std::max(kFinestTileUs, (length_us + PreviewLayout::kMostTiles - 1) / PreviewLayout::kMostTiles);
  const PictureSize tile = fit_into(track, kTileBox);
  const PreviewLayout layout{.interval_us = interval_us,
                             .tile_width = tile.width,
                             .tile_height = tile.height,
                             .tiles = static_cast<int>((length_us + interval_us - 1) / interval_us)};
  SheetWriter sheets(layout, maker_, order_.preview_stem);
  std::int64_t last_pts = media::kNoTimestamp;
  for (int i = 0; i < layout.tiles; ++i) {
    const std::int64_t moment = index.start_pts() + media::us_to_ticks(i * interval_us, index.time_base());
    const std::int64_t pts = interval_us < kExactBelowUs ? index.frames()[index.find_frame(moment)]
                                                         : index.segments()[index.find_segment(moment)].start_pts;
    FramePtr small;
    if (pts != last_pts) {
      ZOE_TRY(const FramePtr picture, picture_at(reader, pts));
      if (picture) {
        ZOE_TRY(small, maker_.shrink(*picture, track, tile));
      }
      last_pts = pts;
    }
    ZOE_CHECK(sheets.add(small));
    ZOE_CHECK(progress_(kChecked + (1 - kChecked) * (i + 1) / layout.tiles));
  }
  findings_.preview = layout;
  return {};
}

}  // namespace

Result<Findings> examine(const ExamineOrder& order, const ExamineProgress& progress) {
  return Examination(order, progress).run();
}

}  // namespace zoe::server
