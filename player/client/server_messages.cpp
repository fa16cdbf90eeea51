#include "player/client/server_messages.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/net/base64.hpp"
#include "engine/net/json.hpp"
#include "player/client/json_fields.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostExact = (std::int64_t{1} << 53) - 1;  // what JSON's numbers hold exactly
constexpr std::size_t kMostPath = 16'384;
constexpr std::size_t kMostVersion = 128;
constexpr std::size_t kMostExtradata = 2U << 20;
constexpr int kMostSide = 32'768;
constexpr int kMostSampleRate = 768'000;
constexpr int kMostChannels = 64;
constexpr std::int64_t kMostBitRate = 100'000'000'000;
constexpr int kMostTrackIndex = 100'000;
constexpr std::size_t kMostTrackText = 1024;
constexpr std::uint32_t kMostSegments = 20'000'000;

Role role_of(const std::string& name) {
  if (name == "admin") return Role::kAdmin;
  return name == "member" ? Role::kMember : Role::kGuest;
}

Status parse_progress(const json& object, LibraryItem& item) {
  Fields fields(object, "progress");
  item.progress_us = fields.integer("position_us", 0, INT64_MAX);
  item.resume_us = fields.integer("resume_us", 0, INT64_MAX);
  item.is_watched = fields.boolean("is_watched");
  if (!fields.is_ok()) return fail(fields.error());
  return {};
}

}  // namespace

Result<LibraryItem> parse_library_item(const json& object) {
  Fields fields(object, "media");
  LibraryItem item;
  item.media = fields.text("media", 256);
  item.title = fields.text("title");
  item.path = fields.text("path", kMostPath);
  item.root = fields.text_or_none("root", kMostFieldText);
  item.folder = fields.text_or_none("folder", kMostPath);
  item.poster = fields.text_or_none("poster", kMostVersion);
  item.size_bytes = fields.integer("size_bytes", 0, INT64_MAX);
  item.duration_us = fields.integer("duration_us", 0, INT64_MAX);
  item.width = static_cast<int>(fields.integer("width", 0, INT32_MAX));
  item.height = static_cast<int>(fields.integer("height", 0, INT32_MAX));
  item.codec = fields.text("codec", 64);
  item.frame_rate = fields.fraction("frame_rate");
  item.added_utc_ns = fields.integer("added_utc_ns", INT64_MIN, INT64_MAX);
  item.has_audio = fields.boolean("has_audio");
  item.is_hdr = fields.boolean("is_hdr");
  if (!fields.is_ok()) return fail(fields.error());
  // What only a newer server tells, and only to who has an account.
  if (const auto favourite = object.find("is_favourite"); favourite != object.end() && favourite->is_boolean())
    item.is_favourite = favourite->get<bool>();
  if (const auto progress = object.find("progress"); progress != object.end())
    ZOE_CHECK(parse_progress(*progress, item));
  return item;
}

namespace {

media::ColorInfo parse_color(Fields& track) {
  const json* object = track.find("color");
  if (object == nullptr) return {};
  Fields fields(*object, "track.color");
  media::ColorInfo color;
  color.primaries = static_cast<std::uint8_t>(fields.integer("primaries", 0, 255));
  color.transfer = static_cast<std::uint8_t>(fields.integer("transfer", 0, 255));
  color.matrix = static_cast<std::uint8_t>(fields.integer("matrix", 0, 255));
  color.is_full_range = fields.boolean("is_full_range");
  if (!fields.is_ok()) track.complain("color", "is malformed");
  return color;
}

Result<media::TrackInfo> parse_track(const json& object) {
  Fields fields(object, "track");
  media::TrackInfo track;
  track.codec = fields.text("codec", 64);
  const auto has = [&](const char* key) { return object.is_object() && object.contains(key); };
  if (has("sample_rate")) {
    track.kind = media::TrackKind::kAudio;
    track.sample_rate = static_cast<int>(fields.integer("sample_rate", 1, kMostSampleRate));
    track.channels = static_cast<int>(fields.integer("channels", 1, kMostChannels));
  } else {
    track.width = static_cast<int>(fields.integer("width", 1, kMostSide));
    track.height = static_cast<int>(fields.integer("height", 1, kMostSide));
  }
  track.time_base = fields.fraction("time_base");
  if (track.time_base.is_zero()) fields.complain("time_base", "is zero");
  track.frame_rate = fields.fraction("frame_rate");
  track.sample_aspect_ratio = fields.fraction("sample_aspect_ratio");
  if (track.sample_aspect_ratio.is_zero()) track.sample_aspect_ratio = {1, 1};
  track.rotation_degrees = static_cast<int>(fields.integer("rotation_degrees", 0, 359));
  if (track.rotation_degrees % 90 != 0) fields.complain("rotation_degrees", "is no quarter turn");
  track.color = parse_color(fields);
  if (object.is_object() && object.contains("bit_depth")) {
    track.bit_depth = static_cast<int>(fields.integer("bit_depth", 1, 16));
  }
  track.start = fields.integer("start", -kMostExact * 64, kMostExact * 64);
  track.duration = fields.integer("duration", 0, kMostExact * 64);
  track.profile = static_cast<int>(fields.integer("profile", INT32_MIN, INT32_MAX));
  track.level = static_cast<int>(fields.integer("level", INT32_MIN, INT32_MAX));
  const std::string extradata = fields.text("extradata", kMostExtradata);
  if (has("codec_tag")) track.codec_tag = static_cast<std::uint32_t>(fields.integer("codec_tag", 0, UINT32_MAX));
  if (has("bits_per_coded_sample"))
    track.bits_per_coded_sample = static_cast<int>(fields.integer("bits_per_coded_sample", 0, 256));
  if (has("pixel_format")) track.pixel_format = fields.text("pixel_format", 31);
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(track.extradata, net::from_base64(extradata));
  return track;
}

const char* name_of(LibrarySort sort) {
  switch (sort) {
    case LibrarySort::kTitle:
      return "title";
    case LibrarySort::kDuration:
      return "duration";
    case LibrarySort::kAdded:
      return "added";
    case LibrarySort::kSize:
      return "size";
  }
  return "title";
}

std::int64_t exact(std::int64_t value) { return std::clamp<std::int64_t>(value, 0, kMostExact); }

}  // namespace

