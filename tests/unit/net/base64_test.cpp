#include "engine/net/base64.hpp"

#include <gtest/gtest.h>

namespace zoe::net {
namespace {

TEST(Base64, ReadsAndWrites) {
  EXPECT_EQ(from_base64("")->size(), 0U);
  EXPECT_EQ(*from_base64("/+8="), (std::vector<std::uint8_t>{0xff, 0xef}));
  EXPECT_EQ(*from_base64("TWFu"), (std::vector<std::uint8_t>{'M', 'a', 'n'}));
  for (const std::string_view bad : {"TWF", "TW=u", "====", "TW\nu", "TWF*"}) EXPECT_FALSE(from_base64(bad)) << bad;
  for (const std::string_view text : {"", "a", "ab", "abc", "abcd"}) {
    const auto back = from_base64(to_base64(as_bytes(text)));
    EXPECT_EQ(std::string(back->begin(), back->end()), text);
  }
}

}  // namespace
}  // namespace zoe::net
