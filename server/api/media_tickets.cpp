#include "server/api/media_tickets.hpp"

#include <algorithm>
#include <utility>

#include "server/api/secret_text.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kMostOfGuests = 16 * MediaTickets::kMostOfOne;

bool is_of(const MediaTicket& ticket, const Identity& person) {
  return ticket.owner->provider == person.provider && ticket.owner->user_id == person.user_id;
}

}  // namespace

Result<MediaTickets::Made> MediaTickets::create(IdentityPtr owner, std::string media, std::int64_t life_ns) {
  ZOE_TRY(std::string text, random_text(kTextBytes / 2));
  const std::int64_t now = clock_.utc_ns();
  auto ticket = std::make_shared<MediaTicket>();
  ticket->media = std::move(media);
  ticket->owner = std::move(owner);
  ticket->created_utc_ns = now;
  ticket->expires_utc_ns = std::min(now + life_ns, ticket->owner->expires_utc_ns);
  const MutexLock lock(mutex_);
  drop_over(now);
  const std::size_t most = ticket->owner->user_id == 0 ? kMostOfGuests : kMostOfOne;
  auto oldest = tickets_.end();
  std::size_t count = 0;
  for (auto each = tickets_.begin(); each != tickets_.end(); ++each) {
    if (!is_of(*each->second, *ticket->owner)) continue;
    ++count;
    if (oldest == tickets_.end() || each->second->id < oldest->second->id) oldest = each;
  }
  if (count >= most) {
    oldest->second->is_revoked = true;
    tickets_.erase(oldest);
  }
  if (tickets_.size() >= kMost) return fail(Errc::kUnavailable, "too many tickets are out: try again later");
  ticket->id = ++last_id_;
  tickets_[digest_of(text)] = ticket;
  return Made{std::move(ticket), std::move(text)};
}

Result<MediaTicketPtr> MediaTickets::find(std::string_view text) const {
  const Digest digest = digest_of(text);
  const std::int64_t now = clock_.utc_ns();
  const MutexLock lock(mutex_);
  const auto found = tickets_.find(digest);
  if (found == tickets_.end() || !found->second->holds(now))
    return fail(Errc::kUnauthenticated, "this ticket is unknown, was revoked or is too old: make another one");
  found->second->used_utc_ns = now;
  return found->second;
}

std::vector<MediaTicketPtr> MediaTickets::of(const Identity& owner) const {
  std::vector<MediaTicketPtr> all;
  if (owner.user_id == 0) return all;
  const std::int64_t now = clock_.utc_ns();
  {
    const MutexLock lock(mutex_);
    for (const auto& [digest, ticket] : tickets_)
      if (is_of(*ticket, owner) && ticket->holds(now)) all.push_back(ticket);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->id > b->id; });
  return all;
}

Status MediaTickets::revoke(const Identity& owner, std::uint64_t id) {
  const MutexLock lock(mutex_);
  const auto found = std::find_if(tickets_.begin(), tickets_.end(), [&](const auto& each) {
    return each.second->id == id && owner.user_id != 0 && is_of(*each.second, owner);
  });
  if (found == tickets_.end()) return fail(Errc::kNotFound, "there is no ticket " + std::to_string(id) + " of yours");
  found->second->is_revoked = true;
  tickets_.erase(found);
  return {};
}

void MediaTickets::drop_over(std::int64_t utc_ns) {
  std::erase_if(tickets_, [utc_ns](const auto& each) { return !each.second->holds(utc_ns); });
}

IdentityPtr identity_of(const MediaTicketPtr& ticket) {
  auto identity = std::make_shared<Identity>(*ticket->owner);
  identity->ticket = ticket;
  identity->expires_utc_ns = std::min(identity->expires_utc_ns, ticket->expires_utc_ns);
  return identity;
}

}  // namespace zoe::server
