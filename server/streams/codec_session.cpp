#include "server/streams/codec_session.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/buffer.hpp"

namespace zoe::server {
namespace {

constexpr std::uint32_t kAllFlags = media::kPacketKey | media::kPacketDiscard | media::kPacketCorrupt;
static_assert(media::kPacketKey == ZOE_PACKET_KEY && media::kPacketDiscard == ZOE_PACKET_DISCARD &&
              media::kPacketCorrupt == ZOE_PACKET_CORRUPT);

zoe_rational to_abi(Rational value) { return {value.num, value.den}; }
Rational from_abi(zoe_rational value) { return {value.num, value.den}; }

zoe_color to_abi(const media::ColorInfo& color) {
  return {color.primaries, color.transfer, color.matrix, static_cast<std::uint8_t>(color.is_full_range ? 1 : 0)};
}

zoe_frame to_abi(const media::Frame& frame, zoe_buffer* buffer) {
  const media::PixelFormat& format = frame.format();
  zoe_frame out{};
  out.struct_size = sizeof out;
  out.layout = format.layout == media::PlaneLayout::kPlanar ? ZOE_LAYOUT_PLANAR : ZOE_LAYOUT_SEMI_PLANAR;
  out.width = frame.width();
  out.height = frame.height();
  out.planes = format.planes;
  out.bit_depth = format.bit_depth;
  out.bit_shift = format.bit_shift;
  out.chroma_shift_x = format.chroma_shift_x;
  out.chroma_shift_y = format.chroma_shift_y;
  out.color = to_abi(frame.color());
  out.pts = frame.pts();
  out.duration = frame.duration();
  out.buffer = buffer;
  for (int i = 0; i < format.planes && i < 3; ++i) {
    const media::PlaneView plane = frame.plane(i);
    out.data[i] = plane.data;
    out.stride[i] = plane.stride;
  }
  return out;
}

media::PacketRecord record_of(const zoe_packet& packet) {
  media::PacketRecord record;
  record.flags = packet.flags & kAllFlags;
  record.pts = packet.pts;
  record.dts = packet.dts;
  record.duration = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(packet.duration, 0, std::numeric_limits<std::uint32_t>::max()));
  return record;
}

Result<plugin::Buffer> buffer_of(const media::PacketView& view, std::shared_ptr<const void> owner) {
  if (owner) return plugin::Buffer::wrap(view.data, std::move(owner));
  ZOE_TRY(plugin::Buffer buffer, plugin::Buffer::alloc(view.data.size()));
  if (!view.data.empty()) std::memcpy(buffer.data(), view.data.data(), view.data.size());
  return buffer;
}

}  // namespace

zoe_track to_abi(const media::TrackInfo& track) {
  zoe_track out{};
  out.struct_size = sizeof out;
  out.kind = static_cast<std::uint32_t>(track.kind);
  abi::copy_text(out.codec, track.codec);
  out.width = track.width;
  out.height = track.height;
  out.time_base = to_abi(track.time_base);
  out.frame_rate = to_abi(track.frame_rate);
  out.sample_aspect_ratio = to_abi(track.sample_aspect_ratio);
  out.rotation_degrees = track.rotation_degrees;
  out.color = to_abi(track.color);
  out.start = track.start;
  out.duration = track.duration;
  out.extradata = track.extradata.empty() ? nullptr : track.extradata.data();
  out.extradata_size = static_cast<std::uint32_t>(track.extradata.size());
  out.profile = track.profile;
  out.level = track.level;
  out.bit_rate = track.bit_rate;
  out.codec_tag = track.codec_tag;
  out.bits_per_coded_sample = track.bits_per_coded_sample;
  abi::copy_text(out.pixel_format, track.pixel_format);
  out.sample_rate = track.sample_rate;
  out.channels = track.channels;
  return out;
}

namespace {

bool has_pictures(const zoe_track& track) {
  return track.width > 0 && track.height > 0 && track.frame_rate.den > 0 && track.frame_rate.num >= 0 &&
         track.sample_aspect_ratio.num > 0 && track.sample_aspect_ratio.den > 0;
}

bool has_sound(const zoe_track& track) { return track.sample_rate > 0 && track.channels > 0; }

}  // namespace

Result<media::TrackInfo> output_track(const media::TrackInfo& source, const zoe_track& output) {
  const std::string_view codec = abi::view_of(output.codec);
  const bool is_whole = !codec.empty() && output.time_base.num > 0 && output.time_base.den > 0 &&
                        (source.kind == media::TrackKind::kAudio ? has_sound(output) : has_pictures(output));
  if (!is_whole)
    return fail(Errc::kMalformed, "the codec plugin describes a track without codec, size, rate or time base");
  // Segments of all renditions are cut and addressed by the source's time stamps.
  if (from_abi(output.time_base) != source.time_base)
    return fail(Errc::kMalformed, "the codec plugin changes the track's time base");
  media::TrackInfo track = source;
  track.codec = codec;
  track.width = output.width;
  track.height = output.height;
  track.frame_rate = from_abi(output.frame_rate);
  track.sample_aspect_ratio = from_abi(output.sample_aspect_ratio);
  track.rotation_degrees = output.rotation_degrees;
  track.color = {output.color.primaries, output.color.transfer, output.color.matrix, output.color.is_full_range != 0};
  track.profile = output.profile;
  track.level = output.level;
  track.bit_rate = output.bit_rate;
  if (codec != source.codec) track.extradata.clear();
  track.codec_tag = output.codec_tag;
  track.bits_per_coded_sample = output.bits_per_coded_sample;
  track.pixel_format = abi::view_of(output.pixel_format);
  track.sample_rate = output.sample_rate;
  track.channels = output.channels;
  return track;
}

