// ServerLink behind its interface.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/threads.hpp"
#include "engine/net/connection.hpp"
#include "player/client/library_model.hpp"
#include "player/client/server_link.hpp"
#include "player/client/settings.hpp"

namespace zoe::player {

// Threads: commands come from any thread, what the server says from the network thread of its connection, and one
// thread of its own starts connections, waits before it tries again, ends old connections and writes the settings.
//
// Lock order: listener_mutex_, events_mutex_ or wake_mutex_, then whatever the called one takes; mutex_ after any of
// those and alone otherwise. No request is sent and no callback called with mutex_ held. Who ends a signed-in
// connection holds listener_mutex_ from before the change of state until the listener has heard of it, so that it hears
// of the loss of one connection before it hears of the next one.
class ServerLinkImpl final : public ServerLink {
 public:
  ServerLinkImpl(Options options, const Clock& clock, Log& log);
  ~ServerLinkImpl() override;

  void connect(const ServerAddress& address) override;
  void disconnect() override;
  void accept_key() override;
  void log_in(std::string name, std::string password, Remember remember) override;
  void register_account(std::string name, std::string password, std::string code, Remember remember) override;
  void resume(std::string token) override;
  void enter_as_guest() override;
  void sign_out() override;
  LinkSnapshot snapshot() const override;
  std::uint64_t revision() const override { return revision_.load(std::memory_order_acquire); }
  std::shared_ptr<const LibraryListing> library() const override;
  void set_library_query(LibraryQuery query) override;
  void load_more() override;
  void refresh_library() override;
  void request(std::string_view method, std::string params, net::Completion done) override;
  void fetch_file(std::string_view method, std::string params, std::size_t most_bytes, FileCompletion done) override;
  std::uint64_t receive_file(const FileWish& wish, std::shared_ptr<FileReceiver> receiver) override;
  void grant_file(std::uint64_t transfer, std::uint64_t total_bytes) override;
  void drop_file(std::uint64_t transfer) override;
  std::uint64_t epoch() const override;
  std::optional<net::ClockEstimate> clock() const override;
  void probe() override;
  void listen(std::string_view prefix, EventListener listener) override;
  Remembered remembered() const override;
  std::string overlays() const override { return settings_->overlays(); }
  void set_overlays(std::string overlays) override;
  void set_wake(std::function<void()> wake) override;

  void set_listener(StreamListener* listener) override;
  bool is_ready() const override;
  void open_stream(const StreamRequest& request, std::function<void(Result<StreamInfo>)> done) override;
  void seek_stream(const SeekRequest& request, std::function<void(Result<SeekReply>)> done) override;
  void set_stream_rate(std::uint32_t stream, Rational rate, int max_fps) override;
  void set_stream_looping(std::uint32_t stream, bool is_looping) override;
  void close_stream(std::uint32_t stream) override;
  void list_sounds(const std::string& media, std::function<void(Result<std::vector<SoundTrack>>)> done) override;
  void list_renditions(const std::string& media,
                       std::function<void(Result<std::vector<RenditionOffer>>)> done) override;
  void grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) override;
  Traffic traffic() const override;

 private:
  using ConnectionPtr = std::shared_ptr<net::Connection>;

  // How somebody wants to sign in.
  struct Credential {
    std::string method;  // "auth.login"; empty: none
    std::string params;
    std::string name;
    std::string token;  // of auth.resume
    Remember remember = Remember::kNo;
  };

  // --- the link thread
  void run();
  void start_connection() ZOE_REQUIRES(mutex_);
  void end_connection() ZOE_REQUIRES(mutex_);
  std::int64_t backoff_ns() const ZOE_REQUIRES(mutex_);
  void connect_at(std::int64_t time_ns) ZOE_REQUIRES(mutex_);
  void forget_session() ZOE_REQUIRES(mutex_);

