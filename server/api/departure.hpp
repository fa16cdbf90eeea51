// The end of an account, in the two places that know of it: its auth plugin and the store.
#pragma once

#include <functional>

#include "engine/core/result.hpp"
#include "server/store/people_store.hpp"

namespace zoe {
class Log;
}

namespace zoe::server {

class AuthGate;
class Store;

// Has the account deleted by `remove_account`, and all that the store keeps of the person with it. Whenever the server
// ends on the way, either everything is still there, or `settle_departures` removes the rest at the next start. What
// `remove_account` says; kIo, kUnavailable where the store cannot take note of it first.
Status depart(Store& store, Log& log, const AccountKey& account, const std::function<Status()>& remove_account);

// At the start: of accounts that were being deleted when the server ended, forgets those that are gone, and keeps the
// others. Where a plugin cannot be asked, the next start asks again.
void settle_departures(Store& store, const AuthGate& auth, Log& log);

}  // namespace zoe::server