CodecSession::CodecSession(const CodecPin& codec, zoe_codec_session* session, std::string name)
    : codec_(codec), session_(session, Close{codec.codec}), name_(std::move(name)) {}

Result<CodecSession> CodecSession::open(const CodecPin& codec, const media::TrackInfo& source,
                                        const zoe_rendition& rendition) {
  const zoe_track track = to_abi(source);
  zoe_codec_session* session = nullptr;
  zoe_error error = abi::empty_error();
  const std::string name(abi::view_of(rendition.name));
  const zoe_status status = codec.codec->open(codec.plugin, &track, &rendition, &session, &error);
  if (status < 0) return fail(abi::read_error(status, error).with(name));
  if (status != ZOE_OK || !session) return fail(Errc::kInternal, name + ": the codec plugin opened nothing");
  return CodecSession(codec, session, name);
}

Bytes CodecSession::extradata() const {
  const zoe_str header = codec_.codec->extradata(session_.get());
  return as_bytes(abi::to_view(header));
}

// Everything that can be received now: ZOE_AGAIN or ZOE_END.
Result<zoe_status> CodecSession::drain(const PacketSink& sink) {
  while (true) {
    zoe_packet packet{};
    packet.struct_size = sizeof packet;
    zoe_error error = abi::empty_error();
    const zoe_status status = codec_.codec->receive_packet(session_.get(), &packet, &error);
    if (status < 0) return fail(abi::read_error(status, error).with(name_));
    if (status != ZOE_OK) return status;
    const plugin::Buffer reference = plugin::Buffer::adopt(packet.buffer);
    ZOE_CHECK(sink(record_of(packet), Bytes(packet.data, packet.size)));
  }
}

template <typename Send>
Status CodecSession::send_and_drain(const Send& send, const PacketSink& sink) {
  // After everything was received an input must be taken; a plugin that goes on refusing it would loop for ever.
  for (int attempt = 0; attempt < 2; ++attempt) {
    zoe_error error = abi::empty_error();
    const zoe_status status = send(&error);
    if (status < 0) return fail(abi::read_error(status, error).with(name_));
    const Result<zoe_status> drained = drain(sink);
    if (!drained) return fail(drained.error());
    if (status == ZOE_OK) return {};
  }
  return fail(Errc::kInternal, name_ + ": the codec plugin takes no input and gives no output");
}

Status CodecSession::send(const media::PacketView& view, std::shared_ptr<const void> owner, const PacketSink& sink) {
  ZOE_TRY(const plugin::Buffer buffer, buffer_of(view, std::move(owner)));
  zoe_packet packet{};
  packet.struct_size = sizeof packet;
  packet.flags = view.record.flags;
  packet.pts = view.record.pts;
  packet.dts = view.record.dts;
  packet.duration = view.record.duration;
  packet.buffer = buffer.get();
  packet.data = buffer.data();
  packet.size = view.data.size();
  return send_and_drain([&](zoe_error* error) { return codec_.codec->send_packet(session_.get(), &packet, error); },
                        sink);
}

Status CodecSession::send(const media::FramePtr& frame, Place place, const PacketSink& sink) {
  const media::PlaneView luma = frame->plane(0);
  ZOE_TRY(const plugin::Buffer buffer,
          plugin::Buffer::wrap(
              Bytes(luma.data, static_cast<std::size_t>(luma.stride) * static_cast<std::size_t>(luma.height)), frame));
  const zoe_frame picture = to_abi(*frame, buffer.get());
  const std::int32_t is_start = place == Place::kSegmentStart ? 1 : 0;
  return send_and_drain(
      [&](zoe_error* error) { return codec_.codec->send_frame(session_.get(), &picture, is_start, error); }, sink);
}

Status CodecSession::finish(const PacketSink& sink) {
  zoe_error error = abi::empty_error();
  const zoe_status status = codec_.codec->flush(session_.get(), &error);
  if (status < 0) return fail(abi::read_error(status, error).with(name_));
  const Result<zoe_status> drained = drain(sink);
  if (!drained) return fail(drained.error());
  if (*drained != ZOE_END) return fail(Errc::kInternal, name_ + ": the codec plugin does not end when flushed");
  return {};
}

}  // namespace zoe::server
