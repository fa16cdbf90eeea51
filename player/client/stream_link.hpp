// What playback needs of a server: streams opened, moved and fed with credit, and the packets that come back.
// ServerLink is the real one; tests put a scripted one in its place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"
#include "engine/media/track.hpp"
#include "engine/net/media_run.hpp"

namespace zoe::player {

// Parameters of `stream.open`.
struct StreamRequest {
  std::string media;
  std::string rendition = "copy";
  std::optional<int> track;              // its index; the best video track
  std::optional<std::uint32_t> segment;  // to begin with
  std::int64_t position_us = 0;          // used where `segment` is not given
  Rational rate{1, 1};
  bool is_looping = false;
  std::uint32_t serial = 1;
  std::int64_t credit_us = 0;
  int max_fps = 0;  // 0: every frame
};

// What the server answered to it.
struct StreamInfo {
  std::uint32_t stream = 0;
  std::uint32_t serial = 0;
  media::TrackInfo track;
  std::string rendition;
  std::uint32_t segments = 0;
  std::int64_t duration_us = 0;
  std::int64_t start_us = 0;
};

// Parameters of `stream.seek`: to a segment, or to the one that holds a position.
struct SeekRequest {
  std::uint32_t stream = 0;
  std::uint32_t serial = 0;
  std::optional<std::uint32_t> segment;
  std::int64_t position_us = 0;  // used where `segment` is not given
  Rational rate{1, 1};
  std::int64_t credit_us = 0;
};

struct SeekReply {
  std::uint32_t serial = 0;
  std::uint32_t segment = 0;
  std::int64_t position_us = 0;  // where that segment begins
};

// One of the media's tracks of sound.
struct SoundTrack {
  int track = 0;         // its index
  std::string language;  // ISO 639, empty where not known
  std::string title;
  std::string codec;  // FFmpeg's name
  int channels = 0;
  bool is_default = false;

  friend bool operator==(const SoundTrack&, const SoundTrack&) = default;
};

// One of the ways in which a media's pictures can be had.
struct RenditionOffer {
  std::string name;
  std::int64_t bits_per_s = 0;  // 0: not known
  int width = 0;
  int height = 0;

  friend bool operator==(const RenditionOffer&, const RenditionOffer&) = default;
};

// Called on the connection's thread, or on that of the caller of a request where it fails at once; must return quickly
// and may call StreamLink.
class StreamListener {
 public:
  virtual ~StreamListener() = default;
  virtual void on_media(net::MediaRun run) = 0;
  // `stream.failed`: nothing more comes for this serial.
  virtual void on_stream_failed(std::uint32_t stream, std::uint32_t serial, Error error) = 0;
  // The connection is signed in: streams can be opened; those of a former connection are gone.
  virtual void on_link_ready() = 0;
  virtual void on_link_lost(Error error) = 0;
};

// Thread-safe. Requests that cannot be sent complete with kUnavailable.
class StreamLink {
 public:
  virtual ~StreamLink() = default;

  // One listener at a time, null for none; once `set_listener` has returned, the former one is called no more.
  virtual void set_listener(StreamListener* listener) = 0;
  virtual bool is_ready() const = 0;

  virtual void open_stream(const StreamRequest& request, std::function<void(Result<StreamInfo>)> done) = 0;
  virtual void seek_stream(const SeekRequest& request, std::function<void(Result<SeekReply>)> done) = 0;
  virtual void set_stream_rate(std::uint32_t stream, Rational rate, int max_fps) = 0;
  virtual void set_stream_looping(std::uint32_t stream, bool is_looping) = 0;
  virtual void close_stream(std::uint32_t stream) = 0;
  // The media's tracks of sound, in the file's order.
  virtual void list_sounds(const std::string& media, std::function<void(Result<std::vector<SoundTrack>>)> done) {
    static_cast<void>(media);
    done(std::vector<SoundTrack>());  // of links that know pictures only
  }
  // What the server recommends of the renditions of the media's pictures.
  virtual void list_renditions(const std::string& media,
                               std::function<void(Result<std::vector<RenditionOffer>>)> done) {
    static_cast<void>(media);
    done(std::vector<RenditionOffer>());  // of links that know but one
  }
  virtual void grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) = 0;

  struct Traffic {
    std::uint64_t received_bytes = 0;  // since the program's start, over all connections
    std::uint64_t sent_bytes = 0;
    std::int64_t round_trip_ns = 0;  // of the newest probe; 0 before the first
  };
  virtual Traffic traffic() const = 0;
};

}  // namespace zoe::player
