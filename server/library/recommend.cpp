#include "server/library/recommend.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

// What each kind of evidence counts. Co-watching is the strongest where there is any; what lies next in a folder is
// nearly always right for a series; the rest decides where nothing else does.
constexpr double kCoWatching = 1.0;
constexpr double kNextInFolder = 0.8;
constexpr double kTitle = 0.35;
constexpr double kFolder = 0.15;
constexpr double kPopularity = 0.05;
constexpr double kNovelty = 0.03;

// Pairs that few have watched say little: Koren and Bell, "Advances in Collaborative Filtering", shrink a likeness by
// n / (n + lambda).
constexpr double kShrinkage = 4;
constexpr double kDayNs = 86'400e9;
constexpr double kHalfLifeDays = 120;
constexpr double kNewDays = 30;
constexpr double kCommonToken = 0.2;          // of all titles: says nothing any more
constexpr std::size_t kFewestForCommon = 20;  // below so many titles none is common
constexpr double kSameFolderAgain = 0.85;     // what a further one of a folder counts

double faded(std::int64_t then_ns, std::int64_t now_ns) {
  const double days = std::max(0.0, static_cast<double>(now_ns - then_ns) / kDayNs);
  return std::exp2(-days / kHalfLifeDays);
}

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

std::vector<std::string> tokens_of(const std::string& title) {
  std::vector<std::string> tokens;
  std::string token;
  const auto end = [&] {
    if (token.size() > 1) tokens.push_back(token);
    token.clear();
  };
  for (const char c : fold_case(title)) {
    if (is_letter(c))
      token += c;
    else
      end();
  }
  end();
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  return tokens;
}

}  // namespace

struct RecommendModel::Candidate {
  double score = 0;
  double strongest = 0;
  ReasonKind kind = ReasonKind::kPopular;
  Index because = 0;
};

// Adds evidence up; the strongest piece becomes the reason.
class RecommendModel::Collector {
 public:
  void add(Index item, double score, ReasonKind kind, Index because) {
    if (score <= 0) return;
    Candidate& candidate = candidates_[item];
    candidate.score += score;
    if (score <= candidate.strongest) return;
    candidate.strongest = score;
    candidate.kind = kind;
    candidate.because = because;
  }
  const std::map<Index, Candidate>& candidates() const { return candidates_; }

 private:
  std::map<Index, Candidate> candidates_;
};

RecommendModel::RecommendModel(std::vector<RecommendItem> items, std::vector<WatchSignal> signals,
                               std::int64_t now_utc_ns)
    : items_(std::move(items)), now_utc_ns_(now_utc_ns) {
  std::sort(items_.begin(), items_.end(),
            [](const RecommendItem& a, const RecommendItem& b) { return a.media < b.media; });
  for (std::size_t i = 0; i < items_.size(); ++i) by_media_.emplace(items_[i].media, static_cast<Index>(i));
  index_folders();
  index_titles();
  count_watching(std::move(signals), now_utc_ns);
}

void RecommendModel::index_folders() {
  for (std::size_t i = 0; i < items_.size(); ++i) folders_[items_[i].folder].push_back(static_cast<Index>(i));
  for (auto& [folder, members] : folders_)
    std::sort(members.begin(), members.end(), [this](Index a, Index b) {
      return std::tie(items_[a].order, items_[a].media) < std::tie(items_[b].order, items_[b].media);
    });
}

// Cosine of titles whose tokens are weighted by how rare they are (inverse document frequency).
void RecommendModel::index_titles() {
  std::vector<std::vector<std::string>> all;
  all.reserve(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i) {
    all.push_back(tokens_of(items_[i].title));
    for (const std::string& token : all.back()) tokens_[token].push_back(static_cast<Index>(i));
  }
  const auto count = static_cast<double>(items_.size());
  std::erase_if(tokens_, [&](const auto& entry) {
    return items_.size() >= kFewestForCommon && static_cast<double>(entry.second.size()) > kCommonToken * count;
  });
  titles_.resize(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i) {
    double length = 0;
    for (std::string& token : all[i]) {
      const auto found = tokens_.find(token);
      if (found == tokens_.end()) continue;
      const double weight = std::log(1 + count / static_cast<double>(found->second.size()));
      length += weight * weight;
      titles_[i].emplace_back(std::move(token), weight);
    }
    for (auto& [token, weight] : titles_[i]) weight /= std::sqrt(length);
  }
}

