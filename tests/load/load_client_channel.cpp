// Clients that watch a channel: tuning in at what is on, and going over to what follows.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/load/load_client.hpp"

namespace zoe::load {
namespace {

// All go over at one moment: who asked for seconds at once then would flood the line.
constexpr std::uint64_t kLeastGrantUs = 100'000;

}  // namespace

void LoadClient::on_channels(const nlohmann::json& result) {
  for (const auto& each : result["channels"]) {
    if (each.value("name", std::string()).find(run_.options.channel) == std::string::npos) continue;
    list_sent_ns_ = run_.clock.now_ns();
    request("channels.get", {{"channel", each.value("channel", 0)}});
    return;
  }
  give_up(Error{Errc::kNotFound, "no channel has '" + run_.options.channel + "' in its name"});
}

void LoadClient::on_channel(const nlohmann::json& result) {
  const std::int64_t now_ns = run_.clock.now_ns();
  std::vector<std::int64_t> lengths_us;
  std::vector<std::string> media;
  for (const auto& item : result.value("items", nlohmann::json::array())) {
    lengths_us.push_back(item.value("duration_us", std::int64_t{0}));
    media.push_back(item.value("media", std::string()));
  }
  auto programme = Programme::make(lengths_us);
  if (!programme) return give_up(std::move(programme).error());
  if (std::count(media.begin(), media.end(), "") > 0)
    return give_up(Error{Errc::kDenied, "the channel shows videos that this account may not see"});
  // The server looked at its clock half a round trip ago.
  const std::int64_t ahead_ns = result.value("server_ns", std::int64_t{0}) - (list_sent_ns_ + now_ns) / 2;
  run_.channel.emplace(
      OnAir{std::move(*programme), std::move(media), result.value("begins_ns", std::int64_t{0}) - ahead_ns});
  state_ = State::kDone;
}

void LoadClient::tune_in() {
  const Programme::Place place = run_.channel->programme.at((run_.clock.now_ns() - run_.channel->begins_ns) / 1000);
  number_ = place.number;
  base_us_ = run_.channel->programme.begins_us(number_);
  begin_us_ = place.position_us;
  live_from_us_ = base_us_ + begin_us_;
  continuity_.begin(heading());
  nlohmann::json params = open_params();
  params["position_us"] = begin_us_;
  request("stream.open", params);
}

// What is due does not wait for the first picture: it is due when the channel shows it, and the buffer's time later.
void LoadClient::on_tuned_in(std::int64_t start_us) {
  if (role_ == Role::kStalled) return;
  playhead_.anchor(live_from_us_, run_.channel->begins_ns + live_from_us_ * 1000 +
                                      static_cast<std::int64_t>(run_.options.buffer_s * 1e9));
  newest_us_ = live_from_us_ - frame_us_;
  preroll_us_ = static_cast<std::uint64_t>(std::max<std::int64_t>(begin_us_ - start_us, 0));
  grant();
}

// As soon as all of one video has come the next one is opened, while what is buffered plays.
void LoadClient::go_over() {
  ++number_;
  base_us_ = run_.channel->programme.begins_us(number_);
  begin_us_ = 0;
  preroll_us_ = 0;
  if (role_ != Role::kStalled) {
    sent_base_us_ = playhead_.distance_us(base_us_);
    granted_us_ = std::max(wanted_us(), kLeastGrantUs);
  }
  report_continuity();
  continuity_ = {};
  lost_told_ = repeated_told_ = 0;
  state_ = State::kOpening;
  nlohmann::json params = open_params();
  params["position_us"] = 0;
  request("stream.open", params);
}

}  // namespace zoe::load
