#include "server/library/media_json.hpp"

#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

namespace zoe::server {
namespace {

using nlohmann::json;

json rational_to_json(Rational value) { return json::array({value.num, value.den}); }

Rational rational_from_json(const json& value) {
  const Rational out{value.at(0).get<std::int32_t>(), value.at(1).get<std::int32_t>()};
  if (out.den <= 0) throw std::runtime_error("a fraction's denominator is not above 0");
  return out;
}

json track_to_json(const media::TrackInfo& track) {
  return {
      {"kind", static_cast<int>(track.kind)},
      {"stream", track.stream_index},
      {"codec", track.codec},
      {"width", track.width},
      {"height", track.height},
      {"time_base", rational_to_json(track.time_base)},
      {"frame_rate", rational_to_json(track.frame_rate)},
      {"sar", rational_to_json(track.sample_aspect_ratio)},
      {"rotation", track.rotation_degrees},
      {"color", {track.color.primaries, track.color.transfer, track.color.matrix, track.color.is_full_range ? 1 : 0}},
      {"bit_depth", track.bit_depth},
      {"start", track.start},
      {"duration", track.duration},
      {"extradata", bytes_to_hex(as_text(track.extradata))},
      {"profile", track.profile},
      {"level", track.level},
      {"bit_rate", track.bit_rate},
      {"sample_rate", track.sample_rate},
      {"channels", track.channels},
      {"language", bytes_to_hex(track.language)},
      {"title", bytes_to_hex(track.title)},
      {"is_default", track.is_default},
      {"is_picture", track.is_attached_picture},
      {"tag", track.codec_tag},
      {"coded_bits", track.bits_per_coded_sample},
      {"pixel_format", track.pixel_format}};
}

media::TrackInfo track_from_json(const json& value) {
  media::TrackInfo track;
  const int kind = value.at("kind").get<int>();
  if (kind < 1 || kind > 3) throw std::runtime_error("unknown kind of track");
  track.kind = static_cast<media::TrackKind>(kind);
  value.at("stream").get_to(track.stream_index);
  value.at("codec").get_to(track.codec);
  value.at("width").get_to(track.width);
  value.at("height").get_to(track.height);
  track.time_base = rational_from_json(value.at("time_base"));
  track.frame_rate = rational_from_json(value.at("frame_rate"));
  track.sample_aspect_ratio = rational_from_json(value.at("sar"));
  value.at("rotation").get_to(track.rotation_degrees);
  const json& color = value.at("color");
  track.color = {color.at(0).get<std::uint8_t>(), color.at(1).get<std::uint8_t>(), color.at(2).get<std::uint8_t>(),
                 color.at(3).get<int>() != 0};
  value.at("bit_depth").get_to(track.bit_depth);
  value.at("start").get_to(track.start);
  value.at("duration").get_to(track.duration);
  const std::string extradata = bytes_from_hex(value.at("extradata").get_ref<const std::string&>());
  track.extradata.assign(extradata.begin(), extradata.end());
  value.at("profile").get_to(track.profile);
  value.at("level").get_to(track.level);
  value.at("bit_rate").get_to(track.bit_rate);
  value.at("sample_rate").get_to(track.sample_rate);
  value.at("channels").get_to(track.channels);
  track.language = bytes_from_hex(value.at("language").get_ref<const std::string&>());
  track.title = bytes_from_hex(value.at("title").get_ref<const std::string&>());
  value.at("is_default").get_to(track.is_default);
  value.at("is_picture").get_to(track.is_attached_picture);
  value.at("tag").get_to(track.codec_tag);
  value.at("coded_bits").get_to(track.bits_per_coded_sample);
  value.at("pixel_format").get_to(track.pixel_format);
  return track;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  throw std::runtime_error("not a hexadecimal digit");
}

}  // namespace

std::string bytes_to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::string bytes_from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) throw std::runtime_error("half a byte");
  std::string out;
  out.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2)
    out.push_back(static_cast<char>(digit_of(hex[i]) * 16 + digit_of(hex[i + 1])));
  return out;
}

json media_to_json(const media::MediaInfo& info) {
  json tracks = json::array();
  for (const media::TrackInfo& track : info.tracks) tracks.push_back(track_to_json(track));
  json chapters = json::array();
  for (const media::Chapter& chapter : info.chapters)
    chapters.push_back(json::array({chapter.start_us, chapter.end_us, bytes_to_hex(chapter.title)}));
  return {{"container", info.container}, {"title", bytes_to_hex(info.title)}, {"duration_us", info.duration_us},
          {"bit_rate", info.bit_rate},   {"tracks", std::move(tracks)},       {"chapters", std::move(chapters)}};
}

media::MediaInfo media_from_json(const json& value) {
  media::MediaInfo info;
  value.at("container").get_to(info.container);
  info.title = bytes_from_hex(value.at("title").get_ref<const std::string&>());
  value.at("duration_us").get_to(info.duration_us);
  value.at("bit_rate").get_to(info.bit_rate);
  for (const json& track : value.at("tracks")) info.tracks.push_back(track_from_json(track));
  for (const json& chapter : value.at("chapters"))
    info.chapters.push_back({chapter.at(0).get<std::int64_t>(), chapter.at(1).get<std::int64_t>(),
                             bytes_from_hex(chapter.at(2).get_ref<const std::string&>())});
  return info;
}

}  // namespace zoe::server
