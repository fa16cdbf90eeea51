// What to watch next, and why: item-to-item co-watching, likeness of titles and folders, popularity. Pure logic: no
// clock, no chance, no I/O (docs/recommendations.md).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace zoe::server {

struct RecommendItem {
  std::string media;   // its id
  std::string title;   // valid UTF-8
  std::string folder;  // root and folder: equal ones lie together
  std::string order;   // sorts the items of a folder as people would
  std::int64_t added_utc_ns = 0;
};

// That somebody watched something, how much of it, and how they liked it.
struct WatchSignal {
  std::int64_t person = 0;
  std::string media;
  double weight = 0;  // 0 (nothing, or disliked) to 1 (all of it), more for what is a favourite
  bool is_watched = false;
  std::int64_t utc_ns = 0;
};

enum class ReasonKind { kBecauseWatched = 1, kNextInFolder, kOthersWatched, kPopular, kNew };

struct Recommendation {
  std::string media;
  ReasonKind kind = ReasonKind::kPopular;
  std::string because;  // the media that it follows from; empty for kPopular and kNew
  double score = 0;
};

// Immutable once built; any thread. Equal input gives equal answers.
class RecommendModel {
 public:
  // So many others must have watched both before their watching is told to anybody as a reason.
  static constexpr int kFewestOthers = 2;
  static constexpr std::size_t kMostNeighbours = 50;  // of an item
  static constexpr std::size_t kMostOfPerson = 60;    // newest signals of a person that count

  // Costs O(people x kMostOfPerson^2). Signals about media that are not among `items` are passed over.
  RecommendModel(std::vector<RecommendItem> items, std::vector<WatchSignal> signals, std::int64_t now_utc_ns);

  using Visible = std::function<bool(const std::string& media)>;

  // The best `limit` for somebody with these signals of their own (in any order), best first: nothing that they have
  // watched or are in the middle of, nothing that is not visible, and nothing that would tell of what is not.
  std::vector<Recommendation> recommend(std::span<const WatchSignal> own, const Visible& visible,
                                        std::size_t limit) const;

  // What goes well after `media`, for anybody with these signals.
  std::vector<Recommendation> following(const std::string& media, std::span<const WatchSignal> own,
                                        const Visible& visible, std::size_t limit) const;

  // The item behind it in its folder; empty at the end.
  std::string next_in_folder(const std::string& media) const;

 private:
  using Index = std::uint32_t;
  struct Neighbour {
    Index item = 0;
    double likeness = 0;
  };
  struct Candidate;
  class Collector;

  void index_folders();
  void index_titles();
  void count_watching(std::vector<WatchSignal> signals, std::int64_t now_utc_ns);
  void add_seed(Index seed, double strength, Collector& collector) const;
  std::vector<Recommendation> ranked(const Collector& collector, std::span<const WatchSignal> own,
                                     const Visible& visible, std::size_t limit) const;

  std::vector<RecommendItem> items_;
  std::unordered_map<std::string, Index> by_media_;
  std::unordered_map<std::string, std::vector<Index>> folders_;  // in order
  std::unordered_map<std::string, std::vector<Index>> tokens_;
  std::vector<std::vector<std::pair<std::string, double>>> titles_;  // token and weight, of length 1
  std::vector<std::vector<Neighbour>> neighbours_;
  std::vector<double> popularity_;  // 0 to 1
  std::int64_t now_utc_ns_ = 0;
};

}  // namespace zoe::server
