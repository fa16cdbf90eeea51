#include "engine/core/line_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace zoe {
namespace {

using testing::ElementsAre;

// The lines of `text`, fed `step` bytes at a time; a cut one has an ellipsis.
std::vector<std::string> split(std::string_view text, std::size_t most, std::size_t step) {
  std::vector<std::string> lines;
  LineSplitter splitter(most);
  const auto take = [&](std::string_view line, bool is_cut) {
    lines.push_back(std::string(line) + (is_cut ? "…" : ""));
  };
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) splitter.feed(text.substr(0, step), take);
  splitter.finish(take);
  return lines;
}

TEST(LineSplitter, GivesTheSameHoweverTheBytesArrive) {
  for (const std::size_t step : {1, 2, 3, 7, 100}) {
    EXPECT_THAT(split("one\ntwo\r\n\nthree", 10, step), ElementsAre("one", "two", "", "three")) << step;
    EXPECT_THAT(split("12345\n123456\n1234567890\nx\n", 5, step), ElementsAre("12345", "12345…", "12345…", "x"))
        << step;
    EXPECT_THAT(split("123456", 5, step), ElementsAre("12345…")) << step;
    EXPECT_THAT(split("", 5, step), ElementsAre()) << step;
  }
}

}  // namespace
}  // namespace zoe
