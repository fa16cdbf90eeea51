// Posters and preview sheets: fetched as they are wanted, decoded on a thread of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/clock.hpp"
#include "engine/core/worker_pool.hpp"
#include "engine/render/screenshot.hpp"
#include "player/client/server_link.hpp"

namespace zoe::player {

enum class ArtworkKind : std::uint8_t { kPoster = 1, kPreview };

struct ArtworkKey {
  std::string media;
  std::string version;  // another version is another picture
  ArtworkKind kind = ArtworkKind::kPoster;
  int sheet = 0;  // of a preview

  // The same for the same picture, and for no other.
  std::string text() const;
  friend bool operator==(const ArtworkKey&, const ArtworkKey&) = default;
};

// `want` and `take` on the main thread, the rest behind it. What is wanted is what was last said to be: a picture that
// scrolled away before its turn is never asked for. Few are under way at a time, so that a seek of the video finds the
// line free; what failed is asked again only after a while.
class ArtworkFeed {
 public:
  static constexpr std::size_t kMostUnderWay = 4;
  static constexpr std::size_t kMostPosterBytes = 4U << 20;
  static constexpr std::size_t kMostSheetBytes = 16U << 20;
  static constexpr int kMostPosterSide = 960;
  static constexpr int kMostSheetSide = 4096;
  static constexpr std::int64_t kAgainNs = 60 * kNsPerS;
  static constexpr std::int64_t kPatienceNs = 30 * kNsPerS;  // then another takes its place

  struct Picture {
    ArtworkKey key;
    render::Image image;
  };

  // `wake` is called (on any thread) when pictures can be taken; must only wake. `link` outlives the feed.
  ArtworkFeed(ServerLink& link, std::function<void()> wake);
  ~ArtworkFeed();
  ArtworkFeed(const ArtworkFeed&) = delete;
  ArtworkFeed& operator=(const ArtworkFeed&) = delete;

  // The most wanted first.
  void want(std::span<const ArtworkKey> keys, std::int64_t now_ns);
  // At most `most` of what was decoded since.
  std::vector<Picture> take(std::size_t most);
  // More can be taken at once.
  bool has_more() const;
  // Another server: what is under way is dropped.
  void clear();

 private:
  struct Shared;
  void ask(const ArtworkKey& key, std::uint64_t epoch);

  ServerLink& link_;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace zoe::player
