// Everyone is a guest. Serves only where the configuration says so, because it opens the library to whoever reaches the
// server:  [plugins.auth_guest] enabled = true, may_download = false
#include <limits>

#include "engine/plugin/sdk/auth.hpp"
#include "engine/plugin/sdk/settings.hpp"

namespace zoe::plugins {
namespace {

class GuestAuth final : public sdk::AuthPlugin {
 public:
  static Result<std::unique_ptr<GuestAuth>> create(const sdk::Host& host) {
    ZOE_TRY(const sdk::Settings settings, sdk::Settings::read(host, "auth_guest"));
    ZOE_TRY(const bool is_enabled, settings.boolean("enabled", false));
    ZOE_TRY(const bool may_download, settings.boolean("may_download", false));
    ZOE_CHECK(settings.check_unknown());
    if (!is_enabled) {
      return fail(Errc::kUnavailable,
                  "not enabled; [plugins.auth_guest] enabled = true would let everybody in as a guest");
    }
    return std::make_unique<GuestAuth>(host, may_download);
  }

  GuestAuth(const sdk::Host& host, bool may_download) : AuthPlugin(host), may_download_(may_download) {}

  std::uint32_t capabilities() override { return ZOE_AUTH_GUEST; }

  Result<zoe_login> guest(std::string_view) override {
    zoe_login login{};
    login.struct_size = sizeof login;
    login.principal.struct_size = sizeof login.principal;
    login.principal.role = ZOE_ROLE_GUEST;
    login.principal.expires_utc_ns = std::numeric_limits<std::int64_t>::max();
    sdk::copy_text(login.principal.name, "guest");
    return login;
  }

  Result<zoe_principal> resolve(std::string_view) override {
    return fail(Errc::kUnauthenticated, "this server gives no tokens: enter as a guest");
  }

  Status authorise(const zoe_principal& principal, std::uint32_t action, std::string_view) override {
    if (principal.role == ZOE_ROLE_GUEST) {
      if (action == ZOE_ACTION_BROWSE || action == ZOE_ACTION_WATCH) return {};
      if (action == ZOE_ACTION_DOWNLOAD && may_download_) return {};
    }
    return fail(Errc::kDenied, "guests of this server may not do that");
  }

 private:
  const bool may_download_;
};

}  // namespace
}  // namespace zoe::plugins

ZOE_DEFINE_PLUGIN(zoe::plugins::GuestAuth, "auth_guest", "Guests", "1.0.0")
