// What is recommended and why, and that it beats the list of what is most popular.
#include "server/library/recommend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace zoe::server {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t kDay = 86'400'000'000'000;
constexpr std::int64_t kNow = 20'000 * kDay;

bool everything(const std::string&) { return true; }

WatchSignal saw(std::int64_t person, const std::string& media, std::int64_t days_ago = 1, double weight = 1) {
  return {person, media, weight, true, kNow - days_ago * kDay};
}
RecommendItem item(const std::string& media, const std::string& title, const std::string& folder = "Films/other",
                   const std::string& order = "") {
  return {media, title, folder, order.empty() ? title : order, kNow - 400 * kDay};
}
std::vector<std::string> names(const std::vector<Recommendation>& all) {
  std::vector<std::string> media;
  for (const Recommendation& each : all) media.push_back(each.media);
  return media;
}

TEST(Recommend, WhatOthersWatchedWithIt) {
  std::vector<WatchSignal> signals;
  for (std::int64_t person = 10; person < 15; ++person) {
    signals.push_back(saw(person, "a"));
    signals.push_back(saw(person, "b"));
  }
  signals.push_back(saw(20, "c"));
  const RecommendModel model({item("a", "Alpha", "1"), item("b", "Bravo", "2"), item("c", "Charlie", "3")}, signals,
                             kNow);
  const auto best = model.recommend(std::vector{saw(1, "a")}, everything, 10);
  ASSERT_FALSE(best.empty());
  EXPECT_EQ(best[0].media, "b");
  EXPECT_EQ(best[0].kind, ReasonKind::kOthersWatched);
  EXPECT_EQ(best[0].because, "a");
  EXPECT_THAT(names(best), Not(testing::Contains("a")));
}

TEST(Recommend, OnePersonsWatchingIsNotToldToAnother) {
  const std::vector<WatchSignal> signals{saw(10, "a"), saw(10, "b")};
  const RecommendModel model({item("a", "Alpha", "1"), item("b", "Bravo", "2")}, signals, kNow);
  for (const Recommendation& each : model.recommend(std::vector{saw(1, "a")}, everything, 10))
    EXPECT_NE(each.kind, ReasonKind::kOthersWatched) << each.media;
}

TEST(Recommend, TheNextOneOfASeries) {
  const RecommendModel model({item("e1", "Episode 1", "Show", "01"), item("e2", "Episode 2", "Show", "02"),
                              item("e10", "Episode 10", "Show", "10"), item("x", "Other", "Else")},
                             {}, kNow);
  const auto best = model.recommend(std::vector{saw(1, "e1")}, everything, 1);
  ASSERT_EQ(best.size(), 1U);
  EXPECT_EQ(best[0].media, "e2");
  EXPECT_EQ(best[0].kind, ReasonKind::kNextInFolder);
  EXPECT_EQ(best[0].because, "e1");
  EXPECT_EQ(model.next_in_folder("e2"), "e10");
  EXPECT_EQ(model.next_in_folder("e10"), "");
  EXPECT_EQ(model.next_in_folder("nothing"), "");
}

TEST(Recommend, ALikeTitle) {
  std::vector<RecommendItem> items{item("a", "Rovers against United, first half", "1"),
                                   item("b", "Rovers against City, first half", "2")};
  for (int i = 0; i < 30; ++i) items.push_back(item("x" + std::to_string(i), "Holiday " + std::to_string(i), "3"));
  const RecommendModel model(items, {}, kNow);
  const auto best = model.recommend(std::vector{saw(1, "a")}, everything, 1);
  ASSERT_EQ(best.size(), 1U);
  EXPECT_EQ(best[0].media, "b");
  EXPECT_EQ(best[0].kind, ReasonKind::kBecauseWatched);
}

