// The control API: what a request is, who may make it, and the handlers that carry it out (docs/protocol.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/log_ring.hpp"
#include "engine/core/metrics.hpp"
#include "engine/core/result.hpp"
#include "engine/plugin/host/manager.hpp"
#include "server/api/auth_gate.hpp"
#include "server/api/client_view.hpp"
#include "server/api/media_tickets.hpp"
#include "server/api/params.hpp"
#include "server/api/session.hpp"
#include "server/api/tickets.hpp"
#include "server/api/visible_library.hpp"

namespace zoe::server {

class AnalysisService;
class AuditLog;
class Library;
class Recommendations;
class Rooms;
class Store;
class StreamService;

inline constexpr std::size_t kMostRequestBytes = std::size_t{64} << 10;

// What an administrator may do to a plugin.
enum class PluginWish { kSwap = 1, kRollBack, kEnable, kDisable, kDrain };

// What the handlers work on. All of it outlives the Api and is thread-safe.
struct ApiServices {
  const AuthGate& auth;
  TicketOffice& tickets;
  MediaTickets& media_tickets;
  Library& whole_library;  // handlers look into it through Call::library
  RootAccess& access;
  AuditLog& audit;
  StreamService& streams;
  Store& store;
  Recommendations& recommendations;
  Rooms& rooms;
  Metrics& metrics;
  const Clock& clock;
  Log& log;
  const LogRing& log_ring;
  std::string server_name;
  std::int64_t started_ns = 0;  // on `clock`
  // The time of day less `clock` when the server started. Channels go by it, so that none jumps when the day's time is
  // set, and all come back to where they should be after a restart.
  std::int64_t day_ahead_ns = 0;
  std::function<std::vector<plugin::PluginStatus>()> plugins;
  // Blocks until it is done, which may take as long as a trial and an init may. `what`: an id, or for a swap a file.
  std::function<Result<plugin::SwapReport>(PluginWish wish, const std::string& what)> act_on_plugin;
  struct Census {
    std::size_t clients = 0;
    std::size_t streams = 0;
    std::uint64_t media_bytes = 0;  // sent since the start
  };
  std::function<Census()> census;
  // The clients from number `offset` of all on, at most `limit`, in the order of their numbers.
  std::function<ClientPage(std::size_t offset, std::size_t limit)> clients;
  // Ends a client on whatever connections it has. kNotFound.
  std::function<Status(std::uint64_t client, const Error& reason)> end_client;
  // Some sessions may have ended, or their roles changed: look at all of them now.
  std::function<void()> sessions_changed;
  // What people may see has changed: ends the clients that have something open which they may not see any more.
  std::function<void()> access_changed;
  // To the other connections of the person who is signed in to `from`.
  std::function<void(const Session& from, const std::string& event_json)> tell_person;
  // To everybody who is signed in.
  std::function<void(const std::string& event_json)> tell_all;
  AnalysisService& analyses;
};

// On which threads a request is carried out, and what waits for it.
enum class Lane {
  kQuick = 1,  // short: in the order of the client's requests
  kOpening,    // may read files: beside the client's other requests, in order only with those of the same stream
  kHashing,    // password work: on the bounded pool for it, beside the client's other requests
  kSigningIn,  // the same, and the client's later requests wait for it
  kPlugins,    // takes seconds: on a pool of its own, beside the client's other requests
  kStore,      // asks the database: on a pool of its own, in order with the client's other requests to it
};

// Who may make a request. The personal ones are for who has an account: guests keep nothing.
enum class Access { kAnyone = 1, kSignedIn, kBrowse, kWatch, kDownload, kAdminister, kPersonal, kPersonalWatch };

struct Call {
  const ApiServices& services;
  Session& session;
  IdentityPtr identity;  // null only for Access::kAnyone
  Params params;
  std::weak_ptr<StreamObserver> observer;

  // As the one who asks may see it; not for Access::kAnyone.
  VisibleLibrary library() const { return {services.whole_library, services.access, *identity}; }
};

// Whether a request is written into the audit log: sign-ins, and what changes accounts or the server.
enum class Audit { kNo = 1, kYes };

struct Method {
  std::string_view name;
  Access access;
  Lane lane;
  Result<nlohmann::json> (*run)(const Call& call);
  Audit audit = Audit::kNo;
};

// A request that was read: bounded JSON with a known method.
class Request {
 public:
  ~Request();
  Request(Request&&) noexcept;
  Request& operator=(Request&&) noexcept;

  // kTooLarge, kMalformed; kUnsupported for a method that does not exist.
  static Result<Request> parse(std::string_view text);

  const Method& method() const { return *method_; }
  const nlohmann::json& params() const { return *params_; }
  std::uint32_t stream() const { return stream_; }  // the open stream that it is about, 0: none

 private:
  Request();
  const Method* method_ = nullptr;
  std::unique_ptr<nlohmann::json> params_;
  std::uint32_t stream_ = 0;
};

// Thread-safe.
class Api {
 public:
  explicit Api(ApiServices services) : services_(std::move(services)) {}

  // Asks the auth gate, then runs the handler. May block as the request's lane says. The answer is a JSON object
  // {"result": …} or {"error": {"code", "message"}}.
  std::string run(const Request& request, Session& session, std::weak_ptr<StreamObserver> observer) const;

  static std::string error_reply(const Error& error);

  const ApiServices& services() const { return services_; }

  // All methods there are, by name.
  static std::span<const Method> methods();

 private:
  Result<nlohmann::json> answer(const Request& request, Session& session, std::weak_ptr<StreamObserver> observer) const;
  void write_down(const Request& request, const IdentityPtr& before, const Session& session,
                  const Result<nlohmann::json>& result) const;
  Status check_access(const Request& request, const IdentityPtr& identity, const Session& session) const;

  const ApiServices services_;
};

// The event of a stream that failed, as JSON.
std::string stream_failed_event(std::uint32_t stream, std::uint32_t serial, const Error& error);
std::string channels_changed_event();
std::string library_changed_event();
std::string plugins_changed_event(const std::string& id);
// `what`: "progress", "history", "favourites", "ratings", "playlists" or "settings".
std::string personal_changed_event(std::string_view what, std::string_view media);

}  // namespace zoe::server
