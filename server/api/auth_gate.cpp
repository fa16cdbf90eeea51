#include "server/api/auth_gate.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/plugin/bridge/status.hpp"
#include "server/api/media_tickets.hpp"

namespace zoe::server {
namespace {

constexpr std::string_view kClosed =
    "this server is closed: no auth plugin is active. Its operator has to add one to the plugin folder, or allow "
    "guests";

template <typename T>
T sized() {
  T value{};
  value.struct_size = sizeof(T);
  return value;
}

Status to_result(zoe_status status, const zoe_error& error) {
  if (status >= 0) return {};
  return fail(abi::read_error(status, error));
}

IdentityPtr make_identity(const AuthPin& pin, const zoe_principal& principal, std::string token) {
  auto identity = std::make_shared<Identity>();
  identity->provider = pin.id;
  identity->role = principal.role;
  identity->user_id = principal.user_id;
  identity->session_id = principal.session_id;
  identity->expires_utc_ns = principal.expires_utc_ns;
  identity->name = abi::view_of(principal.name);
  identity->token = std::move(token);
  return identity;
}

// Runs one of the functions that sign somebody in: `call(out, error)`.
template <typename Call>
Result<IdentityPtr> sign_in(const AuthPin& pin, Call&& call) {
  zoe_login login = sized<zoe_login>();
  login.principal.struct_size = sizeof login.principal;
  zoe_error error = abi::empty_error();
  ZOE_CHECK(to_result(call(&login, &error), error));
  return make_identity(pin, login.principal, std::string(abi::view_of(login.token)));
}

// Runs one of the functions that only succeed or fail: `call(error)`.
template <typename Call>
Status ask(Call&& call) {
  zoe_error error = abi::empty_error();
  return to_result(call(&error), error);
}

// A plugin that was built for an older version of the interface has a shorter table. `end` is where the member ends.
Status check_reaches(const AuthPin& pin, std::size_t end, const char* purpose) {
  if (pin.auth->struct_size >= end) return {};
  return fail(Errc::kUnsupported, "the auth plugin '" + pin.id + "' is too old to " + purpose + "; replace it");
}
#define ZOE_END_OF(member) (offsetof(zoe_auth_v1, member) + sizeof(zoe_auth_v1::member))

// The plugin's `each` for a list: an exception must not leave it.
template <typename T>
struct Collector {
  static constexpr std::size_t kMost = 100'000;

  static int32_t add(void* user, const T* info) noexcept {
    auto& self = *static_cast<Collector*>(user);
    if (self.all.size() >= kMost || !abi::has_all_of(info)) return 1;
    try {
      self.all.push_back(*info);
      return 0;
    } catch (...) {
      return 1;
    }
  }

