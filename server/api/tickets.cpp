#include "server/api/tickets.hpp"

#include <utility>

#include "server/api/secret_text.hpp"

namespace zoe::server {
namespace {

constexpr std::size_t kSecretBytes = TicketOffice::kTextBytes / 2;

}  // namespace

Result<std::string> TicketOffice::issue(Place place) {
  ZOE_TRY(std::string text, random_text(kSecretBytes));
  const Digest digest = digest_of(text);
  const std::uint64_t client = place.facts.number;
  MutexLock lock(mutex_);
  if (const auto earlier = by_client_.find(client); earlier != by_client_.end()) erase(tickets_.find(earlier->second));
  if (tickets_.size() >= most_) drop_expired();
  if (tickets_.size() >= most_) return fail(Errc::kUnavailable, "too many tickets are out; sign in anew");
  tickets_[digest] = {std::move(place), clock_.now_ns() + kLifeNs};
  by_client_[client] = digest;
  return text;
}

Result<Place> TicketOffice::take(std::string_view text) {
  const Digest digest = digest_of(text);
  MutexLock lock(mutex_);
  const auto found = tickets_.find(digest);
  if (found == tickets_.end())
    return fail(Errc::kUnauthenticated, "this ticket is unknown, too old or was used; sign in anew");
  const bool is_expired = clock_.now_ns() >= found->second.expires_ns;
  Place place = std::move(found->second.place);
  by_client_.erase(place.facts.number);
  tickets_.erase(found);
  if (is_expired) return fail(Errc::kUnauthenticated, "this ticket is too old; sign in anew");
  return place;
}

void TicketOffice::void_of(std::uint64_t client) {
  MutexLock lock(mutex_);
  if (const auto known = by_client_.find(client); known != by_client_.end()) erase(tickets_.find(known->second));
}

std::size_t TicketOffice::out() const {
  MutexLock lock(mutex_);
  return tickets_.size();
}

void TicketOffice::drop_expired() {
  const std::int64_t now = clock_.now_ns();
  for (auto ticket = tickets_.begin(); ticket != tickets_.end();) {
    const auto next = std::next(ticket);
    if (now >= ticket->second.expires_ns) erase(ticket);
    ticket = next;
  }
}

void TicketOffice::erase(std::map<Digest, Ticket>::iterator ticket) {
  by_client_.erase(ticket->second.place.facts.number);
  tickets_.erase(ticket);
}

}  // namespace zoe::server
