// What the player remembers between runs: the last server, the name typed there, and the session tokens that the viewer
// asked to keep. One small JSON file, readable by its owner alone.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/core/byte_io.hpp"
#include "engine/core/result.hpp"
#include "engine/core/threads.hpp"

namespace zoe::player {

struct SavedSession {
  std::string name;
  std::string token;
};

// Thread-safe; a change is written by `save`.
class Settings {
 public:
  // An empty path remembers nothing beyond the program's end. A file that is missing is an empty one; one that cannot
  // be read or understood is an error that names it, and `Settings(path)` then starts afresh over it.
  static Result<std::unique_ptr<Settings>> load(const std::string& path);
  explicit Settings(std::string path) : path_(std::move(path)) {}

  std::string address() const;
  std::string name() const;
  void set_address(const std::string& address);
  void set_name(const std::string& name);

  // Which overlays are drawn on the picture (player/layers/analysis_layer.hpp); empty: as they come.
  std::string overlays() const;
  void set_overlays(const std::string& overlays);

  // Tokens are kept by the server's key, so that a server that only pretends to be another gets none of them.
  SavedSession session(const std::string& server_key) const;
  void set_session(const std::string& server_key, SavedSession session);
  void forget_session(const std::string& server_key);

  // Mode 0600, replaced as a whole. kIo, kDenied.
  Status save() const;

  // The file's text and back; `parse` takes any bytes. kMalformed, kTooLarge.
  std::string to_text() const;
  Status parse(Bytes text);

 private:
  const std::string path_;
  mutable Mutex mutex_;
  std::string address_ ZOE_GUARDED_BY(mutex_);
  std::string name_ ZOE_GUARDED_BY(mutex_);
  std::string overlays_ ZOE_GUARDED_BY(mutex_);
  std::map<std::string, SavedSession> sessions_ ZOE_GUARDED_BY(mutex_);
};

}  // namespace zoe::player
