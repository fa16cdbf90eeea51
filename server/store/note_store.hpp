// What people drew on the pictures of videos, each at a time of one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.hpp"
#include "server/store/people_store.hpp"

namespace zoe::server {

class Database;

struct Note {
  std::int64_t id = 0;
  std::string media;
  std::int64_t time_us = 0;  // of the media: inside the frame that is drawn on
  std::string room;          // in which it was drawn
  AccountKey account;        // whose it is; user_id 0: a guest's
  std::string name;          // of who drew it, as it was then
  std::string shape;         // a JSON object (docs/protocol.md, "Drawing")
  std::int64_t created_utc_ns = 0;
};

struct NotePage {
  std::vector<Note> notes;  // by time, then in the order in which they were drawn
  std::int64_t total = 0;
};

// As Store. What an account drew goes with it.
class NoteStore {
 public:
  explicit NoteStore(Database& database) : database_(database) {}

  static constexpr std::size_t kMostOfMedia = 2000;
  static constexpr std::size_t kMostShapeBytes = 8192;

  // Its number. kTooLarge where the media has as many as may be, or the shape is too large.
  Result<std::int64_t> add(const Note& note);
  Result<NotePage> list(const std::string& media, std::size_t offset, std::size_t limit);
  Result<std::optional<Note>> find(std::int64_t id);
  // Nothing happens where there is none.
  Status remove(std::int64_t id);

 private:
  Database& database_;
};

}  // namespace zoe::server
