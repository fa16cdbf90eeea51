#include "player/client/server_link.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "player/client/server_link_impl.hpp"
#include "player/client/server_messages.hpp"

namespace zoe::player {
namespace {

constexpr std::size_t kMostErrorBytes = 512;  // of a message that is shown

std::shared_ptr<net::TrustStore> load_trust(const std::string& settings_path, Log& log) {
  if (settings_path.empty()) return std::make_shared<net::TrustStore>();
  const auto path = std::filesystem::path(settings_path).parent_path() / "known_servers";
  auto store = net::TrustStore::load(path);
  if (store) return std::move(*store);
  log.error("player", "{}", store.error().message);
  return std::make_shared<net::TrustStore>();
}

std::unique_ptr<Settings> load_settings(const std::string& path, Log& log) {
  auto settings = Settings::load(path);
  if (settings) return std::move(*settings);
  log.warning("player", "{}; starting with fresh settings", settings.error().message);
  return std::make_unique<Settings>(path);
}

}  // namespace

std::unique_ptr<ServerLink> ServerLink::create(Options options, const Clock& clock, Log& log) {
  return std::make_unique<ServerLinkImpl>(std::move(options), clock, log);
}

ServerLinkImpl::ServerLinkImpl(Options options, const Clock& clock, Log& log)
    : options_(std::move(options)),
      clock_(clock),
      log_(log),
      settings_(load_settings(options_.settings_path, log)),
      trust_(load_trust(options_.settings_path, log)),
      thread_([this] { run(); }) {}

ServerLinkImpl::~ServerLinkImpl() {
  {
    const MutexLock lock(mutex_);
    is_stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
}

// --------------------------------------------------------------------------------------------------- commands

void ServerLinkImpl::connect(const ServerAddress& address) {
  {
    const MutexLock order(listener_mutex_);
    {
      const MutexLock lock(mutex_);
      end_connection();
      address_ = address;
      forget_session();
      credential_.reset();
      snapshot_ = {};
      snapshot_.address = address.to_string();
      snapshot_.state = LinkState::kConnecting;
      library_.clear();
      connect_at(0);
    }
    tell_listener_lost({Errc::kCancelled, "connecting to another server"});
  }
  changed();
}

void ServerLinkImpl::disconnect() {
  {
    const MutexLock order(listener_mutex_);
    {
      const MutexLock lock(mutex_);
      end_connection();
      is_connect_wanted_ = false;
      forget_session();
      credential_.reset();
      const std::string address = snapshot_.address;
      snapshot_ = {};
      snapshot_.address = address;
      library_.clear();
      wake_.notify_all();
    }
    tell_listener_lost({Errc::kCancelled, "disconnected"});
  }
  changed();
}

void ServerLinkImpl::accept_key() {
  {
    const MutexLock lock(mutex_);
    if (snapshot_.state != LinkState::kKeyChanged || !address_) return;
    settings_->forget_session(snapshot_.former_key_pin);
    if (const Status kept = trust_->remember(address_->host, address_->port, snapshot_.key_pin); !kept)
      log_.warning("player", "{}", kept.error().message);
    save_settings();
    snapshot_.state = LinkState::kConnecting;
    snapshot_.error.clear();
    snapshot_.former_key_pin.clear();
    connect_at(0);
  }
  changed();
}

void ServerLinkImpl::log_in(std::string name, std::string password, Remember remember) {
  sign_in({.method = "auth.login",
           .params = text_params({{"name", name}, {"password", password}, {"client", options_.client_name}}),
           .name = std::move(name),
           .remember = remember});
}

void ServerLinkImpl::register_account(std::string name, std::string password, std::string code, Remember remember) {
  sign_in({.method = "auth.register",
           .params =
               text_params({{"name", name}, {"password", password}, {"code", code}, {"client", options_.client_name}}),
           .name = std::move(name),
           .remember = remember});
}

void ServerLinkImpl::resume(std::string token) {
  sign_in({.method = "auth.resume", .params = text_params({{"token", token}}), .token = std::move(token)});
}

void ServerLinkImpl::enter_as_guest() { sign_in({.method = "auth.guest"}); }

void ServerLinkImpl::sign_out() {
  {
    const MutexLock order(listener_mutex_);
    {
      const MutexLock lock(mutex_);
      if (snapshot_.state != LinkState::kSignedIn) return;
      settings_->forget_session(server_key());
      save_settings();
      forget_session();
      snapshot_.state = LinkState::kSignInNeeded;
      snapshot_.principal = {};
      library_.clear();
    }
    tell_listener_lost({Errc::kUnauthenticated, "signed out"});
  }
  request("auth.logout", {}, {});
  changed();
}

LinkSnapshot ServerLinkImpl::snapshot() const {
  const MutexLock lock(mutex_);
  return snapshot_;
}

ServerLink::Remembered ServerLinkImpl::remembered() const {
  const std::string address = settings_->address();
  Remembered result{.address = address, .name = settings_->name()};
  const auto parsed = ServerAddress::parse(address);
  if (!parsed) return result;
  const std::string pin = trust_->pin_of(parsed->host, parsed->port);
  const std::string key = pin.empty() ? "plain:" + parsed->host + ':' + std::to_string(parsed->port) : pin;
  result.has_token = !settings_->session(key).token.empty();
  return result;
}

void ServerLinkImpl::set_overlays(std::string overlays) {
  settings_->set_overlays(overlays);
  const MutexLock lock(mutex_);
  save_settings();
}

void ServerLinkImpl::listen(std::string_view prefix, EventListener listener) {
  const MutexLock lock(events_mutex_);
  if (listener)
    event_listeners_[std::string(prefix)] = std::move(listener);
  else
    event_listeners_.erase(std::string(prefix));
}

void ServerLinkImpl::set_wake(std::function<void()> wake) {
  const MutexLock lock(wake_mutex_);
  wake_outside_ = std::move(wake);
}

std::uint64_t ServerLinkImpl::epoch() const {
  const MutexLock lock(mutex_);
  return generation_;
}

std::optional<net::ClockEstimate> ServerLinkImpl::clock() const {
  const ConnectionPtr line = connection();
  return line ? line->stats().clock : std::nullopt;
}

void ServerLinkImpl::probe() {
  if (const ConnectionPtr line = connection()) line->probe();
}

// --------------------------------------------------------------------------------------------------- the library

std::shared_ptr<const LibraryListing> ServerLinkImpl::library() const {
  const MutexLock lock(mutex_);
  return library_.listing();
}

void ServerLinkImpl::set_library_query(LibraryQuery query) {
  LibraryModel::Request next;
  {
    const MutexLock lock(mutex_);
    next = library_.ask(std::move(query));
  }
  ask_library(next);
}

void ServerLinkImpl::load_more() {
  std::optional<LibraryModel::Request> next;
  {
    const MutexLock lock(mutex_);
    next = library_.more();
  }
  if (next) ask_library(*next);
}

void ServerLinkImpl::refresh_library() {
  LibraryModel::Request next;
  {
    const MutexLock lock(mutex_);
    next = library_.refresh();
  }
  ask_library(next);
}

void ServerLinkImpl::ask_library(const LibraryModel::Request& question) {
  changed();
  request("library.list", library_params(question.query, question.offset, question.limit),
          [this, question](Result<nlohmann::json>& result) {
            Result<LibraryPage> page = result ? parse_library_page(*result) : fail(result.error());
            std::optional<LibraryModel::Request> next;
            {
              const MutexLock lock(mutex_);
              if (!library_.answer(question, std::move(page))) next = library_.follow_up();
            }
            if (next) return ask_library(*next);
            changed();
          });
}

// --------------------------------------------------------------------------------------------------- streams

void ServerLinkImpl::set_listener(StreamListener* listener) {
  const MutexLock lock(listener_mutex_);
  listener_ = listener;
}

bool ServerLinkImpl::is_ready() const {
  const MutexLock lock(mutex_);
  return snapshot_.state == LinkState::kSignedIn;
}

void ServerLinkImpl::open_stream(const StreamRequest& stream, std::function<void(Result<StreamInfo>)> done) {
  request("stream.open", open_params(stream), [done = std::move(done)](Result<nlohmann::json>& result) {
    done(result ? parse_stream_info(*result) : fail(result.error()));
  });
}

void ServerLinkImpl::seek_stream(const SeekRequest& seek, std::function<void(Result<SeekReply>)> done) {
  request("stream.seek", seek_params(seek), [done = std::move(done)](Result<nlohmann::json>& result) {
    done(result ? parse_seek_reply(*result) : fail(result.error()));
  });
}

void ServerLinkImpl::set_stream_rate(std::uint32_t stream, Rational rate, int max_fps) {
  request("stream.rate", rate_params(stream, rate, max_fps), {});
}

void ServerLinkImpl::set_stream_looping(std::uint32_t stream, bool is_looping) {
  request("stream.loop", loop_params(stream, is_looping), {});
}

void ServerLinkImpl::close_stream(std::uint32_t stream) { request("stream.close", close_params(stream), {}); }

void ServerLinkImpl::list_sounds(const std::string& media, std::function<void(Result<std::vector<SoundTrack>>)> done) {
  request("library.get", text_params({{"media", media}}), [done = std::move(done)](Result<nlohmann::json>& result) {
    done(result ? parse_sounds(*result) : fail(result.error()));
  });
}

void ServerLinkImpl::list_renditions(const std::string& media,
                                     std::function<void(Result<std::vector<RenditionOffer>>)> done) {
  request("library.get", text_params({{"media", media}}), [done = std::move(done)](Result<nlohmann::json>& result) {
    done(result ? parse_renditions(*result) : fail(result.error()));
  });
}

void ServerLinkImpl::grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) {
  if (const ConnectionPtr line = connection()) line->send_credit(stream, serial, static_cast<std::uint64_t>(total_us));
}

StreamLink::Traffic ServerLinkImpl::traffic() const {
  ConnectionPtr line;
  Traffic traffic;
  {
    const MutexLock lock(mutex_);
    line = connection_;
    traffic = past_traffic_;
  }
  if (!line) return traffic;
  const net::ConnectionStats stats = line->stats();
  traffic.received_bytes += stats.received_bytes;
  traffic.sent_bytes += stats.sent_bytes;
  if (stats.clock) traffic.round_trip_ns = stats.clock->round_trip_ns;
  return traffic;
}

ServerLinkImpl::ConnectionPtr ServerLinkImpl::connection() const {
  const MutexLock lock(mutex_);
  return connection_;
}

void ServerLinkImpl::request(std::string_view method, std::string params, net::Completion done) {
  if (const ConnectionPtr line = connection()) {
    line->request(method, std::move(params), std::move(done));
    return;
  }
  Result<nlohmann::json> gone = fail(Errc::kUnavailable, "There is no connection to the server.");
  if (done) done(gone);
}

void ServerLinkImpl::tell_listener_lost(const Error& error) {
  Error shown = error;
  shown.message.resize(std::min(shown.message.size(), kMostErrorBytes));
  if (listener_ != nullptr) listener_->on_link_lost(shown);
}

void ServerLinkImpl::changed() {
  revision_.fetch_add(1, std::memory_order_acq_rel);
  const MutexLock lock(wake_mutex_);
  if (wake_outside_) wake_outside_();
}

}  // namespace zoe::player
