// The life of the connections to a server.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "player/client/server_link_impl.hpp"
#include "player/client/server_messages.hpp"

namespace zoe::player {
namespace {

constexpr std::int64_t kFirstBackoffNs = 250 * kNsPerMs;
constexpr std::int64_t kMostBackoffNs = 8 * kNsPerS;
constexpr std::int64_t kTrashNs = 20 * kNsPerMs;

constexpr std::size_t kMostTicket = 4096;

}  // namespace

// --------------------------------------------------------------------------------------------------- the link thread

void ServerLinkImpl::run() {
  set_thread_name("zoe-link");
  const MutexLock lock(mutex_);
  for (;;) {
    if (is_stopping_) end_connection();
    // A connection is ended here and nowhere else: its last reference must not go on its own network thread.
    std::vector<ConnectionPtr> ended;
    for (auto line = trash_.begin(); line != trash_.end();) {
      if (line->use_count() == 1) {
        ended.push_back(std::move(*line));
        line = trash_.erase(line);
      } else {
        ++line;
      }
    }
    const bool is_save_wanted = std::exchange(is_save_wanted_, false);
    std::vector<FileIntake::Ended> lost_files = std::exchange(lost_files_, {});
    if (!ended.empty() || !lost_files.empty() || is_save_wanted) {
      mutex_.unlock();
      ended.clear();
      for (FileIntake::Ended& each : lost_files) each.tell();
      if (is_save_wanted) {
        if (const Status saved = settings_->save(); !saved)
          log_.warning("player", "the settings are not kept: {}", saved.error().message);
      }
      mutex_.lock();
      continue;
    }
    if (is_stopping_ && trash_.empty()) return;
    std::int64_t wait_ns = trash_.empty() ? 3600 * kNsPerS : kTrashNs;
    if (is_connect_wanted_ && !is_stopping_) {
      const std::int64_t rest = connect_at_ns_ - clock_.now_ns();
      if (rest <= 0) {
        is_connect_wanted_ = false;
        start_connection();
        continue;
      }
      wait_ns = std::min(wait_ns, rest);
    }
    wake_.wait_for(mutex_, std::chrono::nanoseconds(wait_ns));
  }
}

void ServerLinkImpl::start_connection() {
  end_connection();
  if (!address_) return;
  const std::uint64_t generation = ++generation_;
  net::ConnectionOptions options;
  options.host = address_->host;
  options.port = address_->port;
  options.client = options_.client_name;
  options.security = options_.security;
  options.trust = trust_;
  options.connect_timeout = std::chrono::milliseconds(options_.connect_timeout_ns / kNsPerMs);
  net::ConnectionSinks sinks;
  sinks.state = [this, generation](const net::ConnectionState& state) { on_state(generation, state); };
  sinks.media = [this, generation](net::MediaRun&& run) { on_media(generation, std::move(run)); };
  sinks.chunk = [this, generation](net::FileChunk&& chunk) { on_chunk(generation, std::move(chunk)); };
  sinks.event = [this, generation](std::string_view event, const nlohmann::json& body) {
    on_event(generation, event, body);
  };
  // The sinks wait for the lock, and so find the connection in its place.
  connection_ = net::Connection::start(std::move(options), std::move(sinks));
}

void ServerLinkImpl::end_connection() {
  ++generation_;
  if (!connection_) return;
  const net::ConnectionStats stats = connection_->stats();
  past_traffic_.received_bytes += stats.received_bytes;
  past_traffic_.sent_bytes += stats.sent_bytes;
  for (FileIntake::Ended& each : files_.take_all({Errc::kUnavailable, "The connection to the server was lost."}))
    lost_files_.push_back(std::move(each));
  connection_->close();
  trash_.push_back(std::move(connection_));
  connection_.reset();
  wake_.notify_all();
}

std::int64_t ServerLinkImpl::backoff_ns() const {
  if (snapshot_.attempt <= 1) return 0;
  return std::min(kFirstBackoffNs << std::min(snapshot_.attempt - 2, 8), kMostBackoffNs);
}

void ServerLinkImpl::connect_at(std::int64_t time_ns) {
  is_connect_wanted_ = true;
  connect_at_ns_ = time_ns;
  wake_.notify_all();
}

void ServerLinkImpl::forget_session() {
  has_session_ = false;
  session_ = {};
  ticket_.clear();
}

bool ServerLinkImpl::is_current(std::uint64_t generation) const {
  const MutexLock lock(mutex_);
  return generation == generation_;
}

void ServerLinkImpl::save_settings() {
  if (!options_.keeps_settings) return;
  is_save_wanted_ = true;
  wake_.notify_all();
}

std::string ServerLinkImpl::server_key() const {
  if (!snapshot_.key_pin.empty()) return snapshot_.key_pin;
  return address_ ? fmt::format("plain:{}:{}", address_->host, address_->port) : std::string();
}

// --------------------------------------------------------------------------------------------------- its connection

void ServerLinkImpl::on_state(std::uint64_t generation, const net::ConnectionState& state) {
  switch (state.phase) {
    case net::ConnectionPhase::kConnecting:
    case net::ConnectionPhase::kSecuring:
      return;
    case net::ConnectionPhase::kGreeting:
      return on_greeting(generation, state);
    case net::ConnectionPhase::kReady: {
      const MutexLock lock(mutex_);
      if (generation == generation_) snapshot_.server_name = state.server_name;
      return;
    }
    case net::ConnectionPhase::kClosed:
      return on_closed(generation, state);
  }
}

// What is asked here goes out together with the hello, so that signing in costs one round trip in all.
void ServerLinkImpl::on_greeting(std::uint64_t generation, const net::ConnectionState& state) {
  ConnectionPtr line;
  Credential credential;
  {
    const MutexLock lock(mutex_);
    if (generation != generation_) return;
    line = connection_;
    snapshot_.is_encrypted = state.is_encrypted;
    snapshot_.key_pin = state.pin;
    snapshot_.is_key_new = state.trust == net::Trust::kFirstSeen;
    if (credential_) {
      credential = *std::exchange(credential_, std::nullopt);
    } else if (!ticket_.empty()) {
      credential = {.method = "auth.take_over", .params = text_params({{"ticket", ticket_}})};
    } else if (has_session_) {
      credential = session_;
    } else if (const SavedSession saved = settings_->session(server_key()); !saved.token.empty()) {
      credential = {.method = "auth.resume",
                    .params = text_params({{"token", saved.token}}),
                    .name = saved.name,
                    .token = saved.token,
                    .remember = Remember::kToken};
    }
    if (!credential.method.empty() && snapshot_.state != LinkState::kReconnecting)
      snapshot_.state = LinkState::kSigningIn;
  }
  line->request("server.info", {},
                [this, generation](Result<nlohmann::json>& result) { on_server_info(generation, result); });
  if (!credential.method.empty()) send_credential(line, generation, std::move(credential));
  changed();
}

void ServerLinkImpl::on_closed(std::uint64_t generation, const net::ConnectionState& state) {
  const Error error = state.error.value_or(Error{Errc::kUnavailable, "The server closed the connection."});
  const MutexLock order(listener_mutex_);
  bool was_signed_in = false;
  {
    const MutexLock lock(mutex_);
    if (generation != generation_) return;
    const LinkState before = snapshot_.state;
    was_signed_in = before == LinkState::kSignedIn;
    end_connection();
    const auto try_again = [&](LinkState while_trying) ZOE_REQUIRES(mutex_) {
      snapshot_.state = while_trying;
      connect_at(clock_.now_ns() + backoff_ns());
    };
    snapshot_.error = error.message;
    if (state.trust == net::Trust::kChanged) {
      snapshot_.state = LinkState::kKeyChanged;
      snapshot_.key_pin = state.pin;
      snapshot_.former_key_pin = address_ ? trust_->pin_of(address_->host, address_->port) : std::string();
      forget_session();
    } else if (error.code == Errc::kUnauthenticated && was_signed_in) {
      // The session was revoked or has expired: back to the login card, on a new connection.
      settings_->forget_session(server_key());
      save_settings();
      forget_session();
      snapshot_.principal = {};
      library_.clear();
      try_again(LinkState::kConnecting);
    } else if (has_session_) {
      ++snapshot_.attempt;
      try_again(LinkState::kReconnecting);
    } else if (before == LinkState::kSignInNeeded) {
      ++snapshot_.attempt;
      try_again(LinkState::kConnecting);  // once: a failure to connect ends in kFailed
    } else {
      snapshot_.state = LinkState::kFailed;
    }
  }
  log_.info("player", "connection closed: {}", error.message);
  if (was_signed_in) tell_listener_lost(error);
  changed();
}

void ServerLinkImpl::on_media(std::uint64_t generation, net::MediaRun&& run) {
  const MutexLock order(listener_mutex_);
  if (listener_ != nullptr && is_current(generation)) listener_->on_media(std::move(run));
}

void ServerLinkImpl::on_event(std::uint64_t generation, std::string_view event, const nlohmann::json& body) {
  if (event == "stream.failed") {
    auto failure = parse_stream_failure(body);
    const MutexLock order(listener_mutex_);
    if (failure && listener_ != nullptr && is_current(generation))
      listener_->on_stream_failed(failure->stream, failure->serial, std::move(failure->error));
  } else if (event == "file.failed") {
    on_file_failed(generation, body);
  } else if (event == "library.changed" || event == "personal.changed") {
    if (is_current(generation)) refresh_library();
  } else if (event == "server.resume") {
    on_resume_wanted(generation, body);
  } else {
    const MutexLock lock(events_mutex_);
    for (const auto& [prefix, listener] : event_listeners_)
      if (event.starts_with(prefix) && is_current(generation)) listener(event, body);
  }
}

// The server closes this connection when it has said so; there is nothing to wait for.
void ServerLinkImpl::on_resume_wanted(std::uint64_t generation, const nlohmann::json& body) {
  {
    const MutexLock order(listener_mutex_);
    {
      const MutexLock lock(mutex_);
      if (generation != generation_) return;
      const auto ticket = body.find("ticket");
      const bool has_ticket = has_session_ && ticket != body.end() && ticket->is_string() &&
                              ticket->get_ref<const std::string&>().size() <= kMostTicket;
      if (has_ticket) ticket_ = ticket->get<std::string>();
      end_connection();
      snapshot_.state = has_session_ ? LinkState::kReconnecting : LinkState::kConnecting;
      connect_at(0);
    }
    tell_listener_lost({Errc::kUnavailable, "the server asked to connect again"});
  }
  changed();
}

}  // namespace zoe::player