  std::vector<T> all;
};

}  // namespace

zoe_principal Identity::principal() const {
  zoe_principal out = sized<zoe_principal>();
  out.role = role;
  out.user_id = user_id;
  out.session_id = session_id;
  out.expires_utc_ns = expires_utc_ns;
  abi::copy_text(out.name, name);
  return out;
}

const char* role_name(std::uint32_t role) {
  switch (role) {
    case ZOE_ROLE_GUEST:
      return "guest";
    case ZOE_ROLE_MEMBER:
      return "member";
    case ZOE_ROLE_ADMIN:
      return "admin";
    default:
      return "unknown";
  }
}

namespace {

// No plugin has an id like this one.
constexpr const char* kOperator = "@operator";

bool is_operator(const Identity& identity) { return identity.provider == kOperator; }

}  // namespace

IdentityPtr operator_identity() {
  auto identity = std::make_shared<Identity>();
  identity->provider = kOperator;
  identity->role = ZOE_ROLE_ADMIN;
  identity->name = "operator";
  return identity;
}

AuthGate::AuthGate(AuthSource source) : source_(std::move(source)) {}

AuthOffer AuthGate::offer() const {
  std::uint32_t all = 0;
  for (const AuthPin& pin : source_()) all |= pin.auth->capabilities(pin.plugin);
  return {.can_log_in = (all & ZOE_AUTH_CAN_LOG_IN) != 0,
          .can_register = (all & ZOE_AUTH_CAN_REGISTER) != 0,
          .is_guest = (all & ZOE_AUTH_GUEST) != 0,
          .code_makes_admin = (all & ZOE_AUTH_CODE_MAKES_ADMIN) != 0,
          .needs_invite = (all & ZOE_AUTH_NEEDS_INVITE) != 0};
}

Result<AuthPin> AuthGate::pin_of(const std::string& id) const {
  for (AuthPin& pin : source_())
    if (pin.id == id) return std::move(pin);
  return fail(Errc::kUnavailable, "the auth plugin '" + id + "' that knows this account is not active now");
}

Result<AuthPin> AuthGate::accounts_of(const Identity& admin) const {
  return is_operator(admin) ? first_with(ZOE_AUTH_CAN_LOG_IN, "accounts") : pin_of(admin.provider);
}

Result<AuthPin> AuthGate::first_with(std::uint32_t capability, const char* what) const {
  const auto pins = source_();
  for (const AuthPin& pin : pins)
    if ((pin.auth->capabilities(pin.plugin) & capability) != 0) return pin;
  if (pins.empty()) return fail(Errc::kUnavailable, std::string(kClosed));
  return fail(Errc::kUnsupported, std::string("this server does not offer ") + what);
}

Result<IdentityPtr> AuthGate::register_user(const Credentials& who) const {
  ZOE_TRY(const AuthPin pin, first_with(ZOE_AUTH_CAN_REGISTER, "registration"));
  return sign_in(pin, [&](zoe_login* out, zoe_error* error) {
    return pin.auth->register_user(pin.plugin, abi::to_abi(who.name), abi::to_abi(who.password), abi::to_abi(who.code),
                                   abi::to_abi(who.client), abi::to_abi(who.peer_address), out, error);
  });
}

Result<IdentityPtr> AuthGate::log_in(const Credentials& who) const {
  ZOE_TRY(const AuthPin pin, first_with(ZOE_AUTH_CAN_LOG_IN, "accounts to log in with"));
  return sign_in(pin, [&](zoe_login* out, zoe_error* error) {
    return pin.auth->log_in(pin.plugin, abi::to_abi(who.name), abi::to_abi(who.password), abi::to_abi(who.client),
                            abi::to_abi(who.peer_address), out, error);
  });
}

Result<IdentityPtr> AuthGate::guest(const std::string& peer_address) const {
  ZOE_TRY(const AuthPin pin, first_with(ZOE_AUTH_GUEST, "entrance to guests"));
  return sign_in(pin, [&](zoe_login* out, zoe_error* error) {
    return pin.auth->guest(pin.plugin, abi::to_abi(peer_address), out, error);
  });
}

Result<IdentityPtr> AuthGate::resume(const std::string& token) const {
  Error last{Errc::kUnavailable, std::string(kClosed)};
  for (const AuthPin& pin : source_()) {
    zoe_principal principal = sized<zoe_principal>();
    const Status known =
        ask([&](zoe_error* error) { return pin.auth->resolve(pin.plugin, abi::to_abi(token), &principal, error); });
    if (known) return make_identity(pin, principal, token);
    // A plugin that keeps accounts knows better why than one that does not.
    const bool keeps_accounts = (pin.auth->capabilities(pin.plugin) & ZOE_AUTH_CAN_LOG_IN) != 0;
    if (last.code == Errc::kUnavailable || keeps_accounts) last = known.error();
  }
  return fail(std::move(last));
}

Result<IdentityPtr> AuthGate::refresh(const IdentityPtr& identity, std::int64_t utc_ns) const {
  if (utc_ns >= identity->expires_utc_ns) return fail(Errc::kUnauthenticated, "this session has expired; log in again");
  ZOE_TRY(const AuthPin pin, pin_of(identity->provider));
  if (identity->ticket && !identity->ticket->holds(utc_ns))
    return fail(Errc::kUnauthenticated, "this ticket was revoked or is too old: make another one");
  if (identity->token.empty()) return identity;
  zoe_principal principal = sized<zoe_principal>();
  ZOE_CHECK(ask([&](zoe_error* error) {
    return pin.auth->resolve(pin.plugin, abi::to_abi(identity->token), &principal, error);
  }));
  const IdentityPtr person = make_identity(pin, principal, identity->token);
  auto now = std::make_shared<Identity>(*person);
  now->ticket = identity->ticket;
  if (now->ticket) now->expires_utc_ns = std::min(now->expires_utc_ns, now->ticket->expires_utc_ns);
  return *now == *identity ? identity : IdentityPtr(std::move(now));
}

Status AuthGate::authorise(const Identity& identity, Action action, std::string_view resource) const {
  if (is_operator(identity)) return {};
  ZOE_TRY(const AuthPin pin, pin_of(identity.provider));
  const zoe_principal principal = identity.principal();
  return ask([&](zoe_error* error) {
    return pin.auth->authorise(pin.plugin, &principal, static_cast<std::uint32_t>(action), abi::to_abi(resource),
                               error);
  });
}

Status AuthGate::revoke(const Identity& identity, std::uint64_t session_id) const {
  ZOE_TRY(const AuthPin pin, pin_of(identity.provider));
  return ask([&](zoe_error* error) { return pin.auth->revoke(pin.plugin, identity.user_id, session_id, error); });
}

Status AuthGate::change_password(const Identity& identity, std::string_view old_password,
                                 std::string_view new_password) const {
  ZOE_TRY(const AuthPin pin, pin_of(identity.provider));
  const zoe_principal principal = identity.principal();
  return ask([&](zoe_error* error) {
    return pin.auth->change_password(pin.plugin, &principal, abi::to_abi(old_password), abi::to_abi(new_password),
                                     error);
  });
}

Result<std::vector<zoe_session_info>> AuthGate::sessions(const Identity& identity) const {
  ZOE_TRY(const AuthPin pin, pin_of(identity.provider));
  Collector<zoe_session_info> collector;
  ZOE_CHECK(ask([&](zoe_error* error) {
    return pin.auth->list_sessions(pin.plugin, identity.user_id, collector.add, &collector, error);
  }));
  return std::move(collector.all);
}

Result<std::vector<zoe_user_info>> AuthGate::users(const Identity& admin) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  Collector<zoe_user_info> collector;
  ZOE_CHECK(ask([&](zoe_error* error) { return pin.auth->list_users(pin.plugin, collector.add, &collector, error); }));
  return std::move(collector.all);
}