// Item-to-item collaborative filtering (Linden, Smith and York, "Amazon.com Recommendations", 2003): the cosine of two
// items' columns of people, shrunk where few have watched both.
void RecommendModel::count_watching(std::vector<WatchSignal> signals, std::int64_t now_utc_ns) {
  neighbours_.resize(items_.size());
  popularity_.assign(items_.size(), 0);
  std::sort(signals.begin(), signals.end(), [](const WatchSignal& a, const WatchSignal& b) {
    return std::tie(a.person, b.utc_ns, a.media) < std::tie(b.person, a.utc_ns, b.media);
  });
  struct Pair {
    double product = 0;
    int people = 0;
  };
  std::vector<std::unordered_map<Index, Pair>> pairs(items_.size());
  std::vector<double> squares(items_.size(), 0);
  std::vector<std::pair<Index, double>> mine;
  for (std::size_t from = 0; from < signals.size();) {
    std::size_t to = from;
    mine.clear();
    for (; to < signals.size() && signals[to].person == signals[from].person; ++to) {
      const WatchSignal& signal = signals[to];
      const auto found = by_media_.find(signal.media);
      if (found == by_media_.end() || signal.weight <= 0 || mine.size() >= kMostOfPerson) continue;
      mine.emplace_back(found->second, signal.weight);
      popularity_[found->second] += signal.weight * faded(signal.utc_ns, now_utc_ns);
    }
    for (const auto& [a, weight_a] : mine) {
      squares[a] += weight_a * weight_a;
      for (const auto& [b, weight_b] : mine) {
        if (a == b) continue;
        Pair& pair = pairs[a][b];
        pair.product += weight_a * weight_b;
        ++pair.people;
      }
    }
    from = to;
  }
  for (std::size_t a = 0; a < items_.size(); ++a) {
    auto& best = neighbours_[a];
    for (const auto& [b, pair] : pairs[a]) {
      if (pair.people < kFewestOthers) continue;
      const double cosine = pair.product / std::sqrt(squares[a] * squares[b]);
      best.push_back({b, cosine * pair.people / (pair.people + kShrinkage)});
    }
    std::sort(best.begin(), best.end(), [](const Neighbour& x, const Neighbour& y) {
      return std::tie(y.likeness, x.item) < std::tie(x.likeness, y.item);
    });
    if (best.size() > kMostNeighbours) best.resize(kMostNeighbours);
  }
  const double most = popularity_.empty() ? 0 : *std::max_element(popularity_.begin(), popularity_.end());
  if (most > 0)
    for (double& each : popularity_) each /= most;
}

void RecommendModel::add_seed(Index seed, double strength, Collector& collector) const {
  for (const Neighbour& each : neighbours_[seed])
    collector.add(each.item, kCoWatching * strength * each.likeness, ReasonKind::kOthersWatched, seed);
  std::map<Index, double> titles;
  for (const auto& [token, weight] : titles_[seed]) {
    for (const Index item : tokens_.at(token)) {
      if (item == seed) continue;
      const auto& other = titles_[item];
      const auto same = std::find_if(other.begin(), other.end(),
                                     [&, &wanted = token](const auto& each) { return each.first == wanted; });
      if (same != other.end()) titles[item] += weight * same->second;
    }
  }
  for (const auto& [item, likeness] : titles)
    collector.add(item, kTitle * strength * likeness, ReasonKind::kBecauseWatched, seed);
  const std::vector<Index>& folder = folders_.at(items_[seed].folder);
  for (std::size_t i = 0; i < folder.size(); ++i) {
    if (folder[i] == seed && i + 1 < folder.size())
      collector.add(folder[i + 1], kNextInFolder * strength, ReasonKind::kNextInFolder, seed);
    if (folder[i] != seed)
      collector.add(folder[i], kFolder * strength / std::sqrt(static_cast<double>(folder.size())),
                    ReasonKind::kBecauseWatched, seed);
  }
}

