// Channels: what the server shows for ever, to whoever tunes in. What is on is arithmetic over the list and the time at
// which the channel began (Programme), so nothing runs and nothing is kept but these.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/core/programme.hpp"
#include "server/api/handlers.hpp"
#include "server/api/personal.hpp"
#include "server/library/utf8_text.hpp"
#include "server/store/channel_store.hpp"
#include "server/store/store.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostName = 100;
constexpr std::size_t kMostTitle = 120;
constexpr std::int64_t kMostNumber = (std::int64_t{1} << 53) - 1;
constexpr std::int64_t kScheduled = 12;  // what is on, and so many less one that follow

// A channel at the moment of a request.
struct OnAir {
  const Channel& channel;
  Programme programme;
  std::int64_t now_ns;
  std::int64_t begins_ns;  // on the server's monotonic clock

  std::int64_t at_ns(std::int64_t since_us) const { return begins_ns + since_us * 1000; }
  Programme::Place place() const { return programme.at((now_ns - begins_ns) / 1000); }
};

Result<OnAir> put_on_air(const Call& call, const Channel& channel) {
  std::vector<std::int64_t> lengths_us;
  for (const ChannelItem& each : channel.items) lengths_us.push_back(each.duration_us);
  ZOE_TRY(Programme programme, Programme::make(lengths_us));
  return OnAir{channel, std::move(programme), call.services.clock.now_ns(),
               channel.begins_utc_ns - call.services.day_ahead_ns};
}

// What somebody may not see, and what has left the library, takes its time and has no name.
json item_view(const Call& call, const Channel& channel, std::size_t item) {
  json view = {{"item", item}, {"duration_us", channel.items[item].duration_us}};
  const MediaEntryPtr media = call.library().find(channel.items[item].media);
  if (!media) {
    view["is_hidden"] = true;
    return view;
  }
  view["media"] = media->id;
  view["title"] = std::string(cut_utf8(media->title, kMostTitle));
  return view;
}

json showing(const Call& call, const OnAir& air, std::int64_t number) {
  json view = item_view(call, air.channel, air.programme.item_of(number));
  view["number"] = number;
  view["begins_ns"] = air.at_ns(air.programme.begins_us(number));
  view["ends_ns"] = air.at_ns(air.programme.ends_us(number));
  return view;
}

json channel_view(const Call& call, const OnAir& air) {
  const Programme::Place place = air.place();
  json now = showing(call, air, place.number);
  now["position_us"] = place.position_us;
  return {{"channel", air.channel.id}, {"name", air.channel.name}, {"begins_ns", air.begins_ns},
          {"server_ns", air.now_ns},   {"now", std::move(now)},    {"next", showing(call, air, place.number + 1)}};
}

// A channel of which somebody may see nothing does not exist for them.
bool may_see(const Call& call, const Channel& channel) {
  const VisibleLibrary library = call.library();
  return call.identity->role == ZOE_ROLE_ADMIN ||
         std::any_of(channel.items.begin(), channel.items.end(),
                     [&](const ChannelItem& each) { return library.find(each.media) != nullptr; });
}

Result<Channel> find_channel(const Call& call) {
  ZOE_TRY(const std::int64_t id, call.params.integer("channel", 1, kMostNumber));
  ZOE_TRY(auto channel, call.services.store.channels().find(id));
  if (!channel || !may_see(call, *channel)) return fail(Errc::kNotFound, "there is no channel " + std::to_string(id));
  return std::move(*channel);
}

Result<std::string> read_name(const Call& call) {
  ZOE_TRY(const std::string name, call.params.text("name", kMostName));
  std::string shown = printable_utf8(name);
  if (shown.find_first_not_of(' ') == std::string::npos)
    return fail(Errc::kInvalidArgument, "params.name: a channel has a name");
  return shown;
}