Status AuthGate::set_role(const Identity& admin, std::uint64_t user_id, std::uint32_t role) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  return ask([&](zoe_error* error) { return pin.auth->set_role(pin.plugin, user_id, role, error); });
}

Status AuthGate::set_disabled(const Identity& admin, std::uint64_t user_id, bool is_disabled) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  return ask([&](zoe_error* error) { return pin.auth->set_disabled(pin.plugin, user_id, is_disabled ? 1 : 0, error); });
}

Result<std::uint64_t> AuthGate::create_user(const Identity& admin, std::string_view name, std::string_view password,
                                            std::uint32_t role) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  ZOE_CHECK(check_reaches(pin, ZOE_END_OF(create_user), "make accounts"));
  std::uint64_t user_id = 0;
  ZOE_CHECK(ask([&](zoe_error* error) {
    return pin.auth->create_user(pin.plugin, abi::to_abi(name), abi::to_abi(password), role, &user_id, error);
  }));
  return user_id;
}

Status AuthGate::reset_password(const Identity& admin, std::uint64_t user_id, std::string_view password) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  return ask(
      [&](zoe_error* error) { return pin.auth->reset_password(pin.plugin, user_id, abi::to_abi(password), error); });
}

Status AuthGate::delete_user(const Identity& admin, std::uint64_t user_id) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  ZOE_CHECK(check_reaches(pin, ZOE_END_OF(delete_user), "delete accounts"));
  return ask([&](zoe_error* error) { return pin.auth->delete_user(pin.plugin, user_id, error); });
}

Status AuthGate::confirm_password(const Identity& identity, std::string_view password) const {
  ZOE_TRY(const AuthPin pin, pin_of(identity.provider));
  ZOE_CHECK(check_reaches(pin, ZOE_END_OF(confirm_password), "delete accounts"));
  const zoe_principal principal = identity.principal();
  return ask([&](zoe_error* error) {
    return pin.auth->confirm_password(pin.plugin, &principal, abi::to_abi(password), error);
  });
}

Status AuthGate::delete_own(const Identity& identity) const {
  ZOE_TRY(const AuthPin pin, pin_of(identity.provider));
  ZOE_CHECK(check_reaches(pin, ZOE_END_OF(delete_user), "delete accounts"));
  return ask([&](zoe_error* error) { return pin.auth->delete_user(pin.plugin, identity.user_id, error); });
}

Result<std::vector<zoe_invite_info>> AuthGate::invites(const Identity& admin) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  ZOE_CHECK(check_reaches(pin, ZOE_END_OF(revoke_invite), "invite people"));
  Collector<zoe_invite_info> collector;
  ZOE_CHECK(
      ask([&](zoe_error* error) { return pin.auth->list_invites(pin.plugin, collector.add, &collector, error); }));
  return std::move(collector.all);
}

Result<zoe_new_invite> AuthGate::create_invite(const Identity& admin, const InviteWish& wish) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  ZOE_CHECK(check_reaches(pin, ZOE_END_OF(revoke_invite), "invite people"));
  zoe_new_invite made = sized<zoe_new_invite>();
  ZOE_CHECK(ask([&](zoe_error* error) {
    return pin.auth->create_invite(pin.plugin, wish.role, wish.uses, wish.expires_utc_ns, abi::to_abi(wish.note), &made,
                                   error);
  }));
  return made;
}

Status AuthGate::revoke_invite(const Identity& admin, std::uint64_t invite_id) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  ZOE_CHECK(check_reaches(pin, ZOE_END_OF(revoke_invite), "invite people"));
  return ask([&](zoe_error* error) { return pin.auth->revoke_invite(pin.plugin, invite_id, error); });
}

Result<std::string> AuthGate::provider_of_accounts(const Identity& admin) const {
  ZOE_TRY(const AuthPin pin, accounts_of(admin));
  return pin.id;
}

Result<bool> AuthGate::has_user(const std::string& provider, std::uint64_t user_id) const {
  ZOE_TRY(const AuthPin pin, pin_of(provider));
  Collector<zoe_user_info> collector;
  ZOE_CHECK(ask([&](zoe_error* error) { return pin.auth->list_users(pin.plugin, collector.add, &collector, error); }));
  return std::any_of(collector.all.begin(), collector.all.end(),
                     [&](const zoe_user_info& user) { return user.user_id == user_id; });
}

}  // namespace zoe::server
