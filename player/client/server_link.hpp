// The player's side of one server: connecting, signing in, the library's listing, and the streams. What the login and
// playlist panels show, and what their buttons do.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/core/clock.hpp"
#include "engine/core/log.hpp"
#include "engine/core/rational.hpp"
#include "engine/core/result.hpp"
#include "engine/net/connection.hpp"
#include "player/client/file_intake.hpp"
#include "player/client/stream_link.hpp"

namespace zoe::player {

inline constexpr std::uint16_t kDefaultPort = 7340;

struct ServerAddress {
  std::string host;
  std::uint16_t port = kDefaultPort;

  // "host", "host:port", "1.2.3.4:7340". kInvalidArgument says what is wrong with it.
  static Result<ServerAddress> parse(std::string_view text);
  // The port is left out where it is the default one.
  std::string to_string() const;

  friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

enum class LinkState {
  kIdle = 1,      // no server chosen
  kConnecting,    // TCP, TLS, hello
  kKeyChanged,    // the server's key is not the pinned one: accept_key() or connect elsewhere
  kSignInNeeded,  // connected; `auth` says what is possible, `error` why the last attempt failed
  kSigningIn,
  kSignedIn,
  kReconnecting,  // was signed in, the connection dropped, trying again on its own
  kFailed,        // could not connect: `error` says why; connect() tries again
};

enum class Role { kGuest = 1, kMember, kAdmin };

struct Principal {
  std::string name;
  Role role = Role::kGuest;
};

struct LinkSnapshot {
  LinkState state = LinkState::kIdle;
  std::string address;  // as typed
  std::string server_name;
  std::string server_version;
  bool is_encrypted = false;
  std::string key_pin;         // hex SHA-256 of the server's public key, empty on a plain connection
  std::string former_key_pin;  // with kKeyChanged: what it was
  bool is_key_new = false;     // the key was first seen on this connection
  struct {
    bool can_log_in = false;
    bool can_register = false;
    bool is_guest = false;          // guests may come in
    bool code_makes_admin = false;  // the server waits for its one-time code
    bool needs_invite = false;      // who registers needs a code from one of the admins
  } auth;
  Principal principal;
  std::string error;  // a sentence for a person; empty when all is well
  int attempt = 0;    // of kReconnecting, from 1; 0 where the server asked for it

  // The server did not take the first attempt to come back: time to tell the viewer.
  bool is_away() const { return state == LinkState::kReconnecting && attempt >= 2; }
};

enum class LibrarySort { kTitle = 1, kDuration, kAdded, kSize };

struct LibraryQuery {
  std::string search;
  std::string root;    // empty: all
  std::string folder;  // inside the root: in it and below
  LibrarySort sort = LibrarySort::kTitle;
  bool is_descending = false;

  friend bool operator==(const LibraryQuery&, const LibraryQuery&) = default;
};

struct LibraryItem {
  std::string media;  // its id
  std::string title;
  std::string root;    // the folder of the server's that it lies in
  std::string folder;  // inside the root; empty at its top
  std::string path;    // inside the root
  std::string poster;  // changes with the picture; empty while there is none
  std::int64_t size_bytes = 0;
  std::int64_t duration_us = 0;
  int width = 0;
  int height = 0;
  std::string codec;
  Rational frame_rate{0, 1};
  std::int64_t added_utc_ns = 0;
  bool has_audio = false;
  bool is_hdr = false;
  bool is_available = true;  // still in the library
  // Of the person who is signed in.
  std::int64_t progress_us = 0;  // where they are; 0: nowhere
  std::int64_t resume_us = 0;    // where to begin
  bool is_watched = false;
  bool is_favourite = false;
};

// Immutable; a new one replaces it when something changed.
struct LibraryListing {
  LibraryQuery query;              // what it answers
  std::vector<LibraryItem> items;  // the first of `total`; load_more() gets the next page
  std::int64_t total = 0;
  bool is_loading = false;   // a request is under way
  bool is_scanning = false;  // the server still looks through its folders
  std::int64_t scan_done = 0;
  std::int64_t scan_total = 0;
  std::string error;
};

enum class Remember { kNo = 1, kToken };

// Thread-safe; nothing here waits for the network. Owns the connection and its threads.
class ServerLink : public StreamLink {
 public:
  struct Options {
    // A JSON file; the keys of known servers are kept beside it. Empty: nothing is remembered.
    std::string settings_path;
    net::Security security = net::Security::kAutomatic;
    std::int64_t connect_timeout_ns = 10 * kNsPerS;
    std::string client_name = "zoetrope";
    bool keeps_settings = true;  // false: the file is read, but what changes is not written there
  };
  static std::unique_ptr<ServerLink> create(Options options, const Clock& clock, Log& log);

