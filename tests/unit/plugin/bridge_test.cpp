#include "engine/plugin/bridge/status.hpp"

#include <array>
#include <stdexcept>

#include <gtest/gtest.h>

namespace zoe::abi {
namespace {

TEST(Bridge, CodesCrossAndComeBack) {
  for (int code = static_cast<int>(Errc::kInvalidArgument); code <= static_cast<int>(Errc::kInternal); ++code) {
    const auto errc = static_cast<Errc>(code);
    EXPECT_EQ(to_errc(to_status(errc)), errc);
  }
  EXPECT_EQ(to_errc(-1000), Errc::kInternal);
  EXPECT_EQ(to_errc(5), Errc::kInternal);
}

TEST(Bridge, TextIsCutBetweenCharacters) {
  EXPECT_EQ(cut_utf8("abc", 5), "abc");
  EXPECT_EQ(cut_utf8("ab\xC3\xA9", 3), "ab") << "never half an é";
  EXPECT_EQ(cut_utf8("\xF0\x9F\x8E\xAC", 3), "");
  std::array<char, 4> small{};
  char(&field)[4] = reinterpret_cast<char(&)[4]>(small);
  copy_text(field, "a\xC3\xA9\xC3\xA9");
  EXPECT_STREQ(field, "a\xC3\xA9");
  copy_text(field, "");
  EXPECT_EQ(view_of(field), "");
}

TEST(Bridge, AFieldThatIsNotTerminatedIsReadToItsEndOnly) {
  const char field[3] = {'a', 'b', 'c'};
  EXPECT_EQ(view_of(field), "abc");
}

TEST(Bridge, OutStructuresAreFilledAsFarAsTheCallerKnowsThem) {
  struct Old {
    std::uint32_t struct_size;
    std::uint32_t a;
  };
  struct New {
    std::uint32_t struct_size;
    std::uint32_t a;
    std::uint32_t b;
  };
  struct {
    New out;
    std::uint32_t guard = 0xABCD;
  } memory;
  memory.out = {sizeof(Old), 0, 99};
  fill_out(&memory.out, New{sizeof(New), 1, 2});
  EXPECT_EQ(memory.out.a, 1U);
  EXPECT_EQ(memory.out.b, 99U) << "the caller has no room for it";
  EXPECT_EQ(memory.out.struct_size, sizeof(Old));
  EXPECT_EQ(memory.guard, 0xABCDU);
}

TEST(Bridge, ArraysKeepTheCallersStride) {
  struct Item {
    std::uint32_t struct_size;
    std::uint32_t value;
  };
  // A caller of a later version, whose elements are larger.
  std::array<std::uint32_t, 8> memory{};
  memory[0] = 16;
  auto* out = reinterpret_cast<Item*>(memory.data());
  fill_out_at(out, 0, Item{sizeof(Item), 1});
  fill_out_at(out, 1, Item{sizeof(Item), 2});
  EXPECT_EQ(memory, (std::array<std::uint32_t, 8>{16, 1, 0, 0, 8, 2, 0, 0}));
}

TEST(Bridge, GuardedTurnsEverythingIntoAStatusWithWords) {
  zoe_error error = empty_error();
  EXPECT_EQ(guarded(&error, []() -> Status { return {}; }), ZOE_OK);
  EXPECT_EQ(guarded(&error, []() -> Result<Flow> { return Flow::kAgain; }), ZOE_AGAIN);
  EXPECT_EQ(guarded(&error, []() -> Status { return fail(Errc::kDenied, "no"); }), ZOE_E_DENIED);
  EXPECT_STREQ(error.message, "no");
  EXPECT_EQ(error.status, ZOE_E_DENIED);
  EXPECT_EQ(guarded(&error, []() -> Status { throw std::runtime_error("torn"); }), ZOE_E_INTERNAL);
  EXPECT_STREQ(error.message, "torn");
  EXPECT_EQ(guarded(&error, []() -> Status { throw std::bad_alloc(); }), ZOE_E_NO_MEMORY);
  EXPECT_EQ(guarded(nullptr, []() -> Status { throw 1; }), ZOE_E_INTERNAL);
}

TEST(Bridge, AnErrorWithoutWordsStillSaysSomething) {
  const Error error = read_error(ZOE_E_IO, empty_error());
  EXPECT_EQ(error.code, Errc::kIo);
  EXPECT_FALSE(error.message.empty());
}

}  // namespace
}  // namespace zoe::abi
