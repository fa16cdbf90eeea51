#include "engine/core/log_ring.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace zoe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const LogRing::Found& found) {
  std::vector<std::string> list;
  for (const LogLine& line : found.lines) list.push_back(line.text);
  return list;
}

void add(LogRing& ring, const std::string& text, LogLevel level = LogLevel::kInfo) { ring.add(level, "test", text, 1); }

TEST(LogRing, KeepsTheLastLinesAndNumbersThem) {
  LogRing ring(3, 1000);
  EXPECT_THAT(ring.find({}).lines, IsEmpty());
  for (const char* text : {"a", "b", "c", "d"}) add(ring, text);
  const LogRing::Found found = ring.find({});
  EXPECT_THAT(texts(found), ElementsAre("b", "c", "d"));
  EXPECT_EQ(found.lines[0].seq, 2u);
  EXPECT_EQ(found.first_seq, 2u);
  EXPECT_EQ(found.last_seq, 4u);
}

TEST(LogRing, IsBoundedInBytes) {
  LogRing ring(100, 100);
  for (int i = 0; i < 50; ++i) add(ring, std::string(30, 'x'));
  EXPECT_EQ(ring.find({}).lines.size(), 2u);  // 34 bytes each, with the component
  add(ring, std::string(1'000'000, 'y'));
  const LogRing::Found found = ring.find({});
  ASSERT_EQ(found.lines.size(), 1u);
  EXPECT_EQ(found.lines[0].text.size(), LogRing::kMostLineBytes);
}

TEST(LogRing, CutsALongLineAtTheBorderOfACharacter) {
  LogRing ring;
  add(ring, std::string(LogRing::kMostLineBytes - 1, 'x') + "\u00e4");
  EXPECT_EQ(ring.find({}).lines.at(0).text.size(), LogRing::kMostLineBytes - 1);
}

TEST(LogRing, FindsByNumberLevelAndWords) {
  LogRing ring;
  add(ring, "one");
  add(ring, "Two", LogLevel::kWarning);
  add(ring, "three", LogLevel::kError);
  EXPECT_THAT(texts(ring.find({.after = 1})), ElementsAre("Two", "three"));
  EXPECT_THAT(texts(ring.find({.level = LogLevel::kError})), ElementsAre("three"));
  EXPECT_THAT(texts(ring.find({.search = "tWO"})), ElementsAre("Two"));
  EXPECT_THAT(texts(ring.find({.search = "TEST"})), ElementsAre("one", "Two", "three"));  // the component
  EXPECT_THAT(texts(ring.find({.search = "four"})), IsEmpty());
}

TEST(LogRing, GivesTheNewestOrGoesOnWhereTheReaderIs) {
  LogRing ring;
  for (const char* text : {"a", "b", "c", "d"}) add(ring, text);
  EXPECT_THAT(texts(ring.find({.limit = 2})), ElementsAre("c", "d"));
  const LogRing::Found some = ring.find({.after = 1, .limit = 2});
  EXPECT_THAT(texts(some), ElementsAre("b", "c"));
  EXPECT_EQ(some.last_seq, 3u);
  EXPECT_THAT(texts(ring.find({.after = some.last_seq, .limit = 2})), ElementsAre("d"));
  EXPECT_EQ(ring.find({.after = 9}).last_seq, 4u);
}

TEST(LogRing, GetsWhatIsLogged) {
  const auto ring = std::make_shared<LogRing>();
  const auto log = Log::create({.level = LogLevel::kInfo, .file = {}, .ring = ring}).value();
  log->info("server", "hello {}\n", 7);
  log->debug("server", "not kept");
  const LogRing::Found found = ring->find({});
  ASSERT_EQ(found.lines.size(), 1u);
  EXPECT_EQ(found.lines[0].text, "hello 7 ");
  EXPECT_EQ(found.lines[0].component, "server");
  EXPECT_EQ(found.lines[0].level, LogLevel::kInfo);
  EXPECT_GT(found.lines[0].utc_ns, 0);
}

}  // namespace
}  // namespace zoe
