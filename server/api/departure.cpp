#include "server/api/departure.hpp"

#include "engine/core/log.hpp"
#include "server/api/auth_gate.hpp"
#include "server/store/store.hpp"

namespace zoe::server {

Status depart(Store& store, Log& log, const AccountKey& account, const std::function<Status()>& remove_account) {
  ZOE_CHECK(store.people().mark_leaving(account));
  if (Status removed = remove_account(); !removed) {
    if (const Status kept = store.people().unmark_leaving(account); !kept)
      log.error("people", "an account that could not be deleted stays marked until the next start: {}",
                kept.error().message);
    return removed;
  }
  if (const Status forgotten = store.people().forget(account); !forgotten)
    log.error("people", "the account {} of {} is deleted; what is theirs follows at the next start: {}",
              account.user_id, account.provider, forgotten.error().message);
  return {};
}

void settle_departures(Store& store, const AuthGate& auth, Log& log) {
  const auto leaving = store.people().leaving();
  if (!leaving) return;
  for (const AccountKey& account : *leaving) {
    const auto is_there = auth.has_user(account.provider, account.user_id);
    if (!is_there) continue;
    const Status settled = *is_there ? store.people().unmark_leaving(account) : store.people().forget(account);
    if (settled)
      log.info("people", "the account {} of {}, which was being deleted when the server ended, is {}", account.user_id,
               account.provider, *is_there ? "kept" : "forgotten");
  }
}

}  // namespace zoe::server
