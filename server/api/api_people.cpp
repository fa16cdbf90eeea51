// Invites, and the end of accounts.
#include <cstring>

#include <nlohmann/json.hpp>

#include "server/api/departure.hpp"
#include "server/api/handlers.hpp"
#include "server/api/rooms.hpp"
#include "server/library/utf8_text.hpp"
#include "server/store/store.hpp"

namespace zoe::server::handlers {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPassword = 1024;
constexpr std::size_t kMostNote = 128;
constexpr std::int64_t kLongestInviteS = std::int64_t{366} * 86'400;
constexpr std::int64_t kUsualInviteS = std::int64_t{7} * 86'400;

template <std::size_t kSize>
std::string text_of(const char (&text)[kSize]) {
  return std::string(text, strnlen(text, kSize));
}

// What has gone, goes from everywhere: rules, connections.
Answer departed(const Call& call) {
  ZOE_CHECK(call.services.access.reload());
  call.services.sessions_changed();
  return json::object();
}

}  // namespace

Answer admin_invites(const Call& call) {
  ZOE_TRY(const auto invites, call.services.auth.invites(*call.identity));
  json list = json::array();
  for (const zoe_invite_info& invite : invites)
    list.push_back({{"invite", invite.invite_id},
                    {"code_hint", text_of(invite.hint)},
                    {"note", text_of(invite.note)},
                    {"role", role_name(invite.role)},
                    {"uses_left", invite.uses_left},
                    {"created_utc_ns", invite.created_utc_ns},
                    {"expires_utc_ns", invite.expires_utc_ns}});
  return json{{"invites", std::move(list)}};
}

Answer admin_create_invite(const Call& call) {
  AuthGate::InviteWish wish;
  ZOE_TRY(const std::string note, call.params.text("note", kMostNote, ""));
  wish.note = printable_utf8(note);
  ZOE_TRY(const std::int64_t uses, call.params.integer("uses", 1, 1000, 1));
  wish.uses = static_cast<std::uint32_t>(uses);
  ZOE_TRY(const std::int64_t expires_s, call.params.integer("expires_s", 60, kLongestInviteS, kUsualInviteS));
  wish.expires_utc_ns = call.services.clock.utc_ns() + expires_s * kNsPerS;
  ZOE_TRY(const std::string role, call.params.text("role", 16, "member"));
  if (role != "member" && role != "admin")
    return fail(Errc::kInvalidArgument, "params.role: must be \"member\" or \"admin\"");
  wish.role = role == "admin" ? ZOE_ROLE_ADMIN : ZOE_ROLE_MEMBER;
  ZOE_TRY(const zoe_new_invite made, call.services.auth.create_invite(*call.identity, wish));
  call.services.log.info("admin", "{} made invite {}", call.identity->name, made.invite_id);
  return json{{"invite", made.invite_id}, {"code", text_of(made.code)}, {"expires_utc_ns", wish.expires_utc_ns}};
}

Answer admin_revoke_invite(const Call& call) {
  ZOE_TRY(const std::uint64_t invite, call.params.id("invite"));
  ZOE_CHECK(call.services.auth.revoke_invite(*call.identity, invite));
  call.services.log.info("admin", "{} revoked invite {}", call.identity->name, invite);
  return json::object();
}

Answer admin_delete_user(const Call& call) {
  ZOE_TRY(const std::uint64_t user_id, call.params.id("user_id"));
  ZOE_TRY(const std::string provider, call.services.auth.provider_of_accounts(*call.identity));
  ZOE_CHECK(depart(call.services.store, call.services.log, {provider, user_id},
                   [&] { return call.services.auth.delete_user(*call.identity, user_id); }));
  call.services.log.info("admin", "{} deleted user {}", call.identity->name, user_id);
  call.services.rooms.forget({provider, user_id});
  return departed(call);
}

Answer account_delete(const Call& call) {
  ZOE_TRY(const std::string password, call.params.text("password", kMostPassword));
  ZOE_CHECK(call.services.auth.confirm_password(*call.identity, password));
  ZOE_CHECK(depart(call.services.store, call.services.log, {call.identity->provider, call.identity->user_id},
                   [&] { return call.services.auth.delete_own(*call.identity); }));
  call.services.log.info("auth", "{} deleted the account", call.identity->name);
  call.services.rooms.forget({call.identity->provider, call.identity->user_id});
  return departed(call);
}

}  // namespace zoe::server::handlers
