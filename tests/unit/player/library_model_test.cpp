#include "player/client/library_model.hpp"

#include <gtest/gtest.h>

namespace zoe::player {
namespace {

LibraryPage page_of(int first, int count, std::int64_t total) {
  LibraryPage page;
  page.total = total;
  for (int i = first; i < first + count; ++i) page.items.push_back({.media = "m" + std::to_string(i)});
  return page;
}

TEST(LibraryModel, FetchesPageByPage) {
  LibraryModel model;
  const auto first = model.ask({.search = "cup"});
  EXPECT_TRUE(model.listing()->is_loading);
  EXPECT_FALSE(model.more()) << "a page is under way";
  EXPECT_TRUE(model.answer(first, page_of(0, 200, 250)));
  EXPECT_FALSE(model.listing()->is_loading);
  EXPECT_EQ(model.listing()->query.search, "cup");
  const auto second = model.more();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->offset, 200);
  EXPECT_EQ(second->query.search, "cup");
  model.answer(*second, page_of(200, 50, 250));
  EXPECT_EQ(model.listing()->items.size(), 250U);
  EXPECT_EQ(model.listing()->items.back().media, "m249");
  EXPECT_FALSE(model.more()) << "all is there";
}

TEST(LibraryModel, ARefreshBringsAllThatWasThereBeforeItShows) {
  LibraryModel model;
  model.answer(model.ask({}), page_of(0, 200, 5000));
  while (model.listing()->items.size() < 1400) model.answer(*model.more(), page_of(0, 200, 5000));
  LibraryModel::Request next = model.refresh();
  int pages = 0;
  for (std::optional<LibraryModel::Request> again = next; again; again = model.follow_up(), ++pages) {
    EXPECT_LE(again->limit, LibraryModel::kMostPage);
    EXPECT_EQ(model.listing()->items.size(), 1400U) << "nothing moves meanwhile";
    model.answer(*again, page_of(static_cast<int>(again->offset), static_cast<int>(again->limit), 4900));
  }
  EXPECT_EQ(pages, 3);
  ASSERT_EQ(model.listing()->items.size(), 1400U);
  EXPECT_EQ(model.listing()->items.back().media, "m1399");
  EXPECT_EQ(model.listing()->total, 4900);
  EXPECT_FALSE(model.listing()->is_loading);
}

TEST(LibraryModel, ARefreshOfAListThatBecameShorterEnds) {
  LibraryModel model;
  model.answer(model.ask({}), page_of(0, 200, 5000));
  while (model.listing()->items.size() < 1400) model.answer(*model.more(), page_of(0, 200, 5000));
  EXPECT_FALSE(model.answer(model.refresh(), page_of(0, 500, 1400)));
  const auto second = model.follow_up();
  ASSERT_TRUE(second);
  EXPECT_TRUE(model.answer(*second, page_of(500, 0, 1400))) << "whatever the total says";
  EXPECT_EQ(model.listing()->total, 500);
  EXPECT_FALSE(model.follow_up());
  EXPECT_TRUE(model.answer(model.refresh(), page_of(0, 3, 3)));
  EXPECT_FALSE(model.follow_up());
}

TEST(LibraryModel, AnotherQuestionEndsARefresh) {
  LibraryModel model;
  model.answer(model.ask({}), page_of(0, 200, 5000));
  while (model.listing()->items.size() < 1400) model.answer(*model.more(), page_of(0, 200, 5000));
  const auto refresh = model.refresh();
  const auto search = model.ask({.search = "cup"});
  EXPECT_FALSE(model.answer(refresh, page_of(0, 500, 5000)));
  EXPECT_FALSE(model.follow_up());
  EXPECT_TRUE(model.answer(search, page_of(0, 2, 2)));
  EXPECT_EQ(model.listing()->items.size(), 2U);
}

TEST(LibraryModel, BelievesOnlyTheAnswerToTheNewestQuestion) {
  LibraryModel model;
  const auto old = model.ask({.search = "a"});
  const auto fresh = model.ask({.search = "ab"});
  EXPECT_FALSE(model.answer(old, page_of(0, 3, 3)));
  EXPECT_TRUE(model.answer(fresh, page_of(7, 1, 1)));
  ASSERT_EQ(model.listing()->items.size(), 1U);
  EXPECT_EQ(model.listing()->items[0].media, "m7");
}

TEST(LibraryModel, KeepsTheListWhileItRefreshesAndAfterAnError) {
  LibraryModel model;
  model.answer(model.ask({}), page_of(0, 3, 3));
  const auto held = model.listing();
  const auto again = model.refresh();
  EXPECT_EQ(model.listing()->items.size(), 3U);
  model.answer(again, fail(Errc::kUnavailable, "gone"));
  EXPECT_EQ(model.listing()->items.size(), 3U);
  EXPECT_EQ(model.listing()->error, "gone");
  EXPECT_TRUE(held->error.empty()) << "a listing once handed out never changes";
  model.clear();
  EXPECT_TRUE(model.listing()->items.empty());
}

TEST(LibraryModel, ATotalThatIsNotKeptEndsTheList) {
  LibraryModel model;
  model.answer(model.ask({}), page_of(0, 200, 1000));
  model.answer(*model.more(), page_of(0, 0, 1000));
  EXPECT_FALSE(model.more());
}

}  // namespace
}  // namespace zoe::player
