// Every plugin is swapped while viewers watch, and none of them notices: the short form of scripts/soak-swap.
#include <gmock/gmock.h>

#include "tests/swap/swap_run.hpp"

namespace zoe::test {
namespace {

TEST(Swap, EveryPluginWhileViewersWatch) {
  SwapRun run({.clients = 24, .swaps = 3});
  const SwapResult result = run.run();
  EXPECT_THAT(result.complaints(SwapResult::Form::kShort), testing::IsEmpty()) << result.to_table();
  EXPECT_GE(result.plugins.size(), 5U) << result.to_table();
  EXPECT_GE(result.resumes, 24U) << result.to_table();
}

}  // namespace
}  // namespace zoe::test
