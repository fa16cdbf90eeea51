// Tickets with which another player, that cannot sign in, opens one media: part of an address.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"
#include "server/api/identity.hpp"

namespace zoe::server {

// Thread-safe.
struct MediaTicket {
  std::uint64_t id = 0;
  std::string media;
  IdentityPtr owner;  // in whose name, and as long as whose session lives
  std::int64_t created_utc_ns = 0;
  std::int64_t expires_utc_ns = 0;
  std::atomic<std::int64_t> used_utc_ns{0};
  std::atomic<bool> is_revoked{false};

  bool holds(std::int64_t utc_ns) const { return !is_revoked.load() && utc_ns < expires_utc_ns; }
};
using MediaTicketPtr = std::shared_ptr<MediaTicket>;

// Thread-safe; a leaf lock. A ticket is 256 random bits, of which only the SHA-256 is kept. They live in memory: with
// the server they end.
class MediaTickets {
 public:
  static constexpr std::size_t kTextBytes = 64;  // lower-case hexadecimal
  static constexpr std::size_t kMostOfOne = 64;  // of a person; all guests together are sixteen persons
  static constexpr std::size_t kMost = 20'000;

  explicit MediaTickets(const Clock& clock) : clock_(clock) {}

  struct Made {
    MediaTicketPtr ticket;
    std::string text;
  };
  // A person's oldest one makes room. kUnavailable where there are too many of all.
  Result<Made> create(IdentityPtr owner, std::string media, std::int64_t life_ns);

  // kUnauthenticated for one that is unknown, revoked or too old.
  Result<MediaTicketPtr> find(std::string_view text) const;

  // Those of the same person that hold, the newest first; none of a guest's.
  std::vector<MediaTicketPtr> of(const Identity& owner) const;

  // kNotFound where the person has none of that number.
  Status revoke(const Identity& owner, std::uint64_t id);

 private:
  using Digest = std::array<unsigned char, 32>;

  void drop_over(std::int64_t utc_ns) ZOE_REQUIRES(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  std::map<Digest, MediaTicketPtr> tickets_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t last_id_ ZOE_GUARDED_BY(mutex_) = 0;
};

// Who comes with a ticket: its owner, but for that media only.
IdentityPtr identity_of(const MediaTicketPtr& ticket);

}  // namespace zoe::server