Result<ServerInfo> parse_server_info(const json& result) {
  Fields fields(result, "server.info");
  ServerInfo info;
  info.name = fields.text("name");
  info.version = fields.text("version");
  if (const json* object = fields.find("auth")) {
    Fields auth(*object, "server.info.auth");
    info.can_log_in = auth.boolean("can_log_in");
    info.can_register = auth.boolean("can_register");
    info.is_guest = auth.boolean("is_guest");
    info.code_makes_admin = auth.boolean("code_makes_admin");
    if (object->is_object() && object->contains("needs_invite")) info.needs_invite = auth.boolean("needs_invite");
    if (!auth.is_ok()) return fail(auth.error());
  }
  if (!fields.is_ok()) return fail(fields.error());
  return info;
}

Result<SignedIn> parse_signed_in(const json& result) {
  Fields fields(result, "sign-in");
  SignedIn signed_in;
  if (result.is_object() && result.contains("token")) signed_in.token = fields.text("token");
  if (const json* object = fields.find("principal")) {
    Fields principal(*object, "principal");
    signed_in.principal.name = principal.text("name");
    signed_in.principal.role = role_of(principal.text("role"));
    if (!principal.is_ok()) return fail(principal.error());
  }
  if (!fields.is_ok()) return fail(fields.error());
  return signed_in;
}

Result<LibraryPage> parse_library_page(const json& result) {
  Fields fields(result, "library.list");
  LibraryPage page;
  page.total = fields.integer("total", 0, INT64_MAX);
  const json* items = fields.find("items");
  if (items != nullptr && !items->is_array()) fields.complain("items", "is not a list");
  if (const json* object = fields.find("scan")) {
    Fields scan(*object, "scan");
    page.is_scanning = scan.boolean("is_running");
    page.scan_done = scan.integer("done", 0, INT64_MAX);
    page.scan_total = scan.integer("total", 0, INT64_MAX);
    if (!scan.is_ok()) return fail(scan.error());
  }
  if (!fields.is_ok()) return fail(fields.error());
  page.items.reserve(items->size());
  for (const json& object : *items) {
    ZOE_TRY(LibraryItem item, parse_library_item(object));
    page.items.push_back(std::move(item));
  }
  return page;
}

Result<StreamInfo> parse_stream_info(const json& result) {
  Fields fields(result, "stream");
  StreamInfo info;
  info.stream = fields.number32("stream");
  info.serial = fields.number32("serial");
  info.rendition = fields.text("rendition");
  info.segments = static_cast<std::uint32_t>(fields.integer("segments", 1, kMostSegments));
  info.duration_us = fields.integer("duration_us", 0, INT64_MAX);
  info.start_us = fields.integer("start_us", INT64_MIN, INT64_MAX);
  const json* track = fields.find("track");
  if (info.stream == 0) fields.complain("stream", "is 0");
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(info.track, parse_track(*track));
  return info;
}

Result<std::vector<SoundTrack>> parse_sounds(const json& result) {
  const auto tracks = result.find("tracks");
  if (tracks == result.end() || !tracks->is_array()) return fail(Errc::kMalformed, "library.get: tracks is missing");
  std::vector<SoundTrack> sounds;
  for (const json& object : *tracks) {
    Fields fields(object, "track");
    if (fields.text("kind", kMostTrackText) != "audio") continue;
    sounds.push_back({.track = static_cast<int>(fields.integer("track", 0, kMostTrackIndex)),
                      .language = fields.text("language", kMostTrackText),
                      .title = fields.text("title", kMostTrackText),
                      .codec = fields.text("codec", kMostTrackText),
                      .channels = static_cast<int>(fields.integer("channels", 0, kMostChannels)),
                      .is_default = fields.boolean("is_default")});
    if (!fields.is_ok()) return fail(fields.error());
    if (sounds.size() == kMostSounds) break;
  }
  return sounds;
}

