// Channels: what is shown on each, and since when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"

namespace zoe::server {

class Database;

struct ChannelItem {
  std::string media;
  std::int64_t duration_us = 0;  // as it was when it was put there: another file under that name moves nothing
};

struct Channel {
  std::int64_t id = 0;
  std::string name;
  std::int64_t begins_utc_ns = 0;  // of its first round
  std::vector<ChannelItem> items;
};

// As Store.
class ChannelStore {
 public:
  explicit ChannelStore(Database& database) : database_(database) {}

  static constexpr std::size_t kMost = 100;

  // Its number. kTooLarge where there are kMost.
  Result<std::int64_t> add(const Channel& channel);
  // Takes the place of what there is of that number. kNotFound.
  Status change(const Channel& channel);
  Status remove(std::int64_t id);  // kNotFound
  Result<std::optional<Channel>> find(std::int64_t id);
  Result<std::vector<Channel>> list();  // by name

 private:
  Database& database_;
};

}  // namespace zoe::server
