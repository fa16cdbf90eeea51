// Who may see which root of the library: groups of people, and roots that only some groups may see.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "server/store/people_store.hpp"

namespace zoe::server {

struct Group {
  std::int64_t id = 0;
  std::string name;
  std::vector<AccountKey> members;
};

enum class RootPolicy { kEveryone = 1, kGroups };

struct RootRule {
  std::string root;  // its name in the configuration
  RootPolicy policy = RootPolicy::kEveryone;
  std::vector<std::int64_t> groups;  // with kGroups: whose members may see it
};

struct AccessRules {
  std::vector<Group> groups;    // by name
  std::vector<RootRule> roots;  // all that were ever configured, by name
};

// As Store.
class AccessStore {
 public:
  explicit AccessStore(Database& database) : database_(database) {}

  // Everything at once.
  Result<AccessRules> rules();

  // Takes note of the roots that are configured. A root that was never seen is open to everyone, unless a root that
  // only groups may see is no longer configured: then it may be that one under a new name, and is closed (kGroups, no
  // group). Returns those that were closed so.
  Result<std::vector<std::string>> enter_roots(const std::vector<std::string>& roots);

  // kConflict where the name is taken; kNotFound.
  Result<std::int64_t> create_group(const std::string& name);
  Status rename_group(std::int64_t group, const std::string& name);
  // A root that was only this group's is then nobody's but the administrators'.
  Status delete_group(std::int64_t group);
  Status set_members(std::int64_t group, const std::vector<AccountKey>& members);
  Status set_root(const RootRule& access);

 private:
  Database& database_;
};

}  // namespace zoe::server
