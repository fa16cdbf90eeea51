// What people leave behind on the server: positions, history, favourites, playlists, ratings, settings, rooms,
// drawings; and
// what the operator decides: groups, access to roots, channels, the audit log. In SQLite, or in PostgreSQL by
// connection string.
#pragma once

#include <memory>
#include <string>

#include "engine/core/log.hpp"
#include "engine/core/result.hpp"

namespace zoe::server {

class PeopleStore;
class HistoryStore;
class CollectionStore;
class SettingsStore;
class AccessStore;
class AuditStore;
class RoomStore;
class AnalysisStore;
class NoteStore;
class ChannelStore;

struct StoreConfig {
  // A file's absolute path: SQLite. "postgresql://…" or "postgres://…": PostgreSQL.
  std::string location;
  std::size_t readers = 4;  // connections that read at once; there is one that writes
};

// Thread-safe; every function blocks for the database (a worker's job) and none is called under another lock.
//
// A function that returns success has its change on disk: a crash right after it loses nothing. kUnavailable where the
// database cannot be reached or stays busy for ten seconds (the change was not made), kIo, kMalformed where it is
// damaged.
class Store {
 public:
  // Brings the schema up to date inside a transaction; a file of SQLite that has content is copied first. kUnsupported
  // for a newer schema, kConflict for a database that is not Zoetrope's, kInvalidArgument for a location that is none.
  static Result<std::unique_ptr<Store>> open(const StoreConfig& config, Log& log);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  PeopleStore& people();
  HistoryStore& history();
  CollectionStore& collections();
  SettingsStore& settings();
  AccessStore& access();
  AuditStore& audit();
  RoomStore& rooms();
  AnalysisStore& analyses();
  NoteStore& notes();
  ChannelStore& channels();

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace zoe::server
