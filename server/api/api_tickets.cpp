#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/api/media_tickets.hpp"
#include "server/api/personal.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostTicket = 128;
constexpr std::int64_t kShortestLifeS = 60;
constexpr std::int64_t kUsualLifeS = 12 * 3600;
constexpr std::int64_t kLongestLifeS = 7 * 24 * 3600;
constexpr std::int64_t kMostExact = (std::int64_t{1} << 53) - 1;

}  // namespace

// Makes the connection that of who made the ticket, for its media only.
Answer auth_ticket(const Call& call) {
  ZOE_TRY(const std::string text, call.params.text("ticket", kMostTicket));
  ZOE_TRY(const MediaTicketPtr ticket, call.services.media_tickets.find(text));
  // It ends with the session that it was made in.
  ZOE_TRY(const IdentityPtr identity, call.services.auth.refresh(identity_of(ticket), call.services.clock.utc_ns()));
  call.services.tickets.void_of(call.session.facts().number);
  ZOE_CHECK(call.session.sign_in(identity));
  return json{{"media", ticket->media}, {"expires_utc_ns", identity->expires_utc_ns}};
}

Answer tickets_create(const Call& call) {
  ZOE_TRY(const MediaEntryPtr entry, media_of(call));
  ZOE_TRY(const std::int64_t life_s, call.params.integer("expires_s", kShortestLifeS, kLongestLifeS, kUsualLifeS));
  ZOE_TRY(const MediaTickets::Made made,
          call.services.media_tickets.create(call.identity, entry->id, life_s * kNsPerS));
  return json{{"ticket_id", made.ticket->id}, {"ticket", made.text}, {"expires_utc_ns", made.ticket->expires_utc_ns}};
}

Answer tickets_list(const Call& call) {
  json list = json::array();
  for (const MediaTicketPtr& each : call.services.media_tickets.of(*call.identity)) {
    // What the person may not see any more is not named.
    const MediaEntryPtr entry = call.library().find(each->media);
    list.push_back({{"ticket_id", each->id},
                    {"media", entry ? json(each->media) : json()},
                    {"title", entry ? entry->title : std::string()},
                    {"created_utc_ns", each->created_utc_ns},
                    {"expires_utc_ns", each->expires_utc_ns},
                    {"last_used_utc_ns", each->used_utc_ns.load()}});
  }
  return json{{"tickets", std::move(list)}};
}

Answer tickets_revoke(const Call& call) {
  ZOE_TRY(const std::int64_t id, call.params.integer("ticket_id", 1, kMostExact));
  ZOE_CHECK(call.services.media_tickets.revoke(*call.identity, static_cast<std::uint64_t>(id)));
  // Connections that came with it end.
  if (call.services.sessions_changed) call.services.sessions_changed();
  return json::object();
}

}  // namespace zoe::server::handlers
