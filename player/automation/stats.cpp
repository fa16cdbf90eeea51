#include "player/automation/stats.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/core/file.hpp"
#include "player/automation/script.hpp"

namespace zoe::player {
namespace {

using nlohmann::ordered_json;

ordered_json span_json(const TimeSpan& span) { return ordered_json::array({span.from_us, span.to_us}); }

// Median, 95th and 99th percentile and the largest.
ordered_json distribution(std::vector<double> values) {
  ordered_json result = {{"count", values.size()}};
  if (values.empty()) return result;
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) { return values[static_cast<std::size_t>(share * double(values.size() - 1))]; };
  result["p50"] = at(0.5);
  result["p95"] = at(0.95);
  result["p99"] = at(0.99);
  result["max"] = values.back();
  return result;
}

ordered_json playback_json(const PlaybackSnapshot& now) {
  return {{"state", to_string(now.state)},
          {"error", now.error},
          {"media", now.media},
          {"title", now.title},
          {"rendition", now.rendition},
          {"adaptive",
           {{"rendition", now.adaptive.rendition},
            {"rung", now.adaptive.rung},
            {"rungs", now.adaptive.rungs},
            {"line_bits_per_s", now.adaptive.line_bits_per_s},
            {"changes", now.adaptive.changes}}},
          {"codec", now.track.codec},
          {"width", now.track.width},
          {"height", now.track.height},
          {"frame_rate", now.track.frame_rate.to_double()},
          {"segments", now.segments},
          {"duration_us", now.duration_us},
          {"position_us", now.position_us},
          {"segment", now.position_segment},
          {"ordinal", now.position_ordinal},
          {"rate", now.rate.to_double()},
          {"is_looping", now.is_looping},
          {"is_paused", now.is_paused}};
}

ordered_json ring_json(const PlaybackSnapshot::Ring& ring) {
  return {{"capacity", ring.capacity},
          {"frames", ring.places.size()},
          {"playhead", ring.playhead},
          {"ahead", ring.ahead},
          {"behind", ring.behind},
          {"staged", ring.staged},
          {"bytes", ring.bytes},
          {"budget_bytes", ring.budget_bytes},
          {"held_us", span_json(ring.held)}};
}

ordered_json packets_json(const PlaybackSnapshot::Packets& packets) {
  ordered_json held = ordered_json::array();
  for (const TimeSpan& span : packets.held) held.push_back(span_json(span));
  return {{"segments", packets.segments.size()},
          {"bytes", packets.bytes},
          {"budget_bytes", packets.budget_bytes},
          {"ahead_us", packets.ahead_us},
          {"held_us", std::move(held)}};
}

ordered_json counters_json(const PlaybackSnapshot& now) {
  const PlaybackSnapshot::Counters& c = now.counters;
  return {{"received_packets", c.received_packets},
          {"decoded", c.decoded},
          {"shown", c.shown},
          {"late", c.late},
          {"dropped", c.dropped},
          {"skipped", c.skipped},
          {"stalls", c.stalls},
          {"damaged", c.damaged},
          {"stale", c.stale},
          {"seeks", c.seeks},
          {"decode_fps", now.decode_fps},
          {"shown_fps", now.shown_fps}};
}

ordered_json network_json(const PlaybackSnapshot& now, const LinkSnapshot& link) {
  const PlaybackSnapshot::Network& network = now.network;
  return {{"link", script::to_string(link.state)},
          {"server", link.server_name},
          {"is_encrypted", link.is_encrypted},
          {"error", link.error},
          {"serial", network.serial},
          {"granted_us", network.granted_us},
          {"received_us", network.received_us},
          {"received_bytes", network.received_bytes},
          {"bytes_per_second", network.bytes_per_second},
          {"round_trip_us", network.round_trip_us},
          {"reconnects", network.reconnects}};
}

ordered_json sound_json(const PlaybackSnapshot::Sound& sound) {
  return {{"tracks", sound.tracks.size()},
          {"track", sound.track ? ordered_json(*sound.track) : ordered_json(nullptr)},
          {"has_device", sound.has_device},
          {"is_heard", sound.is_heard},
          {"volume", sound.volume},
          {"is_muted", sound.is_muted},
          {"error", sound.error},
          {"packet_bytes", sound.bytes},
          {"buffered_ms", static_cast<double>(sound.buffered_us) / 1e3},
          {"latency_ms", static_cast<double>(sound.latency_us) / 1e3},
          {"clock_error_ms", static_cast<double>(sound.lateness_us) / 1e3},
          {"device_speed", sound.device_speed},
          {"underruns", sound.underruns},
          {"alignments", sound.alignments}};
}

ordered_json times_json(const PlaybackSnapshot& now) {
  std::vector<double> intervals;
  std::vector<double> lateness;
  std::vector<double> decode;
  std::vector<double> upload;
  for (const ShownFrame& frame : now.recent) {
    intervals.push_back(frame.interval_ms);
    lateness.push_back(frame.lateness_ms);
    decode.push_back(frame.decode_ms);
    upload.push_back(frame.upload_ms);
  }
  return {{"interval_ms", distribution(std::move(intervals))},
          {"lateness_ms", distribution(std::move(lateness))},
          {"decode_ms", distribution(std::move(decode))},
          {"upload_ms", distribution(std::move(upload))}};
}

const char* holder_name(render::SlotHolder holder) {
  switch (holder) {
    case render::SlotHolder::kFree:
      return "free";
    case render::SlotHolder::kWriter:
      return "writer";
    case render::SlotHolder::kReady:
      return "ready";
    case render::SlotHolder::kReader:
      return "reader";
  }
  return "?";
}

ordered_json screen_json(const StatsSource& source) {
  ordered_json slots = ordered_json::array();
  for (const render::SlotState& slot : source.slots) {
    slots.push_back({{"holder", holder_name(slot.holder)},
                     {"has_frame", slot.has_frame},
                     {"pts_us", slot.pts_us},
                     {"bytes", slot.size_bytes}});
  }
  std::vector<double> renders;
  std::vector<double> swaps;
  for (std::size_t age = 0; age < source.draws.kept(); ++age) {
    renders.push_back(static_cast<double>(source.draws.newest(age).render_ns) / 1e6);
    swaps.push_back(static_cast<double>(source.draws.newest(age).swap_ns) / 1e6);
  }
  std::vector<double> overlays;
  for (std::size_t i = 0; source.overlays != nullptr && i < source.overlays->kept(); ++i)
    overlays.push_back(static_cast<double>(source.overlays->at(i)) / 1e6);
  return {{"gl_renderer", source.gl_renderer},
          {"draws", source.draws.count()},
          {"overlay_ms", distribution(std::move(overlays))},
          {"render_ms", distribution(std::move(renders))},
          {"swap_ms", distribution(std::move(swaps))},
          {"uploaded", source.uploads.uploaded},
          {"replaced", source.uploads.replaced},
          {"texture_slots", std::move(slots)}};
}

const char* class_name(TrackClass kind) {
  switch (kind) {
    case TrackClass::kPlayer:
      return "player";
    case TrackClass::kKeeper:
      return "keeper";
    case TrackClass::kReferee:
      return "referee";
    case TrackClass::kBall:
      return "ball";
    case TrackClass::kOther:
      break;
  }
  return "other";
}

ordered_json overlay_json(const DrawnAnalysis& overlay) {
  ordered_json objects = ordered_json::array();
  for (const DrawnObject& each : overlay.objects) {
    const char* const team = each.team == Team::kA ? "a" : each.team == Team::kB ? "b" : "";
    objects.push_back({{"id", each.id},
                       {"class", class_name(each.kind)},
                       {"team", team},
                       {"box", {each.box.x, each.box.y, each.box.w, each.box.h}}});
  }
  return {{"time_us", overlay.time_us}, {"objects", std::move(objects)}};
}

ordered_json marks_json(const std::vector<MarkedMoment>& marks) {
  ordered_json result = ordered_json::array();
  for (const MarkedMoment& mark : marks) {
    result.push_back({{"name", mark.name},
                      {"at_ms", mark.at_ms},
                      {"position_us", mark.position_us},
                      {"shown", mark.shown},
                      {"late", mark.late},
                      {"dropped", mark.dropped},
                      {"overlay", overlay_json(mark.overlay)}});
  }
  return result;
}

}  // namespace

