#include "plugins/transport_http/segment_plan.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/net/base64.hpp"

namespace zoe::transport_http {
namespace {

using media::TrackInfo;
using nlohmann::json;

Rational fraction_of(const json& object, const char* name, Rational fallback) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array() || found->size() != 2 || !(*found)[0].is_number_integer() ||
      !(*found)[1].is_number_integer())
    return fallback;
  const Rational value{(*found)[0].get<int>(), (*found)[1].get<int>()};
  return value.num > 0 && value.den > 0 ? value : fallback;
}

template <typename T>
T number_of(const json& object, const char* name, T fallback) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<T>() : fallback;
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<TrackInfo> parse_track(const json& view) {
  TrackInfo track;
  track.codec = text_of(view, "codec");
  track.width = number_of(view, "width", 0);
  track.height = number_of(view, "height", 0);
  track.sample_rate = number_of(view, "sample_rate", 0);
  track.channels = number_of(view, "channels", 0);
  track.kind = track.sample_rate > 0 ? media::TrackKind::kAudio : media::TrackKind::kVideo;
  track.time_base = fraction_of(view, "time_base", {0, 1});
  track.frame_rate = fraction_of(view, "frame_rate", {0, 1});
  track.sample_aspect_ratio = fraction_of(view, "sample_aspect_ratio", {1, 1});
  track.rotation_degrees = number_of(view, "rotation_degrees", 0);
  track.bit_depth = number_of(view, "bit_depth", 8);
  track.profile = number_of(view, "profile", -99);
  track.level = number_of(view, "level", -99);
  track.bit_rate = number_of<std::int64_t>(view, "bit_rate", 0);
  track.codec_tag = number_of<std::uint32_t>(view, "codec_tag", 0);
  if (const auto color = view.find("color"); color != view.end() && color->is_object()) {
    track.color.primaries = number_of<std::uint8_t>(*color, "primaries", 2);
    track.color.transfer = number_of<std::uint8_t>(*color, "transfer", 2);
    track.color.matrix = number_of<std::uint8_t>(*color, "matrix", 2);
    track.color.is_full_range = color->value("is_full_range", false);
  }
  ZOE_TRY(track.extradata, net::from_base64(text_of(view, "extradata")));
  if (track.codec.empty() || track.time_base.num <= 0)
    return fail(Errc::kMalformed, "the server describes a track without codec or time base");
  return track;
}

}  // namespace

std::int64_t SegmentPlan::longest_us() const {
  std::int64_t longest = 0;
  for (std::uint32_t i = 0; i < segments(); ++i) longest = std::max(longest, end_us(i) - starts_us[i]);
  return longest;
}

Result<SegmentPlan> parse_plan(const json& result) {
  SegmentPlan plan;
  plan.rendition = text_of(result, "rendition");
  plan.version = text_of(result, "version");
  plan.first_pts = number_of<std::int64_t>(result, "first_pts", 0);
  plan.lead = number_of<std::int64_t>(result, "lead", 0);
  plan.offset_us = number_of<std::int64_t>(result, "offset_us", 0);
  plan.duration_us = number_of<std::int64_t>(result, "duration_us", 0);
  plan.is_closed = result.value("is_closed", false);
  const auto track = result.find("track");
  const auto starts = result.find("starts_us");
  if (track == result.end() || !track->is_object() || starts == result.end() || !starts->is_array() || starts->empty())
    return fail(Errc::kMalformed, "the server's answer tells of no segments");
  ZOE_TRY(plan.track, parse_track(*track));
  plan.starts_us.reserve(starts->size());
  for (const json& each : *starts) {
    if (!each.is_number_integer()) return fail(Errc::kMalformed, "the server's answer tells of no segments");
    plan.starts_us.push_back(each.get<std::int64_t>());
  }
  plan.frames = number_of<std::uint32_t>(result, "frames", 0);
  const auto firsts = result.find("first_frames");
  if (firsts == result.end() || !firsts->is_array() || firsts->size() != starts->size())
    return fail(Errc::kMalformed, "the server's answer does not count its frames");
  plan.first_frames.reserve(firsts->size());
  for (const json& each : *firsts) {
    if (!each.is_number_unsigned()) return fail(Errc::kMalformed, "the server's answer does not count its frames");
    plan.first_frames.push_back(each.get<std::uint32_t>());
  }
  return plan;
}

}  // namespace zoe::transport_http
