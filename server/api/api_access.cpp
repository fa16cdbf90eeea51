// Groups of people, which roots of the library they may see, and who did what.
#include <limits>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/store/access_store.hpp"
#include "server/store/audit_store.hpp"
#include "server/store/store.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostName = 200;
constexpr std::size_t kMostMembers = 10'000;
constexpr std::size_t kMostGroups = 1'000;
constexpr std::int64_t kMostNumber = std::numeric_limits<std::int64_t>::max();

Result<std::int64_t> read_group(const Call& call) { return call.params.integer("group", 1, kMostNumber); }

// The rules have changed: they hold from now on, also for what is open.
Answer changed(const Call& call, const char* act, const std::string& what, json result = json::object()) {
  ZOE_CHECK(call.services.access.reload());
  call.services.log.info("admin", "{} {} {}", call.identity->name, act, what);
  call.services.access_changed();
  return result;
}

}  // namespace

Answer admin_audit(const Call& call) {
  AuditQuery query;
  ZOE_TRY(query.before, call.params.integer("before", 0, kMostNumber, 0));
  ZOE_TRY(query.search, call.params.text("search", 256, ""));
  ZOE_TRY(const std::int64_t limit, call.params.integer("limit", 1, 500, 100));
  query.limit = static_cast<std::size_t>(limit);
  ZOE_TRY(const auto found, call.services.store.audit().list(query));
  json entries = json::array();
  for (const AuditEntry& each : found)
    entries.push_back({{"id", each.id},
                       {"utc_ns", each.utc_ns},
                       {"actor", each.actor},
                       {"action", each.action},
                       {"subject", each.subject},
                       {"address", each.address},
                       {"is_ok", each.is_ok},
                       {"detail", each.detail}});
  return json{{"entries", std::move(entries)}};
}

Answer admin_groups(const Call& call) {
  ZOE_TRY(const AccessRules rules, call.services.store.access().rules());
  ZOE_TRY(const auto people, call.services.store.people().list());
  std::map<AccountKey, std::string> names;
  for (const Person& each : people) names[each.account] = each.name;
  json groups = json::array();
  for (const Group& group : rules.groups) {
    json members = json::array();
    for (const AccountKey& member : group.members)
      members.push_back({{"user_id", member.user_id}, {"name", names[member]}});
    groups.push_back({{"group", group.id}, {"name", group.name}, {"members", std::move(members)}});
  }
  return json{{"groups", std::move(groups)}};
}

Answer admin_create_group(const Call& call) {
  ZOE_TRY(const std::string name, call.params.text("name", kMostName));
  ZOE_TRY(const std::int64_t group, call.services.store.access().create_group(name));
  return changed(call, "made the group", name, {{"group", group}});
}

Answer admin_rename_group(const Call& call) {
  ZOE_TRY(const std::int64_t group, read_group(call));
  ZOE_TRY(const std::string name, call.params.text("name", kMostName));
  ZOE_CHECK(call.services.store.access().rename_group(group, name));
  return changed(call, "renamed a group to", name);
}

Answer admin_delete_group(const Call& call) {
  ZOE_TRY(const std::int64_t group, read_group(call));
  ZOE_CHECK(call.services.store.access().delete_group(group));
  return changed(call, "deleted the group", std::to_string(group));
}

Answer admin_set_group_members(const Call& call) {
  ZOE_TRY(const std::int64_t group, read_group(call));
  std::vector<std::int64_t> ids;
  ZOE_TRY(const json list, call.params.value("user_ids"));
  if (!list.is_array() || !list.empty()) {
    ZOE_TRY(ids, call.params.integers("user_ids", kMostMembers, 1, kMostNumber));
  }
  ZOE_TRY(const std::string provider, call.services.auth.provider_of_accounts(*call.identity));
  std::vector<AccountKey> members;
  for (const std::int64_t id : ids) members.push_back({provider, static_cast<std::uint64_t>(id)});
  ZOE_CHECK(call.services.store.access().set_members(group, members));
  return changed(call, "changed the members of group", std::to_string(group));
}

Answer admin_roots(const Call& call) {
  ZOE_TRY(const AccessRules rules, call.services.store.access().rules());
  std::map<std::string, std::size_t> configured;
  for (const auto& [name, count] : call.services.whole_library.roots()) configured[name] = count;
  json roots = json::array();
  for (const RootRule& rule : rules.roots) {
    const auto found = configured.find(rule.root);
    roots.push_back({{"root", rule.root},
                     {"policy", rule.policy == RootPolicy::kEveryone ? "everyone" : "groups"},
                     {"groups", rule.groups},
                     {"is_configured", found != configured.end()},
                     {"media", found == configured.end() ? 0 : found->second}});
  }
  return json{{"roots", std::move(roots)}};
}

Answer admin_set_root(const Call& call) {
  RootRule rule;
  ZOE_TRY(rule.root, call.params.text("root", 2048));
  ZOE_TRY(const std::string policy, call.params.text("policy", 16));
  if (policy != "everyone" && policy != "groups")
    return fail(Errc::kInvalidArgument, "params.policy: must be \"everyone\" or \"groups\"");
  rule.policy = policy == "everyone" ? RootPolicy::kEveryone : RootPolicy::kGroups;
  if (call.params.has("groups")) {
    ZOE_TRY(rule.groups, call.params.integers("groups", kMostGroups, 1, kMostNumber));
  }
  ZOE_CHECK(call.services.store.access().set_root(rule));
  return changed(call, policy == "everyone" ? "opened to everyone" : "opened to groups only", rule.root);
}

}  // namespace zoe::server::handlers