std::vector<Recommendation> RecommendModel::recommend(std::span<const WatchSignal> own, const Visible& visible,
                                                      std::size_t limit) const {
  Collector collector;
  std::vector<const WatchSignal*> newest;
  for (const WatchSignal& each : own) newest.push_back(&each);
  std::sort(newest.begin(), newest.end(), [](const WatchSignal* a, const WatchSignal* b) {
    return std::tie(b->utc_ns, a->media) < std::tie(a->utc_ns, b->media);
  });
  if (newest.size() > kMostOfPerson) newest.resize(kMostOfPerson);
  for (const WatchSignal* each : newest) {
    const auto found = by_media_.find(each->media);
    // What cannot be seen (any more) is no reason either.
    if (found == by_media_.end() || each->weight <= 0 || !visible(each->media)) continue;
    add_seed(found->second, each->weight * faded(each->utc_ns, now_utc_ns_), collector);
  }
  return ranked(collector, own, visible, limit);
}

std::vector<Recommendation> RecommendModel::following(const std::string& media, std::span<const WatchSignal> own,
                                                      const Visible& visible, std::size_t limit) const {
  Collector collector;
  if (const auto found = by_media_.find(media); found != by_media_.end() && visible(media))
    add_seed(found->second, 1, collector);
  return ranked(collector, own, visible, limit);
}

std::vector<Recommendation> RecommendModel::ranked(const Collector& collector, std::span<const WatchSignal> own,
                                                   const Visible& visible, std::size_t limit) const {
  std::vector<bool> is_known(items_.size(), false);
  for (const WatchSignal& each : own)
    if (const auto found = by_media_.find(each.media); found != by_media_.end()) is_known[found->second] = true;
  std::vector<std::pair<Index, Candidate>> all;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const auto item = static_cast<Index>(i);
    if (is_known[i]) continue;
    const auto found = collector.candidates().find(item);
    Candidate candidate = found == collector.candidates().end() ? Candidate() : found->second;
    const double age_days = static_cast<double>(now_utc_ns_ - items_[i].added_utc_ns) / kDayNs;
    const double novelty = age_days < kNewDays ? kNovelty * (1 - std::max(age_days, 0.0) / kNewDays) : 0;
    candidate.score += kPopularity * popularity_[i] + novelty;
    if (candidate.strongest == 0)
      candidate.kind = novelty > kPopularity * popularity_[i] ? ReasonKind::kNew : ReasonKind::kPopular;
    if (candidate.score > 0 && visible(items_[i].media)) all.emplace_back(item, candidate);
  }
  // Each further one of a folder counts less, so that one series does not fill the page.
  std::vector<Recommendation> chosen;
  std::unordered_map<std::string_view, int> of_folder;
  const auto value = [&](const std::pair<Index, Candidate>& each) {
    const auto found = of_folder.find(items_[each.first].folder);
    return each.second.score * std::pow(kSameFolderAgain, found == of_folder.end() ? 0 : found->second);
  };
  while (chosen.size() < limit && !all.empty()) {
    const auto best = std::max_element(all.begin(), all.end(), [&](const auto& a, const auto& b) {
      const double left = value(a);
      const double right = value(b);
      return left != right ? left < right : a.first > b.first;
    });
    const bool has_seed = best->second.strongest > 0;
    chosen.push_back({items_[best->first].media, best->second.kind,
                      has_seed ? items_[best->second.because].media : std::string(), value(*best)});
    ++of_folder[items_[best->first].folder];
    *best = all.back();
    all.pop_back();
  }
  return chosen;
}

std::string RecommendModel::next_in_folder(const std::string& media) const {
  const auto found = by_media_.find(media);
  if (found == by_media_.end()) return {};
  const std::vector<Index>& folder = folders_.at(items_[found->second].folder);
  const auto at = std::find(folder.begin(), folder.end(), found->second);
  return at + 1 == folder.end() ? std::string() : items_[*(at + 1)].media;
}

}  // namespace zoe::server
