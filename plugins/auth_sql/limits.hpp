// How often may be tried: failed attempts by name and by address, new accounts by address.
#pragma once

#include <string>

#include "engine/core/result.hpp"
#include "engine/plugin/sdk/host.hpp"
#include "plugins/auth_sql/throttle.hpp"

namespace zoe::plugins::auth_sql {

// Who tries: the folded name and the peer_key; an empty one is not counted.
struct Attempt {
  std::string name_key;
  std::string peer;
};

// Thread-safe. In memory only: a restart forgets.
//
// A name is held back for a minute at most, so that a stranger who keeps guessing cannot lock its owner out for long
// (and who has a token needs no password); an address, which several people may share, has more free failures, but is
// then held back for up to a quarter of an hour.
class Limits {
 public:
  explicit Limits(const sdk::Host& host);

  // kUnavailable, saying for how long.
  Status check(const Attempt& attempt) const;
  void add_failure(const Attempt& attempt);
  void add_success(const Attempt& attempt);

  Status check_registration(const std::string& peer) const;
  void add_registration(const std::string& peer);

 private:
  const sdk::Host host_;
  Throttle names_;
  Throttle peers_;
  Throttle registrations_;
};

}  // namespace zoe::plugins::auth_sql
