// What a server tells its operators, as the control panel shows it (docs/protocol.md, "admin."). Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/rational.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

struct AdminGeneration {
  std::uint64_t generation = 0;
  std::string version;
  std::string state;  // "active", "draining", …
  std::int64_t pins = 0;
  std::int64_t memory_bytes = 0;  // code and data as mapped
  std::int64_t buffers = 0;
  std::int64_t buffer_bytes = 0;
  std::int64_t jobs = 0;
  std::int64_t timers = 0;
  std::int64_t loaded_utc_ns = 0;

  friend bool operator==(const AdminGeneration&, const AdminGeneration&) = default;
};

struct AdminPlugin {
  struct Previous {
    std::uint64_t generation = 0;
    std::string version;
    friend bool operator==(const Previous&, const Previous&) = default;
  };
  struct Resident {
    std::uint64_t generation = 0;
    std::string why;
    friend bool operator==(const Resident&, const Resident&) = default;
  };
  struct Last {
    std::string action;
    std::int64_t utc_ns = 0;
    bool is_ok = false;
    std::string message;
    std::int64_t took_ms = 0;
    friend bool operator==(const Last&, const Last&) = default;
  };
  std::string id;
  std::string name;
  std::string version;
  std::string kind;  // "codec", "transport", "auth", "analysis"; empty where nothing ever loaded
  std::string file;
  bool is_enabled = true;
  bool is_file_there = true;
  std::vector<AdminGeneration> generations;
  std::optional<Previous> previous;  // what rolling back would take
  std::vector<Resident> residents;
  std::optional<Last> last;

  // The generation that serves; null where none does.
  const AdminGeneration* active() const {
    for (const AdminGeneration& each : generations)
      if (each.state == "active") return &each;
    return nullptr;
  }
  friend bool operator==(const AdminPlugin&, const AdminPlugin&) = default;
};

struct AdminStream {
  std::uint32_t stream = 0;
  std::string media;
  std::string title;
  std::string rendition;
  Rational rate{1, 1};
  bool is_paused = false;
  bool is_looping = false;
  std::int64_t position_us = 0;
  std::int64_t granted_us = 0;
  std::int64_t sent_us = 0;
};

struct AdminClient {
  std::uint64_t client = 0;
  std::string user;
  std::string role;
  std::string address;
  std::string transport;
  std::uint64_t generation = 0;
  std::string program;
  std::int64_t since_utc_ns = 0;
  std::int64_t bytes_sent = 0;
  double bytes_per_s = 0;
  std::vector<AdminStream> streams;
};

struct AdminClients {
  std::int64_t total = 0;
  std::vector<AdminClient> clients;  // the first of `total`
};

struct AdminUser {
  std::uint64_t user_id = 0;
  std::string name;
  Role role = Role::kGuest;
  bool is_disabled = false;
  std::int64_t created_utc_ns = 0;
};

enum class AdminLogLevel : std::uint8_t { kTrace = 0, kDebug, kInfo, kWarning, kError };

struct AdminLogLine {
  std::uint64_t seq = 0;
  std::int64_t utc_ns = 0;
  AdminLogLevel level = AdminLogLevel::kInfo;
  std::string component;
  std::string text;
};

// One answer to admin.log.
struct AdminLogPage {
  std::vector<AdminLogLine> lines;  // by rising number
  std::uint64_t last_seq = 0;       // of the newest line that the server holds
  std::uint64_t first_seq = 0;
};

struct AdminStore {
  std::int64_t segments = 0;
  std::int64_t bytes = 0;
  std::int64_t budget_bytes = 0;
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t makes = 0;
  std::int64_t evictions = 0;
};

struct AdminStatus {
  std::int64_t clients = 0;
  std::int64_t streams = 0;
  std::int64_t uptime_s = 0;
  AdminStore store;
  // What an older server does not tell.
  std::optional<double> cpu_s;
  std::optional<std::int64_t> rss_bytes;
  std::optional<std::int64_t> bytes_sent;
};

// A point of the graphs. What could not be known is negative.
struct AdminSample {
  std::int64_t time_ns = 0;  // this program's clock
  double clients = -1;
  double streams = -1;
  double bytes_per_s = -1;
  double cpu_percent = -1;  // of one core
  double rss_bytes = -1;
  double store_bytes = -1;
  double makes_per_s = -1;
  double hits_per_s = -1;
};

enum class AdminVerb : std::uint8_t {
  kSwap = 1,
  kRollBack,
  kEnable,
  kDisable,
  kDrain,
  kEndClient,
  kCreateUser,
  kSetRole,
  kSetDisabled,
  kResetPassword,
};

struct AdminCommand {
  AdminVerb verb = AdminVerb::kSwap;
  std::string plugin;        // its id
  std::uint64_t number = 0;  // the client or the user
  std::string name;          // of whom, for words and for a new account
  std::string password;
  Role role = Role::kMember;
  bool is_disabled = false;
};

// A command and what came of it.
struct AdminAction {
  enum class State : std::uint8_t { kRunning = 1, kDone, kFailed };
  std::uint64_t id = 0;
  AdminVerb verb = AdminVerb::kSwap;
  std::string plugin;
  std::uint64_t number = 0;
  std::string name;
  State state = State::kRunning;
  std::string message;  // a sentence, when it has ended
  std::int64_t started_ns = 0;
  std::int64_t ended_ns = 0;
};

// One part of what the panel shows.
template <typename T>
struct AdminPart {
  std::shared_ptr<const T> value;  // null: not there yet
  std::string error;               // why the newest question had no answer; `value` is then what was known before
};

// Immutable; a new one replaces it when something changed.
struct AdminSnapshot {
  AdminPart<AdminStatus> status;
  AdminPart<std::vector<AdminPlugin>> plugins;
  AdminPart<AdminClients> clients;
  AdminPart<std::vector<AdminUser>> users;
  AdminPart<std::vector<AdminLogLine>> log;  // the newest lines that were fetched, by rising number
  std::shared_ptr<const std::vector<AdminSample>> samples;
  std::vector<AdminAction> actions;  // the newest last
};

}  // namespace zoe::player
