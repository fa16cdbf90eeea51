#include "server/store/channel_store.hpp"

#include <fmt/format.h>

#include "server/store/database.hpp"
#include "server/store/soci.hpp"

namespace zoe::server {
namespace {

Status check(const Channel& channel) {
  ZOE_CHECK(check_text(channel.name, "the name"));
  for (const ChannelItem& each : channel.items) ZOE_CHECK(check_text(each.media, "the media"));
  return {};
}

void write_items(soci::session& sql, long long channel, const std::vector<ChannelItem>& items) {
  long long place = 0;
  for (const ChannelItem& each : items) {
    const long long duration = each.duration_us;
    sql << "insert into channel_items (channel, place, media, duration_us) values (:channel, :place, :media, "
           ":duration)",
        soci::use(channel), soci::use(place), soci::use(each.media), soci::use(duration);
    ++place;
  }
}

std::vector<ChannelItem> read_items(soci::session& sql, long long channel) {
  std::vector<ChannelItem> items;
  std::string media;
  long long duration = 0;
  soci::statement all =
      (sql.prepare << "select media, duration_us from channel_items where channel = :channel order by place",
       soci::use(channel), soci::into(media), soci::into(duration));
  all.execute();
  while (all.fetch()) items.push_back({media, duration});
  return items;
}

Error no_channel(std::int64_t id) { return {Errc::kNotFound, fmt::format("there is no channel {}", id)}; }

}  // namespace

Result<std::int64_t> ChannelStore::add(const Channel& channel) {
  ZOE_CHECK(check(channel));
  return database_.write_value([&](soci::session& sql) -> Result<std::int64_t> {
    long long count = 0;
    sql << "select count(*) from channels", soci::into(count);
    if (count >= static_cast<long long>(kMost))
      return fail(Errc::kTooLarge, fmt::format("there are at most {} channels: delete one", kMost));
    long long id = 0;
    const long long begins = channel.begins_utc_ns;
    sql << "insert into channels (name, begins_ns) values (:name, :begins) returning id", soci::use(channel.name),
        soci::use(begins), soci::into(id);
    write_items(sql, id, channel.items);
    return std::int64_t{id};
  });
}

Status ChannelStore::change(const Channel& channel) {
  ZOE_CHECK(check(channel));
  return database_.write([&](soci::session& sql) -> Status {
    const long long id = channel.id;
    const long long begins = channel.begins_utc_ns;
    long long found = 0;
    sql << "update channels set name = :name, begins_ns = :begins where id = :id returning id", soci::use(channel.name),
        soci::use(begins), soci::use(id), soci::into(found);
    if (!sql.got_data()) return fail(no_channel(channel.id));
    sql << "delete from channel_items where channel = :id", soci::use(id);
    write_items(sql, id, channel.items);
    return {};
  });
}

Status ChannelStore::remove(std::int64_t id) {
  return database_.write([&](soci::session& sql) -> Status {
    const long long number = id;
    long long found = 0;
    sql << "delete from channels where id = :id returning id", soci::use(number), soci::into(found);
    if (!sql.got_data()) return fail(no_channel(id));
    return {};
  });
}

Result<std::optional<Channel>> ChannelStore::find(std::int64_t id) {
  return database_.read_value([&](soci::session& sql) -> Result<std::optional<Channel>> {
    const long long number = id;
    std::string name;
    long long begins = 0;
    sql << "select name, begins_ns from channels where id = :id", soci::use(number), soci::into(name),
        soci::into(begins);
    if (!sql.got_data()) return std::optional<Channel>();
    return std::optional(Channel{.id = id, .name = name, .begins_utc_ns = begins, .items = read_items(sql, number)});
  });
}

Result<std::vector<Channel>> ChannelStore::list() {
  return database_.read_value([&](soci::session& sql) -> Result<std::vector<Channel>> {
    std::vector<Channel> channels;
    long long id = 0;
    std::string name;
    long long begins = 0;
    soci::statement all = (sql.prepare << "select id, name, begins_ns from channels order by name, id", soci::into(id),
                           soci::into(name), soci::into(begins));
    all.execute();
    while (all.fetch()) channels.push_back({.id = id, .name = name, .begins_utc_ns = begins, .items = {}});
    for (Channel& each : channels) each.items = read_items(sql, each.id);
    return channels;
  });
}

}  // namespace zoe::server
