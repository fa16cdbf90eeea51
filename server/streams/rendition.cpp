#include "server/streams/rendition.hpp"

#include <utility>
#include <vector>

#include "engine/media/track_index.hpp"
#include "engine/plugin/bridge/status.hpp"
#include "server/streams/codec_session.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostNameBytes = sizeof(zoe_rendition::name) - 1;

FrameTimes times_of(const media::TrackInfo& track, const media::TrackIndexPtr& index) {
  return {index, index->frames(), index->time_base(), track.frame_rate};
}

// The source's own groups of pictures.
Result<SegmentTablePtr> packet_table(const Rendition& rendition) {
  std::vector<SegmentSpan> spans;
  bool has_only_frames = true;
  for (const media::CopySegment& segment : rendition.index->segments()) {
    // What overlaps is encoded anew, in frames of its own.
    const std::uint32_t packets = rendition.overlaps() ? 0 : segment.packet_count;
    spans.push_back({segment.first_frame, segment.frame_count, packets});
    has_only_frames = has_only_frames && segment.frame_count == segment.packet_count;
  }
  const bool is_intra_only = (rendition.resolved.flags & ZOE_CODEC_INTRA_ONLY) != 0 && has_only_frames;
  return SegmentTable::create(times_of(rendition.track, rendition.index), std::move(spans),
                              is_intra_only ? Granularity::kFrame : Granularity::kSegment);
}

Result<SegmentTablePtr> frame_table(const Rendition& rendition) {
  const bool is_intra_only = (rendition.resolved.flags & ZOE_CODEC_INTRA_ONLY) != 0;
  return SegmentTable::grid(times_of(rendition.track, rendition.index),
                            is_intra_only ? Granularity::kFrame : Granularity::kSegment);
}

Status describe_output(Rendition& rendition) {
  ZOE_TRY(rendition.output, output_track(rendition.track, rendition.resolved.output));
  rendition.output.start = rendition.index->start_pts();  // what the container says leaves out what is never shown
  ZOE_TRY(const CodecSession session, CodecSession::open(rendition.codec, rendition.track, rendition.resolved));
  const Bytes header = session.extradata();
  // A packet codec that has none passes the source's on.
  if (rendition.takes_frames() || !header.empty()) rendition.output.extradata.assign(header.begin(), header.end());
  return {};
}

// That a decoder which was set up for `b` decodes `a`.
bool decodes_alike(const media::TrackInfo& a, const media::TrackInfo& b) {
  return a.codec == b.codec && a.width == b.width && a.height == b.height && a.extradata == b.extradata &&
         a.sample_aspect_ratio == b.sample_aspect_ratio && a.sample_rate == b.sample_rate && a.channels == b.channels &&
         a.rotation_degrees == b.rotation_degrees && a.color.primaries == b.color.primaries &&
         a.color.transfer == b.color.transfer && a.color.matrix == b.color.matrix &&
         a.color.is_full_range == b.color.is_full_range && a.codec_tag == b.codec_tag &&
         a.bits_per_coded_sample == b.bits_per_coded_sample && a.pixel_format == b.pixel_format;
}

}  // namespace

Status complete_rendition(Rendition& rendition, media::TrackIndexPtr index) {
  rendition.index = std::move(index);
  ZOE_CHECK(describe_output(rendition));
  ZOE_TRY(rendition.table, rendition.takes_frames() ? frame_table(rendition) : packet_table(rendition));
  return {};
}

Result<std::shared_ptr<Rendition>> resolve_rendition(MediaEntryPtr media, const media::TrackInfo& track, CodecPin codec,
                                                     std::string_view name) {
  if (name.empty() || name.size() > kMostNameBytes)
    return fail(Errc::kInvalidArgument, "the name of a rendition has 1 to 63 characters");
  auto rendition = std::make_shared<Rendition>();
  rendition->media = std::move(media);
  rendition->track = track;
  rendition->codec = std::move(codec);
  rendition->resolved.struct_size = sizeof(zoe_rendition);
  rendition->resolved.output.struct_size = sizeof(zoe_track);
  zoe_error error = abi::empty_error();
  const zoe_track source = to_abi(rendition->track);
  const zoe_status status = rendition->codec.codec->resolve(rendition->codec.plugin, &source, abi::to_abi(name),
                                                            &rendition->resolved, &error);
  if (status < 0) return fail(abi::read_error(status, error).with(name));
  rendition->resolved.name[kMostNameBytes] = '\0';
  rendition->track_key =
      rendition->media->id + "/" + rendition->media->version() + "/" + std::to_string(track.stream_index) + "/";
  rendition->key =
      std::make_shared<const std::string>(rendition->track_key + rendition->name() + "#" + rendition->codec.version);
  return rendition;
}

Result<RenditionPtr> follow_rendition(const Rendition& now, CodecPin codec) {
  ZOE_TRY(auto next, resolve_rendition(now.media, now.track, std::move(codec), now.name()));
  if (next->name() != now.name() || next->takes_frames() != now.takes_frames() ||
      (next->resolved.flags & ZOE_CODEC_INTRA_ONLY) != (now.resolved.flags & ZOE_CODEC_INTRA_ONLY))
    return fail(Errc::kUnsupported, "it makes something else of " + now.name() + " (" + next->name() + ")");
  next->index = now.index;
  next->table = now.table;
  ZOE_CHECK(describe_output(*next));
  if (!decodes_alike(next->output, now.output))
    return fail(Errc::kUnsupported, "its " + now.name() + " needs another decoder");
  return RenditionPtr(std::move(next));
}

}  // namespace zoe::server
