// HLS out of the server's segments: playlists, headers and fragments, for one connection.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "plugins/transport_http/caller.hpp"
#include "plugins/transport_http/cmaf.hpp"
#include "plugins/transport_http/coroutines.hpp"
#include "plugins/transport_http/message.hpp"
#include "plugins/transport_http/target.hpp"

namespace zoe::transport_http {

// One thread. It keeps the streams that it asked for last open, so that the next segment of one is a seek, and what
// follows is made ahead.
class Hls {
 public:
  using Answer = boost::asio::awaitable<Response>;

  explicit Hls(std::shared_ptr<Caller> caller) : caller_(std::move(caller)) {}

  // The answer for /hls/MEDIA/…; what stands behind the media is
  //   master.m3u8, subtitles-N.m3u8, TRACK,RENDITION/index.m3u8, TRACK,RENDITION/init.mp4, TRACK,RENDITION/N.m4s
  Answer answer(const Target& target);

 private:
  struct Rendition {
    std::string media;
    int track = 0;
    std::string name;
    SegmentPlan plan;
    std::unique_ptr<CmafTrack> cmaf;
    std::uint32_t stream = 0;  // 0: none is open
    std::uint32_t serial = 0;
  };

  Answer multivariant(const std::string& media, const std::string& suffix);
  Answer subtitles(const Target& target, std::int64_t index);
  Answer part(Rendition& rendition, const std::string& what, const Target& target);
  Answer fragment(Rendition& rendition, std::uint32_t segment);
  boost::asio::awaitable<Result<Rendition*>> rendition_of(const std::string& media, int track, const std::string& name);
  boost::asio::awaitable<Result<SegmentPlan>> plan_of(const std::string& media, int track, const std::string& name);
  boost::asio::awaitable<Status> begin(Rendition& rendition, std::uint32_t segment);
  boost::asio::awaitable<nlohmann::json> call(std::string_view method, nlohmann::json params);
  boost::asio::awaitable<void> close_stream(Rendition& rendition);

  const std::shared_ptr<Caller> caller_;
  std::deque<std::unique_ptr<Rendition>> renditions_;  // used last at the front
};

}  // namespace zoe::transport_http