  // --- what a connection says, `generation` telling which one
  void on_state(std::uint64_t generation, const net::ConnectionState& state);
  void on_greeting(std::uint64_t generation, const net::ConnectionState& state);
  void on_closed(std::uint64_t generation, const net::ConnectionState& state);
  void on_event(std::uint64_t generation, std::string_view event, const nlohmann::json& body);
  void on_resume_wanted(std::uint64_t generation, const nlohmann::json& body);
  void on_media(std::uint64_t generation, net::MediaRun&& run);
  void on_chunk(std::uint64_t generation, net::FileChunk&& chunk);
  void on_file(std::uint64_t generation, std::size_t most_bytes, FileCompletion done, Result<nlohmann::json>& answer);
  void on_transfer(std::uint64_t generation, FileIntake::Wanted wanted, Result<nlohmann::json>& answer);
  void on_file_failed(std::uint64_t generation, const nlohmann::json& event);
  void carry_out(FileIntake::Step step);
  bool is_current(std::uint64_t generation) const;

  // --- signing in
  void sign_in(Credential credential);
  void send_credential(const ConnectionPtr& connection, std::uint64_t generation, Credential credential);
  void on_signed_in(std::uint64_t generation, const Credential& credential, Result<nlohmann::json>& result);
  void on_server_info(std::uint64_t generation, Result<nlohmann::json>& result);
  // The next attempt to sign in on this connection, or nothing: the connection was given up, or the viewer is asked.
  std::optional<Credential> on_refused(const Credential& credential, const Error& error) ZOE_REQUIRES(mutex_);
  void keep_session(const Credential& credential, const SignedIn& signed_in) ZOE_REQUIRES(mutex_);
  void refuse(const std::string& error) ZOE_REQUIRES(mutex_);
  std::string server_key() const ZOE_REQUIRES(mutex_);

  void ask_library(const LibraryModel::Request& request);
  ConnectionPtr connection() const;
  void tell_listener_lost(const Error& error) ZOE_REQUIRES(listener_mutex_);
  void save_settings() ZOE_REQUIRES(mutex_);
  // Counts the revision up and wakes; without mutex_.
  void changed();

  const Options options_;
  const Clock& clock_;
  Log& log_;
  std::unique_ptr<Settings> settings_;
  std::shared_ptr<net::TrustStore> trust_;

  mutable Mutex mutex_;
  CondVar wake_;
  bool is_stopping_ ZOE_GUARDED_BY(mutex_) = false;
  LinkSnapshot snapshot_ ZOE_GUARDED_BY(mutex_);
  std::optional<ServerAddress> address_ ZOE_GUARDED_BY(mutex_);
  ConnectionPtr connection_ ZOE_GUARDED_BY(mutex_);
  std::uint64_t generation_ ZOE_GUARDED_BY(mutex_) = 0;
  std::vector<ConnectionPtr> trash_ ZOE_GUARDED_BY(mutex_);
  bool is_connect_wanted_ ZOE_GUARDED_BY(mutex_) = false;
  std::int64_t connect_at_ns_ ZOE_GUARDED_BY(mutex_) = 0;
  std::optional<Credential> credential_ ZOE_GUARDED_BY(mutex_);  // to be used as soon as there is a connection
  Credential session_ ZOE_GUARDED_BY(mutex_);                    // by which a reconnection signs in again
  bool has_session_ ZOE_GUARDED_BY(mutex_) = false;
  std::string ticket_ ZOE_GUARDED_BY(mutex_);  // for the place that the last connection had; tried before session_
  FileIntake files_ ZOE_GUARDED_BY(mutex_);    // of connection_
  std::uint64_t newest_transfer_ ZOE_GUARDED_BY(mutex_) = 0;
  std::vector<FileIntake::Ended> lost_files_ ZOE_GUARDED_BY(mutex_);  // of ended connections; the link thread tells
  bool is_save_wanted_ ZOE_GUARDED_BY(mutex_) = false;
  Traffic past_traffic_ ZOE_GUARDED_BY(mutex_);  // of ended connections
  LibraryModel library_ ZOE_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> revision_{1};

  Mutex wake_mutex_;
  std::function<void()> wake_outside_ ZOE_GUARDED_BY(wake_mutex_);

  Mutex events_mutex_;
  std::map<std::string, EventListener> event_listeners_ ZOE_GUARDED_BY(events_mutex_);  // by prefix

  Mutex listener_mutex_;
  StreamListener* listener_ ZOE_GUARDED_BY(listener_mutex_) = nullptr;

  std::jthread thread_;
};

}  // namespace zoe::player
