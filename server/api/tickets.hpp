// Tickets with which a new connection takes the place of one that its transport ends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/core/clock.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "server/api/identity.hpp"
#include "server/api/session.hpp"

namespace zoe::server {

// What goes over to the new connection.
struct Place {
  IdentityPtr identity;
  ClientFacts facts;
};

// Thread-safe; a leaf lock. A ticket is 256 random bits, of which only the SHA-256 is kept; it is taken once, within
// `kLifeNs`. A client has one at a time. Whether the session behind it still holds is for the taker to ask.
class TicketOffice {
 public:
  static constexpr std::int64_t kLifeNs = 30 * kNsPerS;
  static constexpr std::size_t kTextBytes = 64;  // lower-case hexadecimal

  // At most `most` at a time; each takes some 300 bytes.
  TicketOffice(const Clock& clock, std::size_t most) : clock_(clock), most_(most) {}

  // kUnavailable when too many are out. The client's earlier one is void.
  Result<std::string> issue(Place place);

  // kUnauthenticated for one that is unknown, used or too old.
  Result<Place> take(std::string_view text);

  // The client's ticket is void: somebody else signed in there, or nobody is any more.
  void void_of(std::uint64_t client);

  std::size_t out() const;

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Ticket {
    Place place;
    std::int64_t expires_ns = 0;
  };

  void drop_expired() ZOE_REQUIRES(mutex_);
  void erase(std::map<Digest, Ticket>::iterator ticket) ZOE_REQUIRES(mutex_);

  const Clock& clock_;
  const std::size_t most_;
  mutable Mutex mutex_;
  std::map<Digest, Ticket> tickets_ ZOE_GUARDED_BY(mutex_);
  std::map<std::uint64_t, Digest> by_client_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::server
