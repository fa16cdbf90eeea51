// Who may see which root of the library. The rules lie in the store; here is the copy that every request is held
// against.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "server/api/identity.hpp"
#include "server/store/access_store.hpp"

namespace zoe::server {

class Store;

// Thread-safe; `may_see` neither blocks nor allocates for long, the others ask the database.
class RootAccess {
 public:
  explicit RootAccess(Store& store) : store_(store) {}

  // At the start: takes note of the configured roots and reads the rules. Returns the names of those that were closed
  // because they may be a closed one under a new name (see AccessStore::enter_roots).
  Result<std::vector<std::string>> load(const std::vector<std::string>& roots);

  // After a change of the rules.
  Status reload();

  // Administrators and the operator see every root; others what is open to everyone, and what a group of theirs may
  // see. A root of which no rule is known is closed.
  bool may_see(const Identity& identity, const std::string& root) const;

 private:
  struct Rules {
    std::map<std::string, RootRule> roots;
    std::map<AccountKey, std::set<std::int64_t>> groups;  // of each member
  };

  Store& store_;
  mutable Mutex mutex_;
  std::shared_ptr<const Rules> rules_ ZOE_GUARDED_BY(mutex_) = std::make_shared<const Rules>();
};

}  // namespace zoe::server
