#include "engine/core/byte_io.hpp"

#include <gtest/gtest.h>

namespace zoe {
namespace {

TEST(ByteIo, WritesLittleEndian) {
  std::vector<std::uint8_t> out;
  ByteWriter writer(out);
  writer.write<std::uint32_t>(0x01020304);
  writer.write<std::uint8_t>(0xff);
  EXPECT_EQ(out, (std::vector<std::uint8_t>{4, 3, 2, 1, 0xff}));
}

TEST(ByteIo, ReadsBackWhatWasWritten) {
  std::vector<std::uint8_t> out;
  ByteWriter writer(out);
  writer.write<std::int64_t>(-5);
  writer.write<std::uint16_t>(77);
  writer.write_bytes(as_bytes("frame"));
  ByteReader reader(out);
  EXPECT_EQ(reader.read<std::int64_t>(), -5);
  EXPECT_EQ(reader.read<std::uint16_t>(), 77);
  EXPECT_EQ(as_text(reader.read_bytes(5)), "frame");
  EXPECT_TRUE(reader.is_ok());
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(ByteIo, AShortReadFailsForGood) {
  const std::vector<std::uint8_t> bytes{1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.read<std::uint32_t>(), 0U);
  EXPECT_FALSE(reader.is_ok());
  EXPECT_EQ(reader.read<std::uint8_t>(), 0U) << "a byte is there, but the record is torn already";
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(ByteIo, AHugeLengthDoesNotOverflowTheBoundCheck) {
  const std::vector<std::uint8_t> bytes(8);
  ByteReader reader(bytes);
  reader.read<std::uint32_t>();
  EXPECT_TRUE(reader.read_bytes(SIZE_MAX).empty());
  EXPECT_FALSE(reader.is_ok());
}

TEST(ByteIo, UnalignedAddressesAreFine) {
  std::vector<std::uint8_t> bytes(16);
  for (std::size_t at = 0; at < 8; ++at) {
    store_le<std::uint64_t>(bytes.data() + at, 0x1122334455667788);
    EXPECT_EQ(load_le<std::uint64_t>(bytes.data() + at), 0x1122334455667788U);
  }
}

}  // namespace
}  // namespace zoe
