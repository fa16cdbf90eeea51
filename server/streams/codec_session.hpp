// The codec plugins' ABI as the maker uses it: tracks, pictures and packets across the boundary, and a session that
// ends itself.
#pragma once

#include <functional>
#include <memory>

#include "engine/media/frame.hpp"
#include "engine/media/segment.hpp"
#include "engine/media/track.hpp"
#include "engine/plugin/abi/codec.h"
#include "server/streams/rendition.hpp"

namespace zoe::server {

// Borrows the track's extradata.
zoe_track to_abi(const media::TrackInfo& track);

// What a rendition of `source` comes out as: the plugin's words, and the source's for what the ABI does not carry.
// kMalformed where they make no sense (no size, no time base, …).
Result<media::TrackInfo> output_track(const media::TrackInfo& source, const zoe_track& output);

// One session of a codec plugin. One thread at a time. Keeps the plugin's generation pinned.
class CodecSession {
 public:
  // kUnavailable and whatever the plugin says, with its rendition named.
  static Result<CodecSession> open(const CodecPin& codec, const media::TrackInfo& source,
                                   const zoe_rendition& rendition);

  // Gets what comes out, in decoding order.
  using PacketSink = std::function<Status(const media::PacketRecord& record, Bytes data)>;

  // `owner` keeps the packet's bytes alive for a plugin that keeps it; null: they are copied.
  Status send(const media::PacketView& packet, std::shared_ptr<const void> owner, const PacketSink& sink);
  enum class Place { kSegmentStart = 1, kInside };
  Status send(const media::FramePtr& frame, Place place, const PacketSink& sink);
  // No more input: hands over what is left.
  Status finish(const PacketSink& sink);

  // The encoder's header; empty where it needs none.
  Bytes extradata() const;

 private:
  struct Close {
    const zoe_codec_v1* codec;
    void operator()(zoe_codec_session* session) const { codec->close(session); }
  };
  CodecSession(const CodecPin& codec, zoe_codec_session* session, std::string name);

  template <typename Send>
  Status send_and_drain(const Send& send, const PacketSink& sink);
  Result<zoe_status> drain(const PacketSink& sink);

  CodecPin codec_;
  std::unique_ptr<zoe_codec_session, Close> session_;
  std::string name_;
};

}  // namespace zoe::server
