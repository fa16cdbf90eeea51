#include "server/streams/stream_service.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <thread>
#include <utility>

#include "engine/core/worker_pool.hpp"
#include "engine/media/track_index.hpp"
#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/registry.hpp"
#include "server/library/index_cache.hpp"
#include "server/streams/codec_session.hpp"
#include "server/streams/live_rendition.hpp"
#include "server/streams/rendition.hpp"
#include "server/streams/segment_maker.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostRenditions = 16;  // of one plugin's ladder

std::string_view family_of(std::string_view rendition) { return rendition.substr(0, rendition.find('@')); }

CodecPin codec_of(const plugin::Pin& pin) {
  const plugin::GenerationInfo info = pin.generation().info();
  return {
      pin.table<zoe_codec_v1>(), pin.plugin(), std::make_shared<plugin::Pin>(pin), info.id, info.version, info.number};
}

Result<const media::TrackInfo*> track_of(const MediaEntry& media, std::optional<int> wanted) {
  const media::TrackInfo* track = wanted ? media.info.track(*wanted) : media.info.best_video();
  if (!track || track->kind == media::TrackKind::kSubtitle)
    return fail(Errc::kNotFound, media.title + (wanted ? " has no track " + std::to_string(*wanted) + " to stream"
                                                       : std::string(" has no video track")));
  return track;
}

}  // namespace

struct StreamService::Impl {
  Impl(const StreamServiceConfig& config, const plugin::Registry& plugins, IndexCache& index_cache, Log& program_log,
       Metrics& metrics)
      : registry(plugins),
        log(program_log),
        indexes(index_cache),
        opened(metrics.counter("streams_opened_total")),
        store(config.store_bytes, metrics),
        disk(config.disk, program_log, metrics),
        maker(maker_config(config), store, disk, program_log, metrics) {}

  static SegmentMakerConfig maker_config(const StreamServiceConfig& config) {
    SegmentMakerConfig maker;
    maker.workers = config.workers > 0 ? config.workers : std::max(1U, std::thread::hardware_concurrency());
    maker.most_parked_bytes = config.parked_bytes;
    return maker;
  }

  Result<plugin::Pin> find_codec(std::string_view rendition) const;
  Result<LiveRenditionPtr> resolve(const OpenRequest& request, std::stop_token stop);
  Result<std::int64_t> offset_us(const MediaEntry& media, const Rendition& rendition, std::stop_token stop);
  void follow_codecs();
  void follow_codec(LiveRendition& live);

  const plugin::Registry& registry;
  Log& log;
  IndexCache& indexes;
  Counter& opened;
  SegmentStore store;
  SegmentDisk disk;
  SegmentMaker maker;

  // Renditions in use, so that the viewers of one share it; by track, name and plugin.
  Mutex mutex;
  std::map<std::string, std::weak_ptr<LiveRendition>> renditions ZOE_GUARDED_BY(mutex);

  WorkerPool followers{"codecs", 1};  // its last job ends before anything above goes
};

Result<plugin::Pin> StreamService::Impl::find_codec(std::string_view rendition) const {
  std::string offered;
  for (plugin::Pin& pin : registry.active(ZOE_PLUGIN_CODEC)) {
    const std::string_view family = pin.table<zoe_codec_v1>()->family;
    if (family == family_of(rendition)) return std::move(pin);
    offered += (offered.empty() ? "" : ", ") + std::string(family);
  }
  return fail(Errc::kUnsupported, "no codec plugin here makes '" + std::string(family_of(rendition)) + "'; " +
                                      (offered.empty() ? "none is loaded" : "there is " + offered));
}

