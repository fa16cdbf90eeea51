// The people that the store keeps something of. Accounts are the auth plugins' affair; here each has a number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"

namespace zoe::server {

class Database;

using PersonId = std::int64_t;

// An account of an auth plugin.
struct AccountKey {
  std::string provider;  // the plugin's id
  std::uint64_t user_id = 0;

  friend auto operator<=>(const AccountKey&, const AccountKey&) = default;
};

struct Person {
  PersonId id = 0;
  AccountKey account;
  std::string name;  // as at the last sign-in
};

// As Store.
class PeopleStore {
 public:
  explicit PeopleStore(Database& database) : database_(database) {}

  // The person of the account, made where there is none yet; takes over a changed name.
  Result<PersonId> enter(const AccountKey& account, const std::string& name, std::int64_t now_utc_ns);

  Result<std::optional<Person>> find(const AccountKey& account);
  // By name (exactly), among those of the provider.
  Result<std::optional<Person>> find_named(const std::string& provider, const std::string& name);
  Result<std::vector<Person>> list();

  // Before the account is deleted: should the server end between the two, `leaving` tells at the next start whose
  // account may be gone already.
  Status mark_leaving(const AccountKey& account);
  Status unmark_leaving(const AccountKey& account);
  Result<std::vector<AccountKey>> leaving();

  // Deletes the person with all that is theirs. Playlists that they shared go too. Forgetting nobody is fine.
  Status forget(const AccountKey& account);

 private:
  Database& database_;
};

}  // namespace zoe::server
