#include "player/client/play_queue.hpp"

#include <gtest/gtest.h>

namespace zoe::player {
namespace {

// '-' has left the library.
std::vector<LibraryItem> items_of(const std::string& letters) {
  std::vector<LibraryItem> items;
  for (const char letter : letters) {
    items.push_back({.media = std::string(1, letter)});
    items.back().is_available = letter != '-';
  }
  return items;
}

std::string media(const LibraryItem* item) { return item == nullptr ? "none" : item->media; }

TEST(PlayQueue, GoesFromOneToTheNext) {
  PlayQueue queue;
  ASSERT_TRUE(queue.start("list", items_of("abc"), 1));
  EXPECT_EQ(media(queue.current()), "b");
  EXPECT_EQ(media(queue.peek(1)), "c");
  EXPECT_EQ(media(queue.go(1)), "c");
  EXPECT_EQ(media(queue.go(1)), "none");
  EXPECT_EQ(media(queue.current()), "c") << "the end is where it stays";
  EXPECT_EQ(media(queue.go(-1)), "b");
  EXPECT_EQ(queue.index(), 1U);
}

TEST(PlayQueue, PassesOverWhatIsGone) {
  PlayQueue queue;
  ASSERT_TRUE(queue.start("list", items_of("-a--b-"), 0));
  EXPECT_EQ(media(queue.current()), "a");
  EXPECT_EQ(media(queue.go(1)), "b");
  EXPECT_EQ(media(queue.peek(1)), "none");
  EXPECT_EQ(media(queue.go(-1)), "a");
  EXPECT_EQ(media(queue.peek(-1)), "none");
}

TEST(PlayQueue, NothingToPlayIsSaid) {
  PlayQueue queue;
  EXPECT_FALSE(queue.start("list", items_of("--"), 0));
  EXPECT_FALSE(queue.start("list", items_of("a"), 5));
  EXPECT_FALSE(queue.start("list", {}, 0));
  EXPECT_FALSE(queue.is_active());
  EXPECT_EQ(media(queue.go(1)), "none");
}

TEST(PlayQueue, EndsWhenSomethingElseIsOpened) {
  PlayQueue queue;
  ASSERT_TRUE(queue.start("list", items_of("ab"), 0));
  queue.follow("a");
  EXPECT_TRUE(queue.is_active());
  queue.follow("z");
  EXPECT_FALSE(queue.is_active());
}

}  // namespace
}  // namespace zoe::player
