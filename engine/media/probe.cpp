#include "engine/media/probe.hpp"

#include <algorithm>

#include "engine/media/demuxer.hpp"
#include "engine/media/stream_info.hpp"

namespace zoe::media {
namespace {

constexpr std::size_t kMostTitleBytes = 400;
constexpr unsigned kMostChapters = 10'000;

void add_chapters(const AVFormatContext& context, MediaInfo& info) {
  for (unsigned i = 0; i < std::min(context.nb_chapters, kMostChapters); ++i) {
    const AVChapter& chapter = *context.chapters[i];
    if (chapter.time_base.num <= 0 || chapter.time_base.den <= 0) continue;
    const Rational base = Rational::make(chapter.time_base.num, chapter.time_base.den);
    const AVDictionaryEntry* title = av_dict_get(chapter.metadata, "title", nullptr, 0);
    info.chapters.push_back({.start_us = ticks_to_us(chapter.start, base),
                             .end_us = ticks_to_us(chapter.end, base),
                             .title = title ? clean_text(title->value, kMostTitleBytes) : std::string()});
  }
  std::stable_sort(info.chapters.begin(), info.chapters.end(),
                   [](const Chapter& a, const Chapter& b) { return a.start_us < b.start_us; });
}

// What the packets' decoder is opened with, once they went through the unpacking filter.
Status set_unpacked_header(const AVStream& stream, TrackInfo& track) {
  if (track.kind != TrackKind::kVideo) return {};
  ZOE_TRY(const AvPtr<AVBSFContext> filter, unpacking_filter(*stream.codecpar, track.time_base));
  if (!filter) return {};
  const AVCodecParameters& out = *filter->par_out;
  track.extradata.assign(out.extradata, out.extradata + std::max(out.extradata_size, 0));
  return {};
}

}  // namespace

Result<MediaInfo> probe(const std::string& path, const ProbeLimits& limits, std::stop_token stop) {
  ZOE_TRY(const std::unique_ptr<Demuxer> demuxer, Demuxer::open(path, limits, std::move(stop)));
  ZOE_CHECK(demuxer->find_streams());
  AVFormatContext& context = demuxer->context();

  MediaInfo info;
  info.container = context.iformat->name;
  if (const AVDictionaryEntry* title = av_dict_get(context.metadata, "title", nullptr, 0))
    info.title = clean_text(title->value, kMostTitleBytes);
  info.duration_us = context.duration > 0 ? context.duration : 0;
  info.bit_rate = std::max<std::int64_t>(context.bit_rate, 0);
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    std::optional<TrackInfo> track = track_of(context, *context.streams[i], limits);
    if (!track) continue;
    ZOE_CHECK(set_unpacked_header(*context.streams[i], *track));
    info.tracks.push_back(std::move(*track));
  }
  if (info.tracks.empty())
    return fail(Errc::kMalformed, path + " holds no video, sound or subtitles that can be read here");
  add_chapters(context, info);
  return info;
}

}  // namespace zoe::media
