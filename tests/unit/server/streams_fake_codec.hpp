// A codec plugin's table without a plugin: what a packet holds is what a test wants to know of the picture.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/core/threads.hpp"
#include "engine/plugin/abi/codec.h"
#include "engine/plugin/bridge/status.hpp"
#include "engine/plugin/host/buffer.hpp"
#include "server/streams/rendition.hpp"
#include "tests/support/frame_number.hpp"

namespace zoe::server::test {

// Thread-safe, as a plugin is. Frames become packets of 4 bytes: the number that is drawn into the picture. Packets
// pass as they are.
class FakeCodec {
 public:
  explicit FakeCodec(std::uint32_t input) { table_.input = input; }

  CodecPin pin() { return {&table_, reinterpret_cast<zoe_plugin*>(this), nullptr}; }

  // How often each frame was encoded, by pts.
  std::map<std::int64_t, int> encoded() const {
    MutexLock lock(mutex_);
    return encoded_;
  }

  std::uint32_t delay = 0;                   // packets that a session keeps back until it is flushed
  std::optional<std::int64_t> fails_at_pts;  // of a frame that it cannot encode
  bool is_stuck = false;                     // takes nothing
  std::uint32_t flags = ZOE_CODEC_INTRA_ONLY;

  std::atomic<int> sessions{0};  // open

 private:
  struct Session {
    FakeCodec* codec;
    std::deque<zoe_packet> packets;
    bool is_flushed = false;
  };
  static FakeCodec& of(zoe_plugin* self) { return *reinterpret_cast<FakeCodec*>(self); }
  static Session& of(zoe_codec_session* session) { return *reinterpret_cast<Session*>(session); }

  static zoe_status resolve(zoe_plugin* self, const zoe_track* source, zoe_str name, zoe_rendition* out,
                            zoe_error* error) {
    if (abi::to_view(name).find('!') != std::string_view::npos)
      return abi::write_error(error, Errc::kInvalidArgument, "no '!' in a rendition's name");
    zoe_rendition rendition{};
    rendition.struct_size = sizeof rendition;
    rendition.flags = of(self).flags;
    abi::copy_text(rendition.name, abi::to_view(name));
    rendition.output = *source;
    abi::fill_out(out, rendition);
    return ZOE_OK;
  }
  static zoe_status ladder(zoe_plugin*, const zoe_track*, zoe_rendition*, std::uint32_t, std::uint32_t* count) {
    *count = 0;
    return ZOE_OK;
  }
  static zoe_status open(zoe_plugin* self, const zoe_track*, const zoe_rendition*, zoe_codec_session** out,
                         zoe_error*) {
    ++of(self).sessions;
    *out = reinterpret_cast<zoe_codec_session*>(new Session{&of(self), {}});
    return ZOE_OK;
  }
  static zoe_status send_packet(zoe_codec_session* session, const zoe_packet* packet, zoe_error*) {
    plugin::Buffer::add_ref(packet->buffer);
    of(session).packets.push_back(*packet);
    return ZOE_OK;
  }
  static zoe_status send_frame(zoe_codec_session* session, const zoe_frame* frame, std::int32_t, zoe_error* error) {
    FakeCodec& codec = *of(session).codec;
    if (codec.is_stuck) return ZOE_AGAIN;
    if (codec.fails_at_pts == frame->pts) return abi::write_error(error, Errc::kNoMemory, "no memory for a picture");
    const auto number =
        zoe::test::read_frame_number(frame->data[0], frame->stride[0], frame->width, frame->height, frame->bit_depth);
    const std::uint32_t seen = number.value_or(UINT32_MAX);
    auto buffer = *plugin::Buffer::alloc(sizeof seen);
    std::memcpy(buffer.data(), &seen, sizeof seen);
    {
      MutexLock lock(codec.mutex_);
      ++codec.encoded_[frame->pts];
    }
    zoe_packet packet{};
    packet.struct_size = sizeof packet;
    packet.flags = ZOE_PACKET_KEY;
    packet.pts = frame->pts;
    packet.dts = frame->pts;
    packet.duration = frame->duration;
    packet.data = buffer.data();
    packet.size = buffer.size();
    packet.buffer = buffer.detach();
    of(session).packets.push_back(packet);
    return ZOE_OK;
  }
  static zoe_status flush(zoe_codec_session* session, zoe_error*) {
    of(session).is_flushed = true;
    return ZOE_OK;
  }
  static zoe_status receive_packet(zoe_codec_session* session, zoe_packet* out, zoe_error*) {
    Session& own = of(session);
    if (own.packets.size() <= (own.is_flushed ? 0 : own.codec->delay)) return own.is_flushed ? ZOE_END : ZOE_AGAIN;
    *out = own.packets.front();
    own.packets.pop_front();
    return ZOE_OK;
  }
  static zoe_str extradata(zoe_codec_session*) { return {"head", 4}; }
  static void close(zoe_codec_session* session) {
    for (const zoe_packet& packet : of(session).packets) plugin::Buffer::release(packet.buffer);
    --of(session).codec->sessions;
    delete &of(session);
  }

  zoe_codec_v1 table_{.struct_size = sizeof(zoe_codec_v1),
                      .input = 0,
                      .family = "fake",
                      .resolve = resolve,
                      .ladder = ladder,
                      .open = open,
                      .send_packet = send_packet,
                      .send_frame = send_frame,
                      .flush = flush,
                      .receive_packet = receive_packet,
                      .extradata = extradata,
                      .close = close};
  mutable Mutex mutex_;
  std::map<std::int64_t, int> encoded_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::server::test
