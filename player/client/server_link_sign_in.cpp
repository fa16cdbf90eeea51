// Signing in, at first and again on each further connection.
#include <nlohmann/json.hpp>
#include <utility>

#include "player/client/server_link_impl.hpp"
#include "player/client/server_messages.hpp"

namespace zoe::player {
namespace {

constexpr std::string_view kTakeOver = "auth.take_over";

bool is_link_trouble(Errc code) { return code == Errc::kUnavailable || code == Errc::kCancelled; }

// Passes by itself: no reason to ask the viewer for a password.
bool is_passing(Errc code) { return is_link_trouble(code) || code == Errc::kTimeout || code == Errc::kIo; }

}  // namespace

void ServerLinkImpl::sign_in(Credential credential) {
  ConnectionPtr line;
  std::uint64_t generation = 0;
  {
    const MutexLock lock(mutex_);
    snapshot_.error.clear();
    const bool is_connected = connection_ != nullptr && snapshot_.state == LinkState::kSignInNeeded;
    if (!is_connected) {
      credential_ = std::move(credential);  // the next greeting takes it along
      return;
    }
    snapshot_.state = LinkState::kSigningIn;
    line = connection_;
    generation = generation_;
  }
  changed();
  send_credential(line, generation, std::move(credential));
}

void ServerLinkImpl::send_credential(const ConnectionPtr& line, std::uint64_t generation, Credential credential) {
  const std::string method = credential.method;
  const std::string params = credential.params;
  line->request(method, params, [this, generation, credential = std::move(credential)](Result<nlohmann::json>& result) {
    on_signed_in(generation, credential, result);
  });
}

void ServerLinkImpl::on_server_info(std::uint64_t generation, Result<nlohmann::json>& result) {
  bool is_only_for_guests = false;
  std::optional<Credential> waiting;
  ConnectionPtr line;
  {
    const MutexLock lock(mutex_);
    if (generation != generation_ || (!result && is_link_trouble(result.error().code))) return;
    const Result<ServerInfo> info = result ? parse_server_info(*result) : fail(result.error());
    if (!info) {
      refuse(info.error().message);
    } else {
      snapshot_.server_name = info->name;
      snapshot_.server_version = info->version;
      snapshot_.auth = {info->can_log_in, info->can_register, info->is_guest, info->code_makes_admin,
                        info->needs_invite};
      if (snapshot_.state == LinkState::kConnecting) snapshot_.state = LinkState::kSignInNeeded;
      is_only_for_guests = snapshot_.state == LinkState::kSignInNeeded && info->is_guest && !info->can_log_in;
    }
    if (snapshot_.state == LinkState::kSignInNeeded) waiting = std::exchange(credential_, std::nullopt);
    // Nobody sees it ask for what is there already.
    if (waiting) snapshot_.state = LinkState::kSigningIn;
    line = connection_;
  }
  changed();
  if (waiting) {
    send_credential(line, generation, std::move(*waiting));
  } else if (is_only_for_guests) {
    enter_as_guest();  // where there is nothing to choose, nobody has to press a button
  }
}

void ServerLinkImpl::on_signed_in(std::uint64_t generation, const Credential& credential,
                                  Result<nlohmann::json>& result) {
  const Result<SignedIn> signed_in = result ? parse_signed_in(*result) : fail(result.error());
  LibraryModel::Request first_page;
  std::optional<Credential> next;
  ConnectionPtr line;
  {
    const MutexLock lock(mutex_);
    // A connection that has ended says so by itself.
    if (generation != generation_ || connection_->state().phase == net::ConnectionPhase::kClosed) return;
    line = connection_;
    if (!signed_in) {
      next = on_refused(credential, signed_in.error());
    } else {
      if (credential.method != kTakeOver) keep_session(credential, *signed_in);
      ticket_.clear();
      snapshot_.principal = signed_in->principal;
      snapshot_.state = LinkState::kSignedIn;
      snapshot_.error.clear();
      snapshot_.attempt = 0;
      first_page = library_.refresh();
    }
  }
  if (next) send_credential(line, generation, std::move(*next));
  if (!signed_in) return changed();
  {
    const MutexLock order(listener_mutex_);
    if (listener_ != nullptr && is_current(generation) && is_ready()) listener_->on_link_ready();
  }
  ask_library(first_page);
}

std::optional<ServerLinkImpl::Credential> ServerLinkImpl::on_refused(const Credential& credential, const Error& error) {
  // A ticket may be too old, or of a server that was started anew meanwhile: the session is still good.
  if (credential.method == kTakeOver) {
    ticket_.clear();
    if (has_session_) return session_;
  }
  if (has_session_ && is_passing(error.code)) {
    end_connection();
    ++snapshot_.attempt;
    snapshot_.state = LinkState::kReconnecting;
    snapshot_.error = error.message;
    connect_at(clock_.now_ns() + backoff_ns());
    return std::nullopt;
  }
  const bool was_token = credential.method == "auth.resume" && credential.remember == Remember::kToken;
  if (was_token) {
    settings_->forget_session(server_key());
    save_settings();
  }
  forget_session();
  refuse(was_token ? "Your session at this server has ended. Please sign in again." : error.message);
  std::optional<Credential> waiting = std::exchange(credential_, std::nullopt);
  if (waiting) {
    snapshot_.error.clear();
    snapshot_.state = LinkState::kSigningIn;
  }
  return waiting;
}

void ServerLinkImpl::keep_session(const Credential& credential, const SignedIn& signed_in) {
  session_ = credential;
  session_.remember = Remember::kNo;
  if (!signed_in.token.empty()) {
    session_ = {.method = "auth.resume",
                .params = text_params({{"token", signed_in.token}}),
                .name = signed_in.principal.name,
                .token = signed_in.token};
  }
  has_session_ = true;
  if (credential.remember == Remember::kToken)
    settings_->set_session(server_key(), {signed_in.principal.name, session_.token});
  settings_->set_address(snapshot_.address);
  if (!credential.name.empty()) settings_->set_name(credential.name);
  save_settings();
}

void ServerLinkImpl::refuse(const std::string& error) {
  snapshot_.state = LinkState::kSignInNeeded;
  snapshot_.principal = {};
  snapshot_.error = error;
}

}  // namespace zoe::player
