// What the interface asks of this machine's files: examined and read behind the main thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/media/subtitles.hpp"
#include "player/local/local_media.hpp"

namespace zoe::player {

// Main thread, but for `wake`, which is called on any thread when something has come and must only wake. Knows the file
// asked for last.
class LocalFeed {
 public:
  explicit LocalFeed(std::function<void()> wake);
  ~LocalFeed();
  LocalFeed(const LocalFeed&) = delete;
  LocalFeed& operator=(const LocalFeed&) = delete;

  // Null until it has been examined, or where that failed.
  std::shared_ptr<const LocalMedia> get(const std::string& media);

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;
};

// Blocks; any thread.
Result<media::SubtitleScript> read_local_subtitle(const std::string& media, int subtitle);

}  // namespace zoe::player
