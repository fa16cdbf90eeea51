#include <cstring>

#include <nlohmann/json.hpp>

#include "server/api/handlers.hpp"
#include "server/api/version.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

// Far above what any plugin takes (8 to 256 characters of password); what is within is the plugin's to judge.
constexpr std::size_t kMostName = 256;
constexpr std::size_t kMostPassword = 1024;
constexpr std::size_t kMostCode = 128;
constexpr std::size_t kMostClient = 64;
constexpr std::size_t kMostToken = 128;

json principal_view(const Identity& identity) {
  return {{"name", identity.name},
          {"role", role_name(identity.role)},
          {"user_id", identity.user_id},
          {"session_id", identity.session_id}};
}

// What the client calls itself, for administrators.
Status note_program(const Call& call) {
  ZOE_TRY(std::string program, call.params.text("client", kMostClient, ""));
  if (!program.empty()) call.session.set_program(std::move(program));
  return {};
}

Result<AuthGate::Credentials> read_credentials(const Call& call) {
  AuthGate::Credentials who;
  ZOE_TRY(who.name, call.params.text("name", kMostName));
  ZOE_TRY(who.password, call.params.text("password", kMostPassword));
  ZOE_TRY(who.code, call.params.text("code", kMostCode, ""));
  ZOE_TRY(who.client, call.params.text("client", kMostClient, ""));
  who.peer_address = call.session.peer_address();
  ZOE_CHECK(note_program(call));
  return who;
}

// Makes `identity` the one of this connection.
Answer enter(const Call& call, const IdentityPtr& identity, bool is_token_told) {
  call.services.tickets.void_of(call.session.facts().number);
  ZOE_CHECK(call.session.sign_in(identity));
  call.services.log.info("auth", "{} signed in as {} from {}", identity->name, role_name(identity->role),
                         call.session.peer_address());
  json result = {{"principal", principal_view(*identity)}, {"expires_utc_ns", identity->expires_utc_ns}};
  if (is_token_told) result["token"] = identity->token;
  return result;
}

}  // namespace

Answer server_info(const Call& call) {
  const AuthOffer offer = call.services.auth.offer();
  return json{{"name", call.services.server_name},
              {"version", kVersion},
              {"auth",
               {{"can_log_in", offer.can_log_in},
                {"can_register", offer.can_register},
                {"is_guest", offer.is_guest},
                {"code_makes_admin", offer.code_makes_admin},
                {"needs_invite", offer.needs_invite}}}};
}

Answer auth_register(const Call& call) {
  ZOE_TRY(const auto who, read_credentials(call));
  ZOE_TRY(const IdentityPtr identity, call.services.auth.register_user(who));
  return enter(call, identity, true);
}

Answer auth_login(const Call& call) {
  ZOE_TRY(const auto who, read_credentials(call));
  auto identity = call.services.auth.log_in(who);
  if (!identity) {
    call.services.log.info("auth", "sign-in as {} from {} refused: {}", who.name, who.peer_address,
                           identity.error().message);
    return fail(std::move(identity).error());
  }
  return enter(call, *identity, true);
}

Answer auth_guest(const Call& call) {
  ZOE_CHECK(note_program(call));
  ZOE_TRY(const IdentityPtr identity, call.services.auth.guest(call.session.peer_address()));
  return enter(call, identity, false);
}

Answer auth_resume(const Call& call) {
  ZOE_CHECK(note_program(call));
  ZOE_TRY(const std::string token, call.params.text("token", kMostToken));
  ZOE_TRY(const IdentityPtr identity, call.services.auth.resume(token));
  return enter(call, identity, false);
}

Answer auth_take_over(const Call& call) {
  ZOE_CHECK(note_program(call));
  ZOE_TRY(const std::string ticket, call.params.text("ticket", kMostToken));
  ZOE_TRY(Place place, call.services.tickets.take(ticket));
  // A session that was revoked meanwhile took its tickets along.
  ZOE_TRY(const IdentityPtr identity, call.services.auth.refresh(place.identity, call.services.clock.utc_ns()));
  ZOE_TRY(json result, enter(call, identity, false));
  if (place.facts.program.empty()) place.facts.program = call.session.facts().program;
  call.session.set_facts(std::move(place.facts));
  return result;
}

Answer auth_logout(const Call& call) {
  call.services.tickets.void_of(call.session.facts().number);
  // Signed out first: this connection stays, its streams do not.
  ZOE_CHECK(call.session.sign_in(nullptr));
  if (call.identity->session_id != 0) {
    ZOE_CHECK(call.services.auth.revoke(*call.identity, call.identity->session_id));
    call.services.sessions_changed();
  }
  return json::object();
}

Answer auth_whoami(const Call& call) { return json{{"principal", principal_view(*call.identity)}}; }

Answer auth_change_password(const Call& call) {
  ZOE_TRY(const std::string old_password, call.params.text("old", kMostPassword));
  ZOE_TRY(const std::string new_password, call.params.text("new", kMostPassword));
  ZOE_CHECK(call.services.auth.change_password(*call.identity, old_password, new_password));
  call.services.sessions_changed();
  call.services.log.info("auth", "{} changed the password", call.identity->name);
  return json::object();
}

Answer auth_sessions(const Call& call) {
  ZOE_TRY(const auto sessions, call.services.auth.sessions(*call.identity));
  json list = json::array();
  for (const zoe_session_info& session : sessions) {
    list.push_back({{"session_id", session.session_id},
                    {"client", std::string(session.client, strnlen(session.client, sizeof session.client))},
                    {"created_utc_ns", session.created_utc_ns},
                    {"last_used_utc_ns", session.last_used_utc_ns},
                    {"expires_utc_ns", session.expires_utc_ns},
                    {"is_current", session.session_id == call.identity->session_id}});
  }
  return json{{"sessions", std::move(list)}};
}

Answer auth_revoke(const Call& call) {
  ZOE_TRY(const std::uint64_t session_id, call.params.id("session_id"));
  ZOE_CHECK(call.services.auth.revoke(*call.identity, session_id));
  call.services.sessions_changed();
  return json::object();
}

}  // namespace zoe::server::handlers