TEST(Recommend, WithoutAnyHistoryWhatIsPopularAndWhatIsNew) {
  std::vector<RecommendItem> items{item("a", "Alpha", "1"), item("b", "Bravo", "2"), item("n", "New", "3")};
  items[2].added_utc_ns = kNow - kDay;
  const RecommendModel model(items, {saw(10, "b"), saw(11, "b"), saw(12, "a")}, kNow);
  const auto best = model.recommend({}, everything, 10);
  EXPECT_THAT(names(best), ElementsAre("b", "n", "a"));
  EXPECT_EQ(best[0].kind, ReasonKind::kPopular);
  EXPECT_EQ(best[1].kind, ReasonKind::kNew);
  EXPECT_EQ(best[0].because, "");
}

TEST(Recommend, WhatIsNotVisibleIsNeitherRecommendedNorAReason) {
  std::vector<WatchSignal> signals;
  for (std::int64_t person = 10; person < 15; ++person)
    for (const char* media : {"secret", "b", "c"}) signals.push_back(saw(person, media));
  const RecommendModel model({item("secret", "Secret", "1"), item("b", "Bravo", "2"), item("c", "Charlie", "3")},
                             signals, kNow);
  const auto visible = [](const std::string& media) { return media != "secret"; };
  const std::vector<WatchSignal> own{saw(1, "secret"), saw(1, "b", 3)};
  const auto best = model.recommend(own, visible, 10);
  EXPECT_THAT(names(best), ElementsAre("c"));
  EXPECT_EQ(best[0].because, "b");
  for (const Recommendation& each : model.following("secret", {}, visible, 10)) EXPECT_EQ(each.because, "");
}

TEST(Recommend, WhatWasDislikedLeadsNowhere) {
  std::vector<WatchSignal> signals;
  for (std::int64_t person = 10; person < 15; ++person)
    for (const char* media : {"a", "b"}) signals.push_back(saw(person, media));
  const RecommendModel model({item("a", "Alpha", "1"), item("b", "Bravo", "2")}, signals, kNow);
  const auto best = model.recommend(std::vector{saw(1, "a", 1, 0)}, everything, 10);
  EXPECT_THAT(names(best), ElementsAre("b"));
  EXPECT_EQ(best[0].kind, ReasonKind::kPopular) << "it is just that many watch it";
}

TEST(Recommend, OneFolderDoesNotFillThePage) {
  std::vector<RecommendItem> items;
  for (int i = 0; i < 40; ++i)
    items.push_back(item("s" + std::to_string(100 + i), "Part", "Series", std::to_string(100 + i)));
  for (int i = 0; i < 5; ++i) items.push_back(item("o" + std::to_string(i), "Part of something", "Other"));
  const RecommendModel model(items, {}, kNow);
  const auto best = model.recommend(std::vector{saw(1, "s100"), saw(1, "o0")}, everything, 8);
  const auto others = std::count_if(best.begin(), best.end(), [](const auto& each) { return each.media[0] == 'o'; });
  EXPECT_GE(others, 3);
}

TEST(Recommend, HostileTitlesAndEmptyInputs) {
  const RecommendModel none({}, {saw(1, "a")}, kNow);
  EXPECT_THAT(none.recommend(std::vector{saw(1, "a")}, everything, 10), IsEmpty());
  const RecommendModel odd(
      {item("a", ""), item("b", std::string(5000, '-')), item("c", "\xF0\x9F\x8E\xAC \xE5\xB1\xB1")}, {}, kNow);
  for (const Recommendation& each : odd.recommend(std::vector{saw(1, "a")}, everything, 10)) {
    EXPECT_TRUE(std::isfinite(each.score));
    EXPECT_NE(each.media, "a");
  }
}

// --- A population whose tastes are known
// -------------------------------------------------------------------------------

// Each person likes two of the groups of media and mostly watches those, more often what many know; the last one that
// they watched is hidden and has to be found.
struct Population {
  static constexpr int kGroups = 10;
  static constexpr int kPerGroup = 40;
  static constexpr int kPeople = 400;

