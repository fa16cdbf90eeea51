#include "engine/media/source_reader.hpp"

#include <algorithm>
#include <utility>

#include "engine/media/decoder.hpp"
#include "engine/media/packet_window.hpp"

namespace zoe::media {

struct SourceReader::Impl {
  std::string path;
  TrackInfo track;
  TrackIndexPtr index;
  Options options;
  std::unique_ptr<PacketWindow> window;

  // The segment that is being read.
  std::uint32_t segment = 0;
  std::uint32_t next_packet = 0;
  std::uint32_t next_ordinal = 0;
  const AVPacket* last_given = nullptr;   // what `next` gave last; valid until it is called again
  std::vector<std::uint8_t> with_header;  // its data, where parameter sets went in front of it

  // The decoder, which stands at `position` in the segment that is being read, or nowhere.
  std::unique_ptr<Decoder> decoder;
  FramePtr held;  // decoded already, not before `position`
  std::int64_t position = kNoTimestamp;
  bool is_drained = false;
  std::int64_t wanted_from = kNoTimestamp;  // packets before it only lead up to what is wanted
  const OnTheWay* on_the_way = nullptr;

  // ---- packets

  Status begin(std::uint32_t which) {
    segment = which;
    next_packet = index->segments()[which].preroll_packet;
    next_ordinal = 0;
    return window->go_to(which);
  }

  // False at the segment's end.
  Result<bool> next(PacketView& out) {
    const CopySegment& current = index->segments()[segment];
    // Of what was read, the next segment may need its beginning again.
    const std::uint32_t keep_from =
        segment + 1 < index->segments().size() ? index->segments()[segment + 1].preroll_packet : current.end_packet;
    for (; next_packet < current.end_packet; ++next_packet) {
      std::uint32_t flags = 0;
      ZOE_TRY(const AVPacket* packet, window->packet(next_packet));
      last_given = packet;
      if (!index->is_sent(current, next_packet, flags)) continue;
      const IndexedPacket& indexed = index->packets()[next_packet];
      out.record = {.size_bytes = indexed.size_bytes,
                    .flags = flags,
                    .pts = indexed.pts,
                    .dts = indexed.dts,
                    .duration = indexed.duration,
                    .ordinal = next_ordinal++};
      out.data = Bytes(packet->data, static_cast<std::size_t>(packet->size));
      if (const Bytes header = index->header_before(next_packet); !header.empty()) put_in_front(header, out);
      window->release(std::min(next_packet, keep_from));
      ++next_packet;
      return true;
    }
    return false;
  }

  void put_in_front(Bytes header, PacketView& packet) {
    last_given = nullptr;
    const std::size_t size = header.size() + packet.data.size();
    with_header.assign(size + AV_INPUT_BUFFER_PADDING_SIZE, 0);
    std::copy(header.begin(), header.end(), with_header.begin());
    std::copy(packet.data.begin(), packet.data.end(), with_header.begin() + static_cast<std::ptrdiff_t>(header.size()));
    packet.data = Bytes(with_header).first(size);
    packet.record.size_bytes = static_cast<std::uint32_t>(size);
  }

  // ---- frames

  void stop_decoding() {
    position = kNoTimestamp;
    held.reset();
    is_drained = false;
    if (decoder) decoder->flush();
  }

  Status begin_decoding(std::int64_t pts) {
    stop_decoding();
    if (!decoder) {
      ZOE_TRY(decoder, Decoder::create(track, {.threads = options.decoder_threads}));
    }
    return begin(index->find_segment(pts));
  }

  // The next frame of the track; null at its end.
  Result<FramePtr> next_frame() {
    for (;;) {
      FramePtr frame;
      ZOE_TRY(const DecodeState state, decoder->receive(frame));
      if (state == DecodeState::kFrame) return frame;
      if (state == DecodeState::kEnd) {
        if (segment + 1 >= index->segments().size()) return FramePtr();
        decoder->flush();
        is_drained = false;
        ZOE_CHECK(begin(segment + 1));
      }
      PacketView packet;
      ZOE_TRY(const bool is_there, next(packet));
      if (is_there) {
        const bool leads_up = packet.record.pts < wanted_from;
        if (leads_up && *on_the_way) ZOE_CHECK((*on_the_way)());
        decoder->set_skip(leads_up ? DecodeSkip::kNonReference : DecodeSkip::kNone);
        ZOE_CHECK(decoder->send(packet));
      } else if (!is_drained) {
        ZOE_CHECK(decoder->drain());
        is_drained = true;
      }
    }
  }

  bool can_go_on_to(std::int64_t pts) const {
    return position != kNoTimestamp && pts >= position && index->find_segment(pts) == segment;
  }

  Status decode_range(std::int64_t first_pts, std::int64_t end_pts, const FrameSink& sink, const OnTheWay& check) {
    wanted_from = first_pts;
    on_the_way = &check;
    if (position == kNoTimestamp || (first_pts != position && !can_go_on_to(first_pts)))
      ZOE_CHECK(begin_decoding(first_pts));
    position = kNoTimestamp;  // until this has gone well
    for (;;) {
      FramePtr frame = std::exchange(held, nullptr);
      if (!frame) {
        ZOE_TRY(frame, next_frame());
      }
      if (!frame) return {};  // the track's end: the next call begins anew
      if (frame->pts() >= end_pts) {
        held = std::move(frame);
        position = end_pts;
        return {};
      }
      if (frame->pts() >= first_pts) ZOE_CHECK(sink(frame));
    }
  }
};

SourceReader::SourceReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SourceReader::~SourceReader() = default;

Result<std::unique_ptr<SourceReader>> SourceReader::open(const std::string& path, const TrackInfo& track,
                                                         TrackIndexPtr index, const Options& options) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->track = track;
  impl->index = std::move(index);
  impl->options = options;
  ZOE_TRY(impl->window, PacketWindow::open(path, track, impl->index, options.stop));
  return std::unique_ptr<SourceReader>(new SourceReader(std::move(impl)));
}

void SourceReader::set_stop(std::stop_token stop) {
  impl_->options.stop = stop;
  impl_->window->set_stop(std::move(stop));
}

Status SourceReader::read_segment(std::uint32_t segment, const PacketSink& sink) {
  if (segment >= impl_->index->segments().size())
    return fail(Errc::kInvalidArgument, "there is no segment " + std::to_string(segment) + " in " + impl_->path);
  impl_->stop_decoding();
  ZOE_CHECK(impl_->begin(segment));
  for (;;) {
    PacketView packet;
    ZOE_TRY(const bool is_there, impl_->next(packet));
    if (!is_there) break;
    ZOE_CHECK(sink(packet));
  }
  impl_->last_given = nullptr;
  return {};
}

std::shared_ptr<const void> SourceReader::keep_packet() const {
  if (!impl_->last_given || !impl_->last_given->buf) return nullptr;
  return std::shared_ptr<AVBufferRef>(AvPtr<AVBufferRef>(av_buffer_ref(impl_->last_given->buf)));
}

Status SourceReader::decode_range(std::int64_t first_pts, std::int64_t end_pts, const FrameSink& sink,
                                  const OnTheWay& on_the_way) {
  if (first_pts >= end_pts) return {};
  return impl_->decode_range(first_pts, end_pts, sink, on_the_way);
}

std::int64_t SourceReader::decode_position() const { return impl_->position; }

std::uint64_t SourceReader::decode_errors() const { return impl_->decoder ? impl_->decoder->errors() : 0; }

}  // namespace zoe::media