Result<LiveRenditionPtr> StreamService::Impl::resolve(const OpenRequest& request, std::stop_token stop) {
  if (!request.media) return fail(Errc::kNotFound, "there is no such media");
  ZOE_TRY(const media::TrackInfo* track, track_of(*request.media, request.track));
  if (request.rendition.empty()) return fail(Errc::kInvalidArgument, "a rendition has a name, such as \"copy\"");
  ZOE_TRY(const plugin::Pin pin, find_codec(request.rendition));

  ZOE_TRY(auto rendition, resolve_rendition(request.media, *track, codec_of(pin), request.rendition));
  const std::string known_by = rendition->track_key + rendition->name() + "#" + rendition->codec.id;
  LiveRenditionPtr known;
  {
    MutexLock lock(mutex);
    if (const auto found = renditions.find(known_by); found != renditions.end()) known = found->second.lock();
  }
  if (known) {
    follow_codec(*known);
    if (known->current()->codec.generation >= rendition->codec.generation) return known;
  }
  ZOE_TRY(auto index, indexes.track_index(*request.media, track->stream_index, std::move(stop)));
  ZOE_CHECK(complete_rendition(*rendition, std::move(index)));
  auto live = std::make_shared<LiveRendition>(std::move(rendition));
  MutexLock lock(mutex);
  std::erase_if(renditions, [](const auto& entry) { return entry.second.expired(); });
  renditions[known_by] = live;
  return live;
}

// Where a track begins, since the first frame of the media's best video track.
Result<std::int64_t> StreamService::Impl::offset_us(const MediaEntry& media, const Rendition& rendition,
                                                    std::stop_token stop) {
  const media::TrackInfo* video = media.info.best_video();
  if (!video || video->stream_index == rendition.track.stream_index) return 0;
  ZOE_TRY(const auto beside, indexes.track_index(media, video->stream_index, std::move(stop)));
  const media::TrackIndex& index = *rendition.index;
  return media::ticks_to_us(index.start_pts(), index.time_base()) -
         media::ticks_to_us(beside->start_pts(), beside->time_base());
}

void StreamService::Impl::follow_codecs() {
  std::vector<LiveRenditionPtr> all;
  {
    MutexLock lock(mutex);
    for (const auto& [key, weak] : renditions)
      if (LiveRenditionPtr live = weak.lock()) all.push_back(std::move(live));
  }
  for (const LiveRenditionPtr& live : all) follow_codec(*live);
}

// Where no generation serves any more, or the new one makes something else, the streams end with the one they have.
void StreamService::Impl::follow_codec(LiveRendition& live) {
  const RenditionPtr now = live.current();
  const plugin::Pin pin = registry.find(now->codec.id);
  if (!pin || pin.generation().number() <= now->codec.generation || !pin.table<zoe_codec_v1>()) return;
  auto next = follow_rendition(*now, codec_of(pin));
  if (next) return live.replace(std::move(*next));
  log.warning("streams", "running streams of {} stay with generation {} of {}: {}", now->name(), now->codec.generation,
              now->codec.id, next.error().message);
}

namespace {

StreamDescription describe(const Rendition& rendition, const StreamPosition& position) {
  return {position, rendition.output, rendition.name(), rendition.table->segments(), rendition.table->duration_us()};
}

}  // namespace

StreamService::StreamService(const StreamServiceConfig& config, const plugin::Registry& registry, IndexCache& indexes,
                             Log& log, Metrics& metrics)
    : impl_(std::make_unique<Impl>(config, registry, indexes, log, metrics)) {}

StreamService::~StreamService() = default;

Result<OpenedStream> StreamService::open(std::uint32_t id, const OpenRequest& request,
                                         std::weak_ptr<StreamObserver> observer, std::stop_token stop) {
  ZOE_CHECK(Stream::check(request.start));
  ZOE_TRY(const LiveRenditionPtr live, impl_->resolve(request, stop));
  const RenditionPtr rendition = live->current();
  ZOE_CHECK(Stream::check(request.start, *rendition->table));
  StreamStart start = request.start;
  ZOE_TRY(start.offset_us, impl_->offset_us(*request.media, *rendition, std::move(stop)));
  OpenedStream opened;
  opened.stream = std::make_shared<Stream>(id, impl_->maker.source(live), start, std::move(observer));
  opened.description = describe(*rendition, opened.stream->position());
  impl_->opened.add();
  return opened;
}