std::string stats_json(const StatsSource& source) {
  const PlaybackSnapshot& now = source.playback;
  ordered_json seeks = ordered_json::array();
  for (const float ms : now.seek_ms) seeks.push_back(ms);
  const ordered_json root = {{"running_ms", source.running_ms},
                             {"start",
                              {{"link_ready_ms", now.start.link_ready_ms},
                               {"opened_ms", now.start.opened_ms},
                               {"first_packet_ms", now.start.first_packet_ms},
                               {"first_decoded_ms", now.start.first_decoded_ms},
                               {"window_ms", source.window_ms},
                               {"start_to_first_frame_ms", now.start_to_first_frame_ms}}},
                             {"seek_to_exact_frame_ms", std::move(seeks)},
                             {"playback", playback_json(now)},
                             {"counters", counters_json(now)},
                             {"ring", ring_json(now.ring)},
                             {"packets", packets_json(now.packets)},
                             {"network", network_json(now, source.link)},
                             {"sound", sound_json(now.sound)},
                             {"frames", times_json(now)},
                             {"screen", screen_json(source)},
                             {"marks", marks_json(source.marks)}};
  return root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

StatsFile::StatsFile(std::string path, Log& log) : path_(std::move(path)), log_(log) {}

StatsFile::~StatsFile() {
  pool_.stop();
  flush();
}

void StatsFile::write(std::string text) {
  {
    const MutexLock lock(mutex_);
    waiting_ = std::move(text);
  }
  static_cast<void>(pool_.post([this] { flush(); }));
}

void StatsFile::flush() {
  const MutexLock file_lock(file_mutex_);
  std::string text;
  {
    const MutexLock lock(mutex_);
    text.swap(waiting_);
  }
  if (text.empty()) return;
  if (const Status written = write_file_atomic(path_, as_bytes(text)); !written)
    log_.error("player", "{}", written.error().message);
}

}  // namespace zoe::player
