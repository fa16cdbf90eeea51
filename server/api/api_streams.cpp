#include <limits>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/api/media_view.hpp"
#include "server/library/library.hpp"
#include "server/streams/stream_service.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostId = 64;
constexpr std::size_t kMostRendition = 63;
// Numbers that a JSON client can say exactly.
constexpr std::int64_t kMostExact = (std::int64_t{1} << 53) - 1;
constexpr double kMostFps = 1000;
constexpr std::size_t kMostSegmentsTold = 200'000;

json opened_view(std::uint32_t handle, const StreamDescription& opened) {
  return {{"stream", handle},
          {"serial", opened.position.serial},
          {"track", stream_track_view(opened.track)},
          {"rendition", opened.rendition},
          {"segments", opened.segments},
          {"duration_us", opened.duration_us},
          {"start_us", opened.position.position_us}};
}

json position_view(const StreamPosition& position) {
  return {{"serial", position.serial}, {"segment", position.segment}, {"position_us", position.position_us}};
}

Result<std::optional<std::uint64_t>> read_credit(const Params& params) {
  ZOE_TRY(const auto credit, params.integer_if_any("credit_us", 0, kMostExact));
  if (!credit) return std::optional<std::uint64_t>();
  return std::optional(static_cast<std::uint64_t>(*credit));
}

Result<std::optional<std::uint32_t>> read_segment(const Params& params) {
  ZOE_TRY(const auto segment, params.integer_if_any("segment", 0, std::numeric_limits<std::uint32_t>::max()));
  if (!segment) return std::optional<std::uint32_t>();
  return std::optional(static_cast<std::uint32_t>(*segment));
}

Result<StreamStart> read_start(const Params& params) {
  StreamStart start;
  if (params.has("serial")) {
    ZOE_TRY(start.serial, params.number32("serial"));
  }
  ZOE_TRY(start.position_us, params.integer("position_us", 0, kMostExact, 0));
  ZOE_TRY(start.segment, read_segment(params));
  if (start.segment && params.has("position_us"))
    return fail(Errc::kInvalidArgument, "params: a stream begins at position_us or with segment, not both");
  ZOE_TRY(const auto rate, params.rate_if_any("rate"));
  start.rate = rate.value_or(Rational{1, 1});
  ZOE_TRY(start.is_looping, params.boolean("is_looping", false));
  ZOE_TRY(start.is_paused, params.boolean("is_paused", false));
  ZOE_TRY(const auto credit, read_credit(params));
  start.credit_us = credit.value_or(0);
  ZOE_TRY(const auto max_fps, params.real_if_any("max_fps", 0, kMostFps));
  start.max_fps = max_fps.value_or(0);
  ZOE_CHECK(Stream::check(start));
  return start;
}

Result<Session::OpenStream> read_stream(const Call& call) {
  ZOE_TRY(const std::uint32_t handle, call.params.number32("stream"));
  return call.session.stream(handle);
}

// The place of a stream that is being opened, given back unless the stream takes it.
class StreamPlace {
 public:
  StreamPlace(Session& session, Session::Reservation reservation)
      : session_(session), reservation_(std::move(reservation)) {}
  ~StreamPlace() {
    if (!is_taken_) session_.drop(reservation_);
  }
  StreamPlace(const StreamPlace&) = delete;
  StreamPlace& operator=(const StreamPlace&) = delete;

  const Session::Reservation& reservation() const { return reservation_; }
  void take() { is_taken_ = true; }

 private:
  Session& session_;
  const Session::Reservation reservation_;
  bool is_taken_ = false;
};

}  // namespace

Answer stream_open(const Call& call) {
  OpenRequest request;
  ZOE_TRY(const std::string id, call.params.text("media", kMostId));
  ZOE_TRY(request.rendition, call.params.text("rendition", kMostRendition));
  ZOE_TRY(const auto track, call.params.integer_if_any("track", 0, std::numeric_limits<std::int32_t>::max()));
  if (track) request.track = static_cast<int>(*track);
  ZOE_TRY(request.start, read_start(call.params));
  request.media = call.library().find(id);
  if (!request.media) return fail(Errc::kNotFound, "there is no media \"" + id + "\"");

  ZOE_TRY(auto reservation, call.session.reserve_stream());
  StreamPlace place(call.session, std::move(reservation));
  const std::uint32_t handle = place.reservation().handle;
  ZOE_TRY(OpenedStream opened, call.services.streams.open(handle, request, call.observer, place.reservation().stop));
  ZOE_CHECK(call.session.add_stream(place.reservation(), opened.stream, request.media, request.track));
  place.take();
  if (const auto observer = call.observer.lock()) observer->stream_ready(handle);
  return opened_view(handle, opened.description);
}

