#include "server/api/root_access.hpp"

#include <algorithm>

#include "server/store/store.hpp"

namespace zoe::server {

Result<std::vector<std::string>> RootAccess::load(const std::vector<std::string>& roots) {
  ZOE_TRY(std::vector<std::string> closed, store_.access().enter_roots(roots));
  ZOE_CHECK(reload());
  return closed;
}

Status RootAccess::reload() {
  ZOE_TRY(const AccessRules read, store_.access().rules());
  auto rules = std::make_shared<Rules>();
  for (const RootRule& each : read.roots) rules->roots.emplace(each.root, each);
  for (const Group& group : read.groups)
    for (const AccountKey& member : group.members) rules->groups[member].insert(group.id);
  const MutexLock lock(mutex_);
  rules_ = std::move(rules);
  return {};
}

bool RootAccess::may_see(const Identity& identity, const std::string& root) const {
  if (identity.role == ZOE_ROLE_ADMIN) return true;
  std::shared_ptr<const Rules> rules;
  {
    const MutexLock lock(mutex_);
    rules = rules_;
  }
  const auto rule = rules->roots.find(root);
  if (rule == rules->roots.end()) return false;
  if (rule->second.policy == RootPolicy::kEveryone) return true;
  if (identity.user_id == 0) return false;
  const auto mine = rules->groups.find({identity.provider, identity.user_id});
  if (mine == rules->groups.end()) return false;
  return std::any_of(rule->second.groups.begin(), rule->second.groups.end(),
                     [&](std::int64_t group) { return mine->second.contains(group); });
}

}  // namespace zoe::server