Result<std::vector<RenditionOffer>> parse_renditions(const json& result) {
  const auto list = result.find("renditions");
  if (list == result.end() || !list->is_array()) return fail(Errc::kMalformed, "library.get: renditions is missing");
  std::vector<RenditionOffer> offers;
  for (const json& object : *list) {
    Fields fields(object, "rendition");
    offers.push_back({.name = fields.text("name", kMostTrackText),
                      .bits_per_s = fields.integer("bit_rate", 0, kMostBitRate),
                      .width = static_cast<int>(fields.integer("width", 0, kMostSide)),
                      .height = static_cast<int>(fields.integer("height", 0, kMostSide))});
    if (!fields.is_ok()) return fail(fields.error());
    if (offers.size() == kMostRenditions) break;
  }
  return offers;
}

Result<SeekReply> parse_seek_reply(const json& result) {
  Fields fields(result, "stream.seek");
  SeekReply reply;
  reply.serial = fields.number32("serial");
  reply.segment = fields.number32("segment");
  reply.position_us = fields.integer("position_us", INT64_MIN, INT64_MAX);
  if (!fields.is_ok()) return fail(fields.error());
  return reply;
}

Result<StreamFailure> parse_stream_failure(const json& event) {
  Fields fields(event, "stream.failed");
  StreamFailure failure;
  failure.stream = fields.number32("stream");
  failure.serial = fields.number32("serial");
  failure.error.code = errc_from_string(fields.text("code", 64));
  failure.error.message = fields.text("message");
  if (!fields.is_ok()) return fail(fields.error());
  return failure;
}

std::string open_params(const StreamRequest& request) {
  json params = {{"media", request.media},           {"rendition", request.rendition},
                 {"rate", request.rate.to_string()}, {"is_looping", request.is_looping},
                 {"serial", request.serial},         {"credit_us", exact(request.credit_us)}};
  if (request.track) params["track"] = *request.track;
  if (request.segment) {
    params["segment"] = *request.segment;
  } else {
    params["position_us"] = exact(request.position_us);
  }
  if (request.max_fps > 0) params["max_fps"] = request.max_fps;
  return net::to_text(params);
}

std::string seek_params(const SeekRequest& request) {
  json params = {{"stream", request.stream},
                 {"serial", request.serial},
                 {"rate", request.rate.to_string()},
                 {"credit_us", exact(request.credit_us)}};
  if (request.segment) {
    params["segment"] = *request.segment;
  } else {
    params["position_us"] = exact(request.position_us);
  }
  return net::to_text(params);
}

std::string rate_params(std::uint32_t stream, Rational rate, int max_fps) {
  return net::to_text({{"stream", stream}, {"rate", rate.to_string()}, {"max_fps", max_fps}});
}

std::string loop_params(std::uint32_t stream, bool is_looping) {
  return net::to_text({{"stream", stream}, {"is_looping", is_looping}});
}

std::string close_params(std::uint32_t stream) { return net::to_text({{"stream", stream}}); }

std::string library_params(const LibraryQuery& query, std::int64_t offset, std::int64_t limit) {
  json params = {{"search", query.search},
                 {"sort", name_of(query.sort)},
                 {"is_descending", query.is_descending},
                 {"offset", offset},
                 {"limit", limit}};
  if (!query.root.empty()) params["root"] = query.root;
  if (!query.folder.empty()) params["folder"] = query.folder;
  return net::to_text(params);
}

std::string close_file_params(std::uint32_t file) { return net::to_text({{"file", file}}); }

std::string file_params(const std::string& params, std::uint32_t chunk_bytes, std::uint64_t credit_bytes) {
  json all = params.empty() ? json::object() : json::parse(params, nullptr, false);
  if (!all.is_object()) all = json::object();
  all["chunk_bytes"] = chunk_bytes;
  all["credit_bytes"] = credit_bytes;
  return net::to_text(all);
}

std::string transfer_params(const std::string& params, std::uint64_t offset, std::uint32_t chunk_bytes) {
  json all = params.empty() ? json::object() : json::parse(params, nullptr, false);
  if (!all.is_object()) all = json::object();
  all["offset"] = offset;
  all["chunk_bytes"] = chunk_bytes;
  return net::to_text(all);
}

std::string text_params(std::initializer_list<std::pair<std::string_view, std::string_view>> texts) {
  json params = json::object();
  for (const auto& [key, value] : texts) {
    if (!value.empty()) params[std::string(key)] = value;
  }
  return net::to_text(params);
}

}  // namespace zoe::player
