// What a client makes of its stream: opening it, on the first connection and on later ones, playing, seeking.
#include <algorithm>
#include <cmath>
#include <string>

#include <nlohmann/json.hpp>

#include "engine/media/track.hpp"
#include "tests/load/load_client.hpp"

namespace zoe::load {
namespace {

constexpr std::uint64_t kGrantStepUs = 250'000;                      // as the player does
constexpr std::uint64_t kMostCredit = (std::uint64_t{1} << 53) - 1;  // that JSON says exactly

}  // namespace

std::int64_t LoadClient::random_position_us() {
  return std::uniform_int_distribution<std::int64_t>(0,
                                                     std::max<std::int64_t>(run_.duration_us - frame_us_, 0))(random_);
}

std::uint64_t LoadClient::ahead_us() const {
  // In reverse the first frame of a segment to be shown is the last one to come: while one plays, all of the next must
  // be on its way. Segments are not equally long, hence three.
  const double reverse_us = role_ == Role::kReverse ? 3.0 * static_cast<double>(segment_us_) : 0;
  const double forward_us = (run_.options.ahead_s + run_.options.buffer_s) * 1e6;
  return static_cast<std::uint64_t>((forward_us + reverse_us) * std::abs(rate())) + preroll_us_;
}

nlohmann::json LoadClient::open_params() const {
  const bool is_channel = run_.channel.has_value();
  nlohmann::json params{
      {"media", is_channel ? run_.channel->media[run_.channel->programme.item_of(number_)] : run_.media},
      {"rendition", run_.options.rendition},
      {"rate", std::to_string(static_cast<int>(rate()))},
      {"is_looping", !is_channel},
      {"credit_us", granted_us_},
      {"serial", serial_}};
  if (run_.options.max_fps > 0) params["max_fps"] = run_.options.max_fps;
  return params;
}

void LoadClient::open_stream() {
  state_ = State::kOpening;
  granted_us_ = role_ == Role::kStalled ? kMostCredit : ahead_us();
  if (run_.channel) return tune_in();
  begin_us_ = random_position_us();
  continuity_.begin(heading());
  nlohmann::json params = open_params();
  params["position_us"] = begin_us_;
  request("stream.open", params);
}

// Where what it holds ends. Part of the first segment is held already, and is granted once more.
void LoadClient::reopen_stream() {
  state_ = State::kOpening;
  const Continuity::Reopening at = continuity_.reopen();
  if (at.went_round && run_.channel) return go_over();
  if (at.went_round) playhead_.went_round();
  preroll_us_ = 0;
  granted_us_ = ahead_us() + static_cast<std::uint64_t>(segment_us_);
  nlohmann::json params = open_params();
  if (at.segment) {
    params["segment"] = *at.segment;
  } else {
    params["position_us"] = begin_us_;
  }
  request("stream.open", params);
}

void LoadClient::on_opened(const nlohmann::json& result) {
  const auto ratio = [](const nlohmann::json& value, Rational fallback) {
    if (!value.is_array() || value.size() != 2 || !value[0].is_number_integer() || !value[1].is_number_integer() ||
        value[1].get<std::int64_t>() <= 0)
      return fallback;
    return Rational::make(value[0].get<std::int64_t>(), value[1].get<std::int64_t>());
  };
  const nlohmann::json track = result.value("track", nlohmann::json::object());
  stream_ = result.value("stream", 0U);
  time_base_ = ratio(track.value("time_base", nlohmann::json()), {1, 1});
  start_pts_ = track.value("start", std::int64_t{0});
  run_.duration_us = result.value("duration_us", run_.duration_us);
  const std::int64_t segments = std::max<std::int64_t>(result.value("segments", std::int64_t{1}), 1);
  segment_us_ = std::max(segment_us_, run_.duration_us / segments);
  const Rational fps = ratio(track.value("frame_rate", nlohmann::json()), {30, 1});
  if (fps.num > 0) frame_us_ = std::int64_t{1'000'000} * fps.den / fps.num;
  continuity_.set_segments(static_cast<std::uint32_t>(segments));
  state_ = State::kPlaying;
  if (!has_opened_) {
    has_opened_ = true;
    start_playhead();
    if (run_.channel) on_tuned_in(result.value("start_us", std::int64_t{0}));
    return;
  }
  // In reverse the media of a segment is sent from its end on.
  const std::int64_t start_us = base_us_ + result.value("start_us", std::int64_t{0});
  if (playhead_.is_running())
    sent_base_us_ = std::max<std::int64_t>(playhead_.distance_us(start_us) - (rate() < 0 ? segment_us_ : 0), 0);
  if (seek_target_us_ >= 0)
    preroll_us_ = static_cast<std::uint64_t>(std::max<std::int64_t>(seek_target_us_ - start_us, 0));
  grant();
}

void LoadClient::start_playhead() {
  playhead_.start(rate(), run_.duration_us, static_cast<std::int64_t>(run_.options.buffer_s * 1e9));
  sent_base_us_ = 0;
}

void LoadClient::on_run(const net::Header& header, const net::RunHeader& run) {
  if (state_ != State::kPlaying || header.stream != stream_ || header.serial != serial_) return;
  if ((header.flags & net::kRunLooped) != 0) playhead_.went_round();
  continuity_.run(run.segment, run.first_ordinal, header.flags);
}

void LoadClient::on_packet(const net::Header& header, const media::PacketRecord& record) {
  if (state_ != State::kPlaying || header.stream != stream_ || header.serial != serial_) return;
  note_moved();
  const Continuity::Found found = continuity_.packet(record.ordinal);
  report_continuity();
  if (found != Continuity::Found::kNew || record.pts == media::kNoTimestamp ||
      (record.flags & media::kPacketDiscard) != 0)
    return;
  const std::int64_t position_us = base_us_ + media::ticks_to_us(record.pts - start_pts_, time_base_);
  if (position_us < live_from_us_) return;
  // In reverse, what lies behind the place where the stream began comes only when its segment comes again.
  if (role_ == Role::kReverse && continuity_.is_in_first_segment() && position_us > begin_us_) return;
  if (role_ == Role::kReverse)
    held_back_.push_back(position_us);
  else
    frame_came(position_us);
}

void LoadClient::on_run_end(const net::Header& header) {
  if (state_ != State::kPlaying || header.stream != stream_ || header.serial != serial_) return;
  continuity_.end_run(header.flags);
  report_continuity();
  if (run_.channel && (header.flags & net::kRunEnd) != 0) {
    closing_id_ = request("stream.close", {{"stream", stream_}});
    go_over();
  }
  if (role_ != Role::kReverse || (header.flags & net::kRunSegmentEnd) == 0) return;
  std::sort(held_back_.rbegin(), held_back_.rend());
  for (const std::int64_t position_us : held_back_) frame_came(position_us);
  held_back_.clear();
}

void LoadClient::frame_came(std::int64_t position_us) {
  const std::int64_t now_ns = run_.clock.now_ns();
  Figures& figures = run_.figures;
  if (seek_target_us_ >= 0) {
    // Packets before the frame sought (from its key frame on) are decoded, not shown.
    if (position_us + frame_us_ <= seek_target_us_) return;
    if (figures.is_measuring) figures.seek_ms.push_back(static_cast<double>(now_ns - seek_sent_ns_) / 1e6);
    seek_target_us_ = -1;
    start_playhead();
  }
  if (!has_first_frame_) {
    has_first_frame_ = true;
    if (role_ != Role::kStalled) figures.start_ms.push_back(static_cast<double>(now_ns - connect_ns_) / 1e6);
  }
  if (!playhead_.is_running()) {
    playhead_.begin(position_us, now_ns);
    last_deadline_ns_ = playhead_.deadline_ns(position_us);
    newest_us_ = playhead_.unrolled(position_us);
  }
  const std::int64_t unrolled = playhead_.unrolled(position_us);
  newest_us_ = rate() < 0 ? std::min(newest_us_, unrolled) : std::max(newest_us_, unrolled);
  if (!figures.is_measuring) return;
  const std::int64_t deadline_ns = playhead_.deadline_ns(position_us);
  const double lateness_ms = static_cast<double>(now_ns - deadline_ns) / 1e6;
  const double interval_ms = static_cast<double>(frame_us_) / 1000.0 / std::abs(rate());
  for (Window* window : {&figures.all, &figures.now}) window->add_frame(lateness_ms, interval_ms);
}

void LoadClient::count_missing(std::initializer_list<Window*> windows) {
  if (!is_playing()) return;
  const std::int64_t now_ns = run_.clock.now_ns();
  const std::int64_t next_due_ns =
      playhead_.deadline_ns(0) +
      static_cast<std::int64_t>((static_cast<double>(newest_us_ - playhead_.unrolled(0)) / rate() * 1000.0) +
                                static_cast<double>(frame_us_) * 1000.0 / std::abs(rate()));
  if (next_due_ns >= now_ns) return;
  const double behind_ms = static_cast<double>(now_ns - next_due_ns) / 1e6;
  const auto frames =
      static_cast<std::uint64_t>(behind_ms * 1000.0 * std::abs(rate()) / static_cast<double>(frame_us_)) + 1;
  const double interval_ms = static_cast<double>(frame_us_) / 1000.0 / std::abs(rate());
  for (Window* window : windows) window->add_missing(frames, behind_ms, interval_ms);
}

void LoadClient::on_tick() {
  const std::int64_t now_ns = run_.clock.now_ns();
  if (list_again_ns_ != 0 && now_ns >= list_again_ns_) {
    list_again_ns_ = 0;
    list();
    write_some();
  }
  if (state_ != State::kPlaying) return;
  if (role_ == Role::kScrub && playhead_.is_running() && seek_target_us_ < 0) {
    if (next_seek_ns_ == 0)
      next_seek_ns_ = now_ns + std::uniform_int_distribution<std::int64_t>(kNsPerS, 3 * kNsPerS)(random_);
    if (now_ns >= next_seek_ns_) {
      next_seek_ns_ = 0;
      seek();
    }
  }
  grant();
  write_some();
}

void LoadClient::seek() {
  seek_target_us_ = random_position_us();
  seek_sent_ns_ = run_.clock.now_ns();
  preroll_us_ = 0;
  granted_us_ = ahead_us();
  begin_us_ = seek_target_us_;
  ++serial_;
  continuity_.begin(heading());
  if (run_.figures.is_measuring) ++run_.figures.seeks;
  request("stream.seek",
          {{"stream", stream_}, {"serial", serial_}, {"position_us", seek_target_us_}, {"credit_us", granted_us_}});
}

// What lies between the segment's start and the frame sought is sent too, and needs a grant of its own.
void LoadClient::on_sought(const nlohmann::json& result) {
  if (seek_target_us_ < 0 || result.value("serial", 0U) != serial_) return;
  const std::int64_t begin_us = result.value("position_us", seek_target_us_);
  preroll_us_ = static_cast<std::uint64_t>(std::max<std::int64_t>(seek_target_us_ - begin_us, 0));
  grant();
  write_some();
}

// Of what is open: up to so far ahead of the playhead, which may not have reached it yet.
std::uint64_t LoadClient::wanted_us() const {
  const std::int64_t played_us = playhead_.played_us(run_.clock.now_ns()) - sent_base_us_;
  const std::int64_t begun_us = run_.channel ? played_us : std::max<std::int64_t>(played_us, 0);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(begun_us + static_cast<std::int64_t>(ahead_us()), 0));
}

void LoadClient::grant() {
  const std::uint64_t wanted_us = this->wanted_us();
  if (wanted_us < granted_us_ + std::min(kGrantStepUs, ahead_us() / 2)) return;
  granted_us_ = wanted_us;
  send(net::encode_credit(stream_, serial_, granted_us_));
}

}  // namespace zoe::load
