#include "player/client/channel_messages.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "player/client/json_fields.hpp"

namespace zoe::player {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostNumber = (std::int64_t{1} << 53) - 1;
constexpr std::int64_t kMostNs = std::int64_t{1} << 62;  // a channel may be older than its server's clock
constexpr std::size_t kMostChannels = 1000;
constexpr std::size_t kMostShort = 256;
constexpr std::size_t kMostTitle = 1024;

Result<ChannelItem> parse_item(const json& value) {
  Fields fields(value, "item");
  ChannelItem item;
  item.duration_us = fields.integer("duration_us", Programme::kLeastUs, Programme::kMostUs);
  if (value.is_object() && value.value("is_hidden", json(false)) != json(true)) {
    item.media = fields.text("media", kMostShort);
    item.title = fields.text("title", kMostTitle);
  }
  if (!fields.is_ok()) return fail(fields.error());
  return item;
}

Result<ChannelLine> parse_line(const json& value) {
  Fields fields(value, "channel");
  ChannelLine line;
  line.channel = static_cast<std::uint64_t>(fields.integer("channel", 1, kMostNumber));
  line.name = fields.text("name", kMostShort);
  const json* now = fields.find("now");
  const json* next = fields.find("next");
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(ChannelItem showing, parse_item(*now));
  ZOE_TRY(ChannelItem following, parse_item(*next));
  Fields place(*now, "now");
  line.position_us = place.integer("position_us", 0, Programme::kMostUs);
  if (!place.is_ok()) return fail(place.error());
  line.showing = std::move(showing.title);
  line.duration_us = showing.duration_us;
  line.next = std::move(following.title);
  return line;
}

}  // namespace

Result<std::vector<ChannelLine>> parse_channels(const json& result) {
  return parse_list<ChannelLine>(result, "channels.list", "channels", kMostChannels, parse_line);
}

Result<ChannelState> parse_channel(const json& result) {
  Fields fields(result, "channels.get");
  const auto channel = static_cast<std::uint64_t>(fields.integer("channel", 1, kMostNumber));
  std::string name = fields.text("name", kMostShort);
  const std::int64_t begins_ns = fields.integer("begins_ns", -kMostNs, kMostNs);
  if (!fields.is_ok()) return fail(fields.error());
  ZOE_TRY(std::vector<ChannelItem> items,
          parse_list<ChannelItem>(result, "channels.get", "items", Programme::kMostItems, parse_item));
  std::vector<std::int64_t> lengths_us;
  for (const ChannelItem& each : items) lengths_us.push_back(each.duration_us);
  auto programme = Programme::make(lengths_us);
  if (!programme)
    return fail(Errc::kMalformed, "The server's answer cannot be understood: " + programme.error().message);
  return ChannelState{channel, std::move(name), begins_ns, std::move(items), std::move(*programme)};
}

}  // namespace zoe::player