  // Leaves the server there is and connects to another one. A token remembered for the server's key is tried at once.
  virtual void connect(const ServerAddress& address) = 0;
  virtual void disconnect() = 0;
  // With kKeyChanged: pins the new key and goes on. Tokens of the old key are forgotten.
  virtual void accept_key() = 0;

  // With kSignInNeeded; the outcome shows in the snapshot. While connecting it is kept and sent as soon as possible, so
  // that a start with credentials costs no round trip more.
  virtual void log_in(std::string name, std::string password, Remember remember) = 0;
  virtual void register_account(std::string name, std::string password, std::string code, Remember remember) = 0;
  virtual void resume(std::string token) = 0;
  virtual void enter_as_guest() = 0;
  // Revokes the session, forgets its token and returns to kSignInNeeded.
  virtual void sign_out() = 0;

  // A copy under a short lock. `revision` changes whenever the snapshot or the listing does.
  virtual LinkSnapshot snapshot() const = 0;
  virtual std::uint64_t revision() const = 0;

  virtual std::shared_ptr<const LibraryListing> library() const = 0;
  virtual void set_library_query(LibraryQuery query) = 0;
  virtual void load_more() = 0;
  virtual void refresh_library() = 0;

  // Asks the control API for something that has no function here; `params` is the text of a JSON object, empty for
  // none. As net::Connection::request: `done` is called exactly once, on the connection's thread, or on the caller's
  // from inside where there is no connection (kUnavailable).
  virtual void request(std::string_view method, std::string params, net::Completion done) = 0;

  // A whole file that the server sends in pieces: "library.artwork", "account.export" and what else answers as
  // `file.open`. `params` is the text of a JSON object. kTooLarge for more than `most_bytes`, of which nothing is taken
  // then. `done` is called as that of `request`.
  virtual void fetch_file(std::string_view method, std::string params, std::size_t most_bytes, FileCompletion done) = 0;

  // A file of any size, piece by piece: "file.open" and what else answers like it, from `offset` on. Nothing comes
  // before it is granted. Returns the number by which it is granted and dropped; it ends with its connection.
  // The receiver is called as FileReceiver says; from inside where there is no connection (kUnavailable).
  struct FileWish {
    std::string method = "file.open";
    std::string params;  // the text of a JSON object, without offset and chunk_bytes
    std::uint64_t offset = 0;
    std::uint32_t chunk_bytes = FileIntake::kChunkBytes;
  };
  virtual std::uint64_t receive_file(const FileWish& wish, std::shared_ptr<FileReceiver> receiver) = 0;
  // So many bytes may come in all since the offset. Unknown numbers are passed over.
  virtual void grant_file(std::uint64_t transfer, std::uint64_t total_bytes) = 0;
  // It is wanted no more; the receiver hears nothing of it.
  virtual void drop_file(std::uint64_t transfer) = 0;

  // Called, on the connection's thread, with each of the server's events whose name begins with `prefix` ("analysis.");
  // null takes that away, and once it has returned nobody is called any more. One listener a prefix.
  using EventListener = std::function<void(std::string_view event, const nlohmann::json& body)>;
  virtual void listen(std::string_view prefix, EventListener listener) = 0;

  // Counts the connections: what belongs to one is gone with it.
  virtual std::uint64_t epoch() const = 0;
  // The server's clock as this connection knows it, and a probe that tells more of it.
  virtual std::optional<net::ClockEstimate> clock() const = 0;
  virtual void probe() = 0;

  // What the settings file remembers for the login panel.
  struct Remembered {
    std::string address;
    std::string name;
    bool has_token = false;
  };
  virtual Remembered remembered() const = 0;

  // Which overlays the viewer wants on the picture, in words of the player's own; kept in the settings file.
  virtual std::string overlays() const = 0;
  virtual void set_overlays(std::string overlays) = 0;

  // Called (on any thread) after `revision` changed; must only wake. Once `set_wake` has returned, the former one is
  // called no more.
  virtual void set_wake(std::function<void()> wake) = 0;
};

}  // namespace zoe::player