Result<StreamDescription> StreamService::change_rendition(Stream& stream, const OpenRequest& request,
                                                          std::stop_token stop) {
  ZOE_TRY(const LiveRenditionPtr live, impl_->resolve(request, std::move(stop)));
  const RenditionPtr rendition = live->current();
  ZOE_TRY(const StreamPosition position,
          stream.set_source(impl_->maker.source(live), request.start.serial, request.start.position_us));
  return describe(*rendition, position);
}

namespace {

// Every segment is its own packets and nothing else, and all of them are shown.
bool is_closed(const media::TrackIndex& index) {
  const auto stands_alone = [](const media::CopySegment& segment) {
    const std::uint32_t packets = segment.end_packet - segment.first_packet;
    return segment.preroll_packet == segment.first_packet && segment.end_packet == segment.next_packet &&
           segment.packet_count == packets && segment.frame_count == packets;
  };
  return std::all_of(index.segments().begin(), index.segments().end(), stands_alone);
}

}  // namespace

Result<SegmentList> StreamService::segments(const OpenRequest& request, std::stop_token stop) {
  ZOE_TRY(const LiveRenditionPtr live, impl_->resolve(request, stop));
  const RenditionPtr rendition = live->current();
  const SegmentTable& table = *rendition->table;
  const media::TrackIndex& index = *rendition->index;
  SegmentList list;
  list.rendition = rendition->name();
  list.track = rendition->output;
  list.first_pts = table.frame_pts(0);
  list.duration_us = table.duration_us();
  list.starts_us.reserve(table.segments());
  list.first_frames.reserve(table.segments());
  for (std::uint32_t i = 0; i < table.segments(); ++i) {
    list.first_frames.push_back(table.span(i).first_frame);
    list.starts_us.push_back(table.frame_us(list.first_frames.back()));
  }
  list.frames = table.frames();
  if (!rendition->takes_frames()) {
    const media::IndexedPacket& first = index.packets().front();
    list.lead = std::max<std::int64_t>(first.pts - first.dts, 0);
    list.is_closed = is_closed(index);
  }
  ZOE_TRY(list.offset_us, impl_->offset_us(*request.media, *rendition, std::move(stop)));
  return list;
}

std::vector<RenditionInfo> StreamService::renditions(const media::TrackInfo& track) const {
  std::vector<RenditionInfo> list;
  const zoe_track source = to_abi(track);
  for (const plugin::Pin& pin : impl_->registry.active(ZOE_PLUGIN_CODEC)) {
    std::array<zoe_rendition, kMostRenditions> ladder{};
    for (zoe_rendition& rendition : ladder) rendition.struct_size = sizeof rendition;
    std::uint32_t count = 0;
    const zoe_status status =
        pin.table<zoe_codec_v1>()->ladder(pin.plugin(), &source, ladder.data(), kMostRenditions, &count);
    if (status < 0) continue;
    for (std::size_t i = 0; i < std::min<std::size_t>(count, kMostRenditions); ++i)
      list.push_back({std::string(abi::view_of(ladder[i].name)), std::string(abi::view_of(ladder[i].output.codec)),
                      ladder[i].output.width, ladder[i].output.height, ladder[i].output.bit_rate});
  }
  return list;
}

SegmentStore::Stats StreamService::store_stats() const { return impl_->store.stats(); }

void StreamService::codecs_changed() {
  // Refused only when the service stops, and then there is nobody to follow.
  static_cast<void>(impl_->followers.post([impl = impl_.get()] { impl->follow_codecs(); }));
}

void StreamService::stop() {
  impl_->followers.stop();
  impl_->maker.stop();
  impl_->disk.stop();
}

}  // namespace zoe::server