Answer stream_seek(const Call& call) {
  ZOE_TRY(const Session::OpenStream open, read_stream(call));
  SeekRequest request;
  ZOE_TRY(request.serial, call.params.number32("serial"));
  ZOE_TRY(request.position_us, call.params.integer_if_any("position_us", 0, kMostExact));
  ZOE_TRY(request.segment, read_segment(call.params));
  if (request.position_us.has_value() == request.segment.has_value())
    return fail(Errc::kInvalidArgument, "params: a seek names either position_us or segment");
  ZOE_TRY(request.rate, call.params.rate_if_any("rate"));
  ZOE_TRY(request.credit_us, read_credit(call.params));
  ZOE_TRY(request.is_paused, call.params.boolean_if_any("is_paused"));
  ZOE_TRY(const StreamPosition position, open.stream->seek(request));
  return position_view(position);
}

Answer stream_rate(const Call& call) {
  ZOE_TRY(const Session::OpenStream open, read_stream(call));
  ZOE_TRY(const auto rate, call.params.rate_if_any("rate"));
  if (!rate) return fail(Errc::kInvalidArgument, "params.rate: is missing");
  ZOE_TRY(const auto max_fps, call.params.real_if_any("max_fps", 0, kMostFps));
  ZOE_CHECK(open.stream->set_rate(*rate, max_fps));
  return json{{"rate", rate->to_string()}};
}

Answer stream_pause(const Call& call) {
  ZOE_TRY(const Session::OpenStream open, read_stream(call));
  ZOE_CHECK(open.stream->pause());
  return json::object();
}

Answer stream_play(const Call& call) {
  ZOE_TRY(const Session::OpenStream open, read_stream(call));
  ZOE_CHECK(open.stream->play());
  return json::object();
}

Answer stream_step(const Call& call) {
  ZOE_TRY(const Session::OpenStream open, read_stream(call));
  ZOE_TRY(const std::uint32_t serial, call.params.number32("serial"));
  ZOE_TRY(const std::int64_t count, call.params.integer("count", -Stream::kMostStep, Stream::kMostStep));
  if (count == 0) return fail(Errc::kInvalidArgument, "params.count: 0 steps nowhere");
  ZOE_TRY(const StreamPosition position, open.stream->step(serial, static_cast<std::int32_t>(count)));
  return position_view(position);
}

Answer stream_loop(const Call& call) {
  ZOE_TRY(const Session::OpenStream open, read_stream(call));
  ZOE_TRY(const bool is_looping, call.params.boolean("is_looping"));
  ZOE_CHECK(open.stream->set_looping(is_looping));
  return json::object();
}

Answer stream_rendition(const Call& call) {
  ZOE_TRY(const Session::OpenStream open, read_stream(call));
  OpenRequest request;
  request.media = open.media;
  request.track = open.track;
  ZOE_TRY(request.rendition, call.params.text("rendition", kMostRendition));
  ZOE_TRY(request.start.serial, call.params.number32("serial"));
  ZOE_TRY(request.start.position_us, call.params.integer("position_us", 0, kMostExact));
  ZOE_TRY(const StreamDescription changed, call.services.streams.change_rendition(*open.stream, request, open.stop));
  return opened_view(open.stream->id(), changed);
}

Answer stream_segments(const Call& call) {
  OpenRequest request;
  ZOE_TRY(const std::string id, call.params.text("media", kMostId));
  ZOE_TRY(request.rendition, call.params.text("rendition", kMostRendition));
  ZOE_TRY(const auto track, call.params.integer_if_any("track", 0, std::numeric_limits<std::int32_t>::max()));
  if (track) request.track = static_cast<int>(*track);
  request.media = call.library().find(id);
  if (!request.media) return fail(Errc::kNotFound, "there is no media \"" + id + "\"");
  ZOE_TRY(const SegmentList list, call.services.streams.segments(request));
  if (list.starts_us.size() > kMostSegmentsTold)
    return fail(Errc::kTooLarge, request.media->title + " has more segments than can be told at once");
  return json{{"rendition", list.rendition},        {"track", stream_track_view(list.track)},
              {"first_pts", list.first_pts},        {"lead", list.lead},
              {"offset_us", list.offset_us},        {"starts_us", list.starts_us},
              {"duration_us", list.duration_us},    {"is_closed", list.is_closed},
              {"first_frames", list.first_frames},  {"frames", list.frames},
              {"version", request.media->version()}};
}

Answer stream_close(const Call& call) {
  ZOE_TRY(const std::uint32_t handle, call.params.number32("stream"));
  ZOE_CHECK(call.session.close_stream(handle));
  return json::object();
}

}  // namespace zoe::server::handlers
