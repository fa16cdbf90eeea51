#include "plugins/transport_http/hls.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/media/subtitles.hpp"
#include "plugins/transport_http/answers.hpp"
#include "plugins/transport_http/codec_text.hpp"
#include "plugins/transport_http/hls_text.hpp"
#include "plugins/transport_http/http_text.hpp"

namespace zoe::transport_http {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t kMostSegmentBytes = std::size_t{96} << 20;
constexpr std::size_t kMostRenditions = 8;            // kept of one connection
constexpr std::size_t kMostTracks = 16;               // of sound, and of subtitles, in a playlist
constexpr std::int64_t kLongestGroupUs = 15'000'000;  // of a source that is sent as it is: seeking waits for as much
constexpr std::string_view kPlaylistType = "application/vnd.apple.mpegurl";

std::optional<std::uint32_t> number_before(std::string_view text, std::string_view ending) {
  if (!text.ends_with(ending)) return std::nullopt;
  text.remove_suffix(ending.size());
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json& list_of(const json& object, const char* name) {
  static const json none = json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : none;
}

// What browsers decode as it is: they are told by name which codec it is, and pass over what they do not know.
bool may_be_copied(const SegmentPlan& plan) {
  const media::TrackInfo& track = plan.track;
  constexpr int kHighProfile = 100;
  if (!plan.is_closed || plan.longest_us() > kLongestGroupUs || codec_text(track).empty()) return false;
  return track.codec != "h264" || (track.profile <= kHighProfile && track.bit_depth == 8);
}

std::string name_of(const json& track, std::size_t number) {
  const std::string title = text_of(track, "title");
  if (!title.empty()) return title;
  const std::string language = text_of(track, "language");
  return language.empty() ? "Track " + std::to_string(number) : language;
}

Response playlist(std::string text) {
  Response response = text_response(200, std::move(text), kPlaylistType);
  response.with("Cache-Control", kRevalidate);
  return response;
}

Response refusal(const Error& error) { return error_response(to_string(error.code), error.message); }

Response not_there() { return error_response("not_found", "there is no such part of this video"); }

// What an address may carry on to those inside a playlist.
std::string suffix_of(const Target& target, const std::string& version) {
  std::string suffix;
  const auto add = [&suffix](std::string_view name, const std::string& value) {
    suffix += (suffix.empty() ? "?" : "&") + std::string(name) + "=" + percent_encoded(value);
  };
  if (!version.empty()) add("v", version);
  if (const auto ticket = target.query.find("ticket"); ticket != target.query.end()) add("ticket", ticket->second);
  return suffix;
}

}  // namespace

asio::awaitable<json> Hls::call(std::string_view method, json params) {
  const auto caller = caller_;
  json answer = co_await caller->ask(method, std::move(params));
  co_return answer;
}

Hls::Answer Hls::answer(const Target& target) {
  const std::string media = target.path[1];
  const std::string what = target.path[2];
  if (target.path.size() == 3) {
    if (what == "master.m3u8") {
      const std::string suffix = suffix_of(target, "");
      Response response = co_await multivariant(media, suffix);
      co_return response;
    }
    constexpr std::string_view kSubtitles = "subtitles-";
    const auto index = what.starts_with(kSubtitles)
                           ? number_before(std::string_view(what).substr(kSubtitles.size()), ".m3u8")
                           : std::nullopt;
    if (!index) co_return not_there();
    Response response = co_await subtitles(target, *index);
    co_return response;
  }
  const auto comma = what.find(',');
  const auto track = comma == std::string::npos ? std::nullopt : number_before(what.substr(0, comma), "");
  constexpr std::uint32_t kMostTrack = 1U << 20;
  if (!track || *track > kMostTrack || target.path.size() != 4) co_return not_there();
  const std::string name = what.substr(comma + 1);
  auto rendition = co_await rendition_of(media, static_cast<int>(*track), name);
  if (!rendition) co_return refusal(rendition.error());
  Response response = co_await part(**rendition, target.path[3], target);
  co_return response;
}

Hls::Answer Hls::multivariant(const std::string& media, const std::string& suffix) {
  json params = json::object();
  params["media"] = media;
  const json answer = co_await call("library.get", std::move(params));
  if (answer.contains("error")) co_return failure_of(answer);
  const json view = answer.value("result", json::object());
  std::vector<HlsVariant> variants;
  std::vector<HlsSound> sounds;
  const int video = view.value("video_track", -1);
  Error last{Errc::kUnsupported, "nothing of this video can be sent to a browser"};
  const json& tracks = list_of(view, "tracks");
  for (const json& track : tracks) {
    const int index = track.value("track", 0);
    if (text_of(track, "kind") != "audio" || sounds.size() >= kMostTracks) continue;
    // As it is where browsers know the codec and the file has its header, else as AAC.
    std::vector<std::string> names{"copy", "aac"};
    for (const std::string& name : names) {
      auto plan = co_await plan_of(media, index, name);
      if (!plan) continue;
      const bool is_known = !codec_text(plan->track).empty() && !plan->track.extradata.empty();
      if (!is_known) continue;
      HlsSound sound;
      sound.track = index;
      sound.plan = std::move(*plan);
      sound.name = name_of(track, sounds.size() + 1);
      for (const HlsSound& other : sounds)
        if (other.name == sound.name) sound.name += " " + std::to_string(sounds.size() + 1);
      sound.language = text_of(track, "language");
      sound.is_default = track.value("is_default", false);
      sounds.push_back(std::move(sound));
      break;
    }
  }
  if (!sounds.empty() && std::none_of(sounds.begin(), sounds.end(), [](const HlsSound& s) { return s.is_default; }))
    sounds.front().is_default = true;
  const double seconds = static_cast<double>(view.value("duration_us", std::int64_t{0})) / 1e6;
  for (const json& rendition : list_of(view, "renditions")) {
    const std::string name = text_of(rendition, "name");
    const bool is_copy = name == "copy";
    if (video < 0 || (!is_copy && !name.starts_with("h264"))) continue;
    auto plan = co_await plan_of(media, video, name);
    if (!plan) {
      last = plan.error();
      continue;
    }
    if (is_copy && !may_be_copied(*plan)) continue;
    HlsVariant variant;
    variant.track = video;
    variant.bit_rate = rendition.value("bit_rate", std::int64_t{0});
    if (variant.bit_rate == 0 && seconds > 0)
      variant.bit_rate = static_cast<std::int64_t>(view.value("size_bytes", 0.0) * 8 / seconds);
    variant.plan = std::move(*plan);
    variants.push_back(std::move(variant));
  }
  if (variants.empty()) co_return refusal(last);
  std::vector<HlsSubtitle> words;
  for (const json& each : list_of(view, "subtitles")) {
    if (words.size() >= kMostTracks) break;
    if (text_of(each, "format") == media::kPictureFormat) continue;  // HLS carries text alone
    HlsSubtitle subtitle;
    subtitle.index = each.value("subtitle", std::int64_t{0});
    subtitle.name = name_of(each, words.size() + 1);
    subtitle.language = text_of(each, "language");
    subtitle.is_forced = each.value("is_forced", false);
    words.push_back(std::move(subtitle));
  }
  const std::string version = variants.front().plan.version;
  std::string with_version = suffix;
  with_version += (suffix.empty() ? "?v=" : "&v=") + percent_encoded(version);
  co_return playlist(multivariant_playlist(variants, sounds, words, with_version));
}

Hls::Answer Hls::subtitles(const Target& target, std::int64_t index) {
  json params = json::object();
  params["media"] = target.path[1];
  const json answer = co_await call("library.get", std::move(params));
  if (answer.contains("error")) co_return failure_of(answer);
  const json view = answer.value("result", json::object());
  const std::string address =
      "/subtitles/" + percent_encoded(target.path[1]) + "/" + std::to_string(index) + ".vtt" + suffix_of(target, "");
  co_return playlist(subtitle_playlist(address, view.value("duration_us", std::int64_t{0})));
}

asio::awaitable<Result<SegmentPlan>> Hls::plan_of(const std::string& media, int track, const std::string& name) {
  json params = json::object();
  params["media"] = media;
  params["track"] = track;
  params["rendition"] = name;
  const json answer = co_await call("stream.segments", std::move(params));
  if (const auto error = answer.find("error"); error != answer.end())
    co_return fail(errc_from_string(text_of(*error, "code")), text_of(*error, "message"));
  co_return parse_plan(answer.value("result", json::object()));
}

asio::awaitable<Result<Hls::Rendition*>> Hls::rendition_of(const std::string& media, int track,
                                                           const std::string& name) {
  const auto known = std::find_if(renditions_.begin(), renditions_.end(), [&](const auto& each) {
    return each->media == media && each->track == track && each->name == name;
  });
  if (known != renditions_.end()) {
    std::rotate(renditions_.begin(), known, known + 1);
    co_return renditions_.front().get();
  }
  auto plan = co_await plan_of(media, track, name);
  if (!plan) co_return fail(plan.error());
  auto cmaf = CmafTrack::create(*plan);
  if (!cmaf) co_return fail(cmaf.error());
  auto made = std::make_unique<Rendition>();
  made->media = media;
  made->track = track;
  made->name = name;
  made->plan = std::move(*plan);
  made->cmaf = std::move(*cmaf);
  renditions_.push_front(std::move(made));
  if (renditions_.size() > kMostRenditions) {
    co_await close_stream(*renditions_.back());
    renditions_.pop_back();
  }
  co_return renditions_.front().get();
}

Hls::Answer Hls::part(Rendition& rendition, const std::string& what, const Target& target) {
  // The file changed since: what is known of it is not true any more.
  const auto version = target.query.find("v");
  if (version != target.query.end() && version->second != rendition.plan.version) {
    co_await close_stream(rendition);
    auto plan = co_await plan_of(rendition.media, rendition.track, rendition.name);
    if (!plan) co_return refusal(plan.error());
    auto cmaf = CmafTrack::create(*plan);
    if (!cmaf) co_return refusal(cmaf.error());
    rendition.plan = std::move(*plan);
    rendition.cmaf = std::move(*cmaf);
    if (version->second != rendition.plan.version)
      co_return error_response("not_found", "the file has changed: load the playlist again");
  }
  const std::string suffix = suffix_of(target, rendition.plan.version);
  if (what == "index.m3u8") {
    const std::string text = media_playlist(rendition.plan, suffix);
    co_return playlist(text);
  }
  const bool has_version = version != target.query.end();
  if (what == "init.mp4") {
    const std::string type = rendition.plan.track.kind == media::TrackKind::kAudio ? "audio/mp4" : "video/mp4";
    Response response = text_response(200, std::string(as_text(rendition.cmaf->header())), type);
    response.with("Cache-Control", has_version ? kForEver : kRevalidate);
    co_return response;
  }
  const auto segment = number_before(what, ".m4s");
  if (!segment || *segment >= rendition.plan.segments()) co_return not_there();
  Response response = co_await fragment(rendition, *segment);
  if (response.status == 200) response.with("Cache-Control", has_version ? kForEver : kRevalidate);
  co_return response;
}

// The stream stands at the segment then, and may send that one and no more.
asio::awaitable<Status> Hls::begin(Rendition& rendition, std::uint32_t segment) {
  const std::int64_t credit = rendition.plan.end_us(segment) - rendition.plan.starts_us[segment];
  json params = json::object();
  params["segment"] = segment;
  params["serial"] = rendition.serial + 1;
  params["credit_us"] = std::max<std::int64_t>(credit, 1);
  if (rendition.stream != 0) {
    json seek = params;
    seek["stream"] = rendition.stream;
    const json sought = co_await call("stream.seek", std::move(seek));
    if (!sought.contains("error")) {
      ++rendition.serial;
      co_return Status();
    }
    co_await close_stream(rendition);
  }
  params["media"] = rendition.media;
  params["track"] = rendition.track;
  params["rendition"] = rendition.name;
  const json opened = co_await call("stream.open", std::move(params));
  if (const auto error = opened.find("error"); error != opened.end())
    co_return fail(errc_from_string(text_of(*error, "code")), text_of(*error, "message"));
  rendition.stream = opened.value("result", json::object()).value("stream", 0U);
  ++rendition.serial;
  co_return Status();
}

asio::awaitable<void> Hls::close_stream(Rendition& rendition) {
  if (rendition.stream == 0) co_return;
  json params = json::object();
  params["stream"] = std::exchange(rendition.stream, 0);
  static_cast<void>(co_await call("stream.close", std::move(params)));
}

Hls::Answer Hls::fragment(Rendition& rendition, std::uint32_t segment) {
  const Status begun = co_await begin(rendition, segment);
  if (!begun) co_return refusal(begun.error());
  const auto caller = caller_;
  auto pulled = co_await caller->pull(rendition.stream, rendition.serial, segment, kMostSegmentBytes);
  if (!pulled) {
    co_await close_stream(rendition);
    co_return refusal(pulled.error());
  }
  Response response;
  rendition.cmaf->write(segment, pulled->packets, response.body);
  response.with("Content-Type", rendition.plan.track.kind == media::TrackKind::kAudio ? "audio/mp4" : "video/mp4");
  co_return response;
}

}  // namespace zoe::transport_http
