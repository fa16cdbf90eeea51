#include "engine/core/result.hpp"

#include <cerrno>
#include <memory>
#include <stdexcept>

#include <gtest/gtest.h>

namespace zoe {
namespace {

TEST(Result, EveryCodeHasANameThatReadsBack) {
  for (int code = static_cast<int>(Errc::kInvalidArgument); code <= static_cast<int>(Errc::kInternal); ++code) {
    const auto errc = static_cast<Errc>(code);
    EXPECT_EQ(errc_from_string(to_string(errc)), errc) << to_string(errc);
  }
  EXPECT_EQ(errc_from_string("no such name"), Errc::kInternal);
}

TEST(Result, ContextStandsBeforeTheMessage) {
  const Error error = Error{Errc::kIo, "disk full"}.with("poster");
  EXPECT_EQ(error.message, "poster: disk full");
  EXPECT_EQ(error.code, Errc::kIo);
}

TEST(Result, ErrnoBecomesACodeAndWords) {
  const Error missing = errno_error("open /a", ENOENT);
  EXPECT_EQ(missing.code, Errc::kNotFound);
  EXPECT_EQ(missing.message, "open /a: No such file or directory");
  EXPECT_EQ(errno_error("x", EACCES).code, Errc::kDenied);
  EXPECT_EQ(errno_error("x", EROFS).code, Errc::kDenied);
  EXPECT_EQ(errno_error("x", EADDRINUSE).code, Errc::kConflict);
  EXPECT_EQ(errno_error("x", ENOMEM).code, Errc::kNoMemory);
  EXPECT_EQ(errno_error("x", ECONNREFUSED).code, Errc::kUnavailable);
  EXPECT_EQ(errno_error("x", EBADF).code, Errc::kIo);
}

Result<int> half(int value) {
  if (value % 2 != 0) return fail(Errc::kInvalidArgument, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  ZOE_TRY(const int once, half(value));
  ZOE_TRY(const int twice, half(once));
  return twice;
}

Status check_both(int a, int b) {
  ZOE_CHECK(half(a));
  ZOE_CHECK(half(b));
  return {};
}

TEST(Result, TryAndCheckReturnTheFirstError) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().message, "odd");
  EXPECT_TRUE(check_both(2, 4).has_value());
  EXPECT_FALSE(check_both(2, 3).has_value());
}

TEST(Result, TryMovesWhatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  const auto use = [&]() -> Result<int> {
    ZOE_TRY(const std::unique_ptr<int> value, make());
    return *value;
  };
  EXPECT_EQ(use().value(), 5);
}

TEST(Result, AnExceptionOfALibraryStopsAtTheDoor) {
  const Result<int> result = catch_to_result("reading", []() -> Result<int> { throw std::runtime_error("torn"); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::kInternal);
  EXPECT_EQ(result.error().message, "reading: torn");
}

}  // namespace
}  // namespace zoe
