#include "engine/net/trust_store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.hpp"

namespace zoe::net {
namespace {

const std::string kOne(64, '1');
const std::string kTwo(64, '2');

TEST(TrustStore, FirstSeenThenMatchesThenChanged) {
  TrustStore store;
  EXPECT_EQ(store.check("host", 7340, kOne), Trust::kFirstSeen);
  ASSERT_TRUE(store.remember("host", 7340, kOne));
  EXPECT_EQ(store.check("host", 7340, kOne), Trust::kMatches);
  EXPECT_EQ(store.check("HOST.", 7340, kOne), Trust::kMatches);
  EXPECT_EQ(store.check("host", 7340, kTwo), Trust::kChanged);
  EXPECT_EQ(store.check("host", 7341, kTwo), Trust::kFirstSeen);
  ASSERT_TRUE(store.remember("host", 7340, kTwo));
  EXPECT_EQ(store.check("host", 7340, kTwo), Trust::kMatches);
  ASSERT_TRUE(store.forget("host", 7340));
  EXPECT_EQ(store.check("host", 7340, kOne), Trust::kFirstSeen);
}

TEST(TrustStore, LastsInAFileOfTheOwnersAlone) {
  const test::TempDir folder;
  const std::string path = folder.file("known");
  {
    const auto store = TrustStore::load(path);
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE((*store)->remember("a.example", 1, kOne));
    ASSERT_TRUE((*store)->remember("b.example", 2, kTwo));
  }
  const auto store = TrustStore::load(path);
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ((*store)->pin_of("a.example", 1), kOne);
  EXPECT_EQ((*store)->check("b.example", 2, kTwo), Trust::kMatches);
  struct stat info;
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(TrustStore, ADamagedFileIsNamedWithItsLine) {
  const test::TempDir folder;
  for (const std::string& line :
       {std::string("a:1"), "a:1 " + kOne.substr(1), "a:1 " + std::string(64, 'X'), " " + kOne}) {
    const auto store = TrustStore::load(folder.write("known", "# comment\n" + line + "\n"));
    ASSERT_FALSE(store) << line;
    EXPECT_EQ(store.error().code, Errc::kMalformed);
    EXPECT_NE(store.error().message.find("known:2"), std::string::npos) << store.error().message;
  }
}

TEST(TrustStore, RefusesWhatItCouldNotReadAgain) {
  TrustStore store;
  EXPECT_FALSE(store.remember("host", 1, "short"));
  EXPECT_FALSE(store.remember("two words", 1, kOne));
  EXPECT_FALSE(store.remember("", 1, kOne));
}

}  // namespace
}  // namespace zoe::net