  explicit Population(bool is_shuffled) {
    std::mt19937 random(7);
    const auto below = [&](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
    for (int i = 0; i < kGroups * kPerGroup; ++i)
      items.push_back(item("m" + std::to_string(i), "Title " + std::to_string(i), "f" + std::to_string(i)));
    for (int person = 0; person < kPeople; ++person) {
      const int tastes[2] = {below(kGroups), below(kGroups)};
      std::set<int> seen;
      int last = 0;
      for (int i = 0; i < 25; ++i) {
        const bool is_to_taste = below(100) < 85;
        const int group = is_to_taste ? tastes[below(2)] : below(kGroups);
        // The smaller of two: some of each group are known to more people.
        last = group * kPerGroup + std::min(below(kPerGroup), below(kPerGroup));
        if (is_shuffled) last = below(kGroups * kPerGroup);
        if (!seen.insert(last).second) continue;
        signals.push_back(saw(person, "m" + std::to_string(last), 60 - i));
      }
      // Hidden: the newest signal that is to the person's taste.
      for (auto at = signals.rbegin(); at != signals.rend() && at->person == person; ++at) {
        const int number = std::stoi(at->media.substr(1));
        if (number / kPerGroup != tastes[0] && number / kPerGroup != tastes[1] && !is_shuffled) continue;
        hidden[person] = at->media;
        signals.erase(std::next(at).base());
        break;
      }
    }
  }

  // How often the hidden one is among the first ten, and the mean of one over its place.
  struct Quality {
    double hits = 0;
    double reciprocal_rank = 0;
  };
  template <typename Recommend>
  Quality measure(Recommend&& recommend) const {
    Quality quality;
    for (const auto& [person, media] : hidden) {
      std::vector<WatchSignal> own;
      for (const WatchSignal& each : signals)
        if (each.person == person) own.push_back(each);
      const std::vector<std::string> ten = recommend(own);
      const auto found = std::find(ten.begin(), ten.end(), media);
      if (found == ten.end()) continue;
      quality.hits += 1;
      quality.reciprocal_rank += 1.0 / static_cast<double>(found - ten.begin() + 1);
    }
    quality.hits /= static_cast<double>(hidden.size());
    quality.reciprocal_rank /= static_cast<double>(hidden.size());
    return quality;
  }
  Quality of_model() const {
    const RecommendModel model(items, signals, kNow);
    return measure([&](const auto& own) { return names(model.recommend(own, everything, 10)); });
  }
  Quality of_most_popular() const {
    std::map<std::string, int> counts;
    for (const WatchSignal& each : signals) ++counts[each.media];
    std::vector<std::pair<int, std::string>> ranking;
    for (const auto& [media, count] : counts) ranking.emplace_back(-count, media);
    std::sort(ranking.begin(), ranking.end());
    return measure([&](const auto& own) {
      std::vector<std::string> ten;
      for (const auto& [count, media] : ranking) {
        const bool is_known =
            std::any_of(own.begin(), own.end(), [&, &name = media](const auto& each) { return each.media == name; });
        if (!is_known && ten.size() < 10) ten.push_back(media);
      }
      return ten;
    });
  }

  std::vector<RecommendItem> items;
  std::vector<WatchSignal> signals;
  std::map<std::int64_t, std::string> hidden;
};

TEST(RecommendPopulation, BeatsTheMostPopularByTwiceAtLeast) {
  const Population population(false);
  const auto model = population.of_model();
  const auto popular = population.of_most_popular();
  RecordProperty("hit_rate", std::to_string(model.hits));
  RecordProperty("hit_rate_of_the_most_popular", std::to_string(popular.hits));
  std::printf("hit rate at 10: %.3f, most popular %.3f; mean reciprocal rank: %.3f, %.3f\n", model.hits, popular.hits,
              model.reciprocal_rank, popular.reciprocal_rank);
  EXPECT_GE(model.hits, 2 * popular.hits);
  EXPECT_GE(model.hits, popular.hits + 0.1);
  EXPECT_GE(model.reciprocal_rank, 2 * popular.reciprocal_rank);
}

// That the margin above is earned: where watching follows no taste, there is nothing to be learnt.
TEST(RecommendPopulation, FindsNothingWhereThereIsNothing) {
  const Population population(true);
  const auto model = population.of_model();
  EXPECT_LT(model.hits, population.of_most_popular().hits + 0.05);
}

}  // namespace
}  // namespace zoe::server