Result<std::vector<ChannelItem>> read_items(const Call& call) {
  ZOE_TRY(const auto ids, call.params.texts("media", Programme::kMostItems, kMostMediaId));
  std::vector<ChannelItem> items;
  std::vector<std::int64_t> lengths_us;
  for (const std::string& each : ids) {
    const MediaEntryPtr entry = call.library().find(each);
    if (!entry) return fail(Errc::kNotFound, "there is no media \"" + each + "\"");
    items.push_back({entry->id, entry->info.duration_us});
    lengths_us.push_back(entry->info.duration_us);
  }
  ZOE_CHECK(Programme::make(lengths_us));
  return items;
}

// When the channel begins that shows `items` instead: what is on stays on, where it is in the new list too.
std::int64_t begin_with(const Call& call, const OnAir& before, const std::vector<ChannelItem>& items) {
  const std::int64_t day_ns = before.now_ns + call.services.day_ahead_ns;
  const Programme::Place place = before.place();
  std::int64_t ahead_us = 0;
  for (const ChannelItem& each : items) {
    if (each.media == before.channel.items[place.item].media)
      return day_ns - (ahead_us + std::min(place.position_us, each.duration_us)) * 1000;
    ahead_us += each.duration_us;
  }
  return day_ns;
}

Answer changed(const Call& call, const char* act, const std::string& name, json result) {
  call.services.log.info("admin", "{} {} the channel {}", call.identity->name, act, name);
  call.services.tell_all(channels_changed_event());
  return result;
}

}  // namespace

Answer channels_list(const Call& call) {
  ZOE_TRY(const auto all, call.services.store.channels().list());
  json channels = json::array();
  for (const Channel& each : all) {
    if (!may_see(call, each)) continue;
    ZOE_TRY(const OnAir air, put_on_air(call, each));
    channels.push_back(channel_view(call, air));
  }
  return json{{"channels", std::move(channels)}};
}

Answer channels_get(const Call& call) {
  ZOE_TRY(const Channel channel, find_channel(call));
  ZOE_TRY(const OnAir air, put_on_air(call, channel));
  json view = channel_view(call, air);
  view["items"] = json::array();
  for (std::size_t item = 0; item < channel.items.size(); ++item)
    view["items"].push_back(item_view(call, channel, item));
  view["schedule"] = json::array();
  const std::int64_t first = air.place().number;
  for (std::int64_t number = first; number < first + kScheduled; ++number)
    view["schedule"].push_back(showing(call, air, number));
  return view;
}

Answer channels_create(const Call& call) {
  Channel channel;
  ZOE_TRY(channel.name, read_name(call));
  ZOE_TRY(channel.items, read_items(call));
  const std::int64_t now_utc_ns = call.services.clock.now_ns() + call.services.day_ahead_ns;
  ZOE_TRY(channel.begins_utc_ns, call.params.integer("begins_utc_ns", 0, now_utc_ns, now_utc_ns));
  ZOE_TRY(const std::int64_t id, call.services.store.channels().add(channel));
  return changed(call, "made", channel.name, {{"channel", id}});
}

Answer channels_update(const Call& call) {
  ZOE_TRY(Channel channel, find_channel(call));
  if (call.params.has("name")) {
    ZOE_TRY(channel.name, read_name(call));
  }
  if (call.params.has("media")) {
    ZOE_TRY(std::vector<ChannelItem> items, read_items(call));
    ZOE_TRY(const OnAir before, put_on_air(call, channel));
    channel.begins_utc_ns = begin_with(call, before, items);
    channel.items = std::move(items);
  }
  ZOE_CHECK(call.services.store.channels().change(channel));
  return changed(call, "changed", channel.name, json::object());
}

Answer channels_delete(const Call& call) {
  ZOE_TRY(const Channel channel, find_channel(call));
  ZOE_CHECK(call.services.store.channels().remove(channel.id));
  return changed(call, "deleted", channel.name, json::object());
}

}  // namespace zoe::server::handlers
