// Settings that follow a person from client to client.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "server/store/people_store.hpp"

namespace zoe::server {

struct PersonalSetting {
  std::string key;   // at most 64 bytes
  std::string json;  // its value, at most 4 KiB
  std::int64_t updated_utc_ns = 0;
};

// As Store.
class SettingsStore {
 public:
  static constexpr std::size_t kMostSettings = 200;

  explicit SettingsStore(Database& database) : database_(database) {}

  Result<std::vector<PersonalSetting>> all(PersonId person);
  // The later one by its time wins. kTooLarge.
  Status put(PersonId person, const PersonalSetting& setting);
  Status remove(PersonId person, const std::string& key);

 private:
  Database& database_;
};

}  // namespace zoe::server
