// Subtitles of what plays: fetched from the server when they are chosen, read on a thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/media/subtitles.hpp"
#include "player/client/library_messages.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

// Main thread, but for `wake`, which is called on any thread when something has come and must only wake. Keeps the
// newest few scripts; what failed stays so until `clear`.
class SubtitleFeed {
 public:
  static constexpr std::size_t kKept = 8;

  struct State {
    std::shared_ptr<const media::SubtitleScript> script;  // null: not there yet, or never will be
    std::string error;
    bool is_loading = false;
  };

  SubtitleFeed(ServerLink& link, std::function<void()> wake);
  ~SubtitleFeed();
  SubtitleFeed(const SubtitleFeed&) = delete;
  SubtitleFeed& operator=(const SubtitleFeed&) = delete;

  // Counts up when something has come.
  std::uint64_t revision() const;

  // Asks for it where it is not known.
  State get(const std::string& media, const SubtitleInfo& which);
  // Another server.
  void clear();

 private:
  struct Shared;
  void ask(const std::string& media, const SubtitleInfo& which, const std::string& key, std::uint64_t epoch);

  ServerLink& link_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace zoe::player
