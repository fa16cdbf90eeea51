#include "engine/net/media_run.hpp"

#include <gtest/gtest.h>

#include <string>

namespace zoe::net {
namespace {

struct Record {
  std::uint32_t ordinal = 0;
  std::string data;
  std::uint32_t claimed_bytes = UINT32_MAX;  // else data's own size
};

Message make_run(std::uint16_t flags, std::uint32_t first, const std::vector<Record>& records,
                 std::uint32_t claimed_packets = UINT32_MAX) {
  std::vector<std::uint8_t> bytes;
  ByteWriter writer(bytes);
  writer.write(std::uint32_t{9});
  writer.write(first);
  writer.write(claimed_packets != UINT32_MAX ? claimed_packets : static_cast<std::uint32_t>(records.size()));
  writer.write(std::uint32_t{0});
  for (const Record& record : records) {
    writer.write(record.claimed_bytes != UINT32_MAX ? record.claimed_bytes
                                                    : static_cast<std::uint32_t>(record.data.size()));
    writer.write(std::uint32_t{0xff01});
    writer.write(std::int64_t{100} + record.ordinal);
    writer.write(kNoTimestamp);
    writer.write(std::uint32_t{40});
    writer.write(record.ordinal);
    writer.write_bytes(as_bytes(record.data));
  }
  auto body = std::make_shared<Body>();
  EXPECT_TRUE(body->append(bytes, bytes.size()));
  return {{.length = static_cast<std::uint32_t>(bytes.size()),
           .kind = Kind::kMedia,
           .flags = flags,
           .stream = 2,
           .serial = 3},
          body};
}

TEST(MediaRun, ComesApart) {
  const auto run = parse_media(make_run(kRunSegmentStart, 4, {{4, "first"}, {5, ""}, {6, "third"}}));
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->stream, 2U);
  EXPECT_EQ(run->serial, 3U);
  EXPECT_EQ(run->segment, 9U);
  EXPECT_EQ(run->first_ordinal, 4U);
  ASSERT_EQ(run->packets.size(), 3U);
  EXPECT_EQ(as_text(run->packets[0].data), "first");
  EXPECT_EQ(as_text(run->packets[2].data), "third");
  EXPECT_EQ(run->packets[2].pts, 106);
  EXPECT_EQ(run->packets[2].dts, kNoTimestamp);
  EXPECT_EQ(run->packets[2].duration, 40U);
  EXPECT_EQ(run->packets[2].flags, kRecordKey);  // unknown bits are gone
}

TEST(MediaRun, HeaderIsWrittenAsItIsRead) {
  auto message = make_run(0, 4, {{4, "x"}});
  std::uint8_t bytes[kRunHeaderBytes];
  store_run_header(bytes, {.segment = 9, .first_ordinal = 4, .packets = 1});
  EXPECT_TRUE(std::equal(std::begin(bytes), std::end(bytes), message.body->data()));
}

TEST(MediaRun, RefusesWhatDoesNotAddUp) {
  EXPECT_FALSE(parse_media(make_run(0, 0, {{0, "abc", 4}})));            // beyond the body
  EXPECT_FALSE(parse_media(make_run(0, 0, {{0, "abc", 2}})));            // bytes left over
  EXPECT_FALSE(parse_media(make_run(0, 0, {{0, "abc", 0xfffffff0U}})));  // wraps round
  EXPECT_FALSE(parse_media(make_run(0, 0, {{0, "abc"}}, 2)));            // one record short
  EXPECT_FALSE(parse_media(make_run(0, 0, {{0, "abc"}}, 0xfffffffeU)));  // no reserve for four billion
  EXPECT_FALSE(parse_media(make_run(0, 0, {{0, "a"}, {0, "b"}})));       // the same ordinal twice
  EXPECT_FALSE(parse_media(make_run(0, 0, {{0, "a"}, {2, "b"}})));       // a gap
  EXPECT_FALSE(parse_media(make_run(0, 0, {{1, "a"}})));                 // not the header's first
  EXPECT_FALSE(parse_media(make_run(kRunSubset, 0, {{1, "a"}})));        // nor there
  EXPECT_FALSE(parse_media(make_run(kRunSubset, 0, {{0, "a"}, {0, "b"}})));
  EXPECT_FALSE(parse_media(make_run(0, UINT32_MAX, {{UINT32_MAX, "a"}, {0, "b"}})));
  EXPECT_FALSE(parse_media(make_run(0, 0, {})));
}

TEST(MediaRun, SubsetsLeaveGapsAndEndsMayBeEmpty) {
  EXPECT_TRUE(parse_media(make_run(kRunSubset, 0, {{0, "a"}, {4, "b"}, {5, "c"}})));
  EXPECT_TRUE(parse_media(make_run(kRunEnd, 7, {})));
  EXPECT_TRUE(parse_media(make_run(kRunSegmentEnd, 7, {})));
}

Message make_chunk(std::uint64_t offset, std::uint32_t crc, std::uint32_t mark, std::string_view data) {
  std::vector<std::uint8_t> bytes;
  ByteWriter writer(bytes);
  writer.write(offset);
  writer.write(crc);
  writer.write(mark);
  writer.write_bytes(as_bytes(data));
  auto body = std::make_shared<Body>();
  EXPECT_TRUE(body->append(bytes, bytes.size()));
  return {{.length = static_cast<std::uint32_t>(bytes.size()), .kind = Kind::kChunk, .stream = 5}, body};
}

TEST(FileChunk, ChecksumIsZlibs) {
  EXPECT_EQ(crc32_of(as_bytes("123456789")), 0xcbf43926U);
  EXPECT_EQ(crc32_of({}), 0U);
}

TEST(FileChunk, ComesApart) {
  const auto chunk = parse_chunk(make_chunk(77, 0xcbf43926U, 1, "123456789"));
  ASSERT_TRUE(chunk) << chunk.error().message;
  EXPECT_EQ(chunk->file, 5U);
  EXPECT_EQ(chunk->offset, 77U);
  EXPECT_TRUE(chunk->is_last);
  EXPECT_EQ(as_text(chunk->data), "123456789");
  EXPECT_TRUE(parse_chunk(make_chunk(0, 0, 1, "")));
}

TEST(FileChunk, RefusesDamage) {
  EXPECT_FALSE(parse_chunk(make_chunk(0, 0xcbf43927U, 0, "123456789")));
  EXPECT_FALSE(parse_chunk(make_chunk(0, 0xcbf43926U, 2, "123456789")));
  EXPECT_FALSE(parse_chunk(make_chunk(UINT64_MAX - 3, 0xcbf43926U, 0, "123456789")));
}

TEST(FileChunk, HeaderIsWrittenAsItIsRead) {
  const auto message = make_chunk(1ULL << 40, 0xcbf43926U, 1, "");
  std::uint8_t bytes[kChunkHeaderBytes];
  store_chunk_header(bytes, {.offset = 1ULL << 40, .crc32 = 0xcbf43926U, .is_last = true});
  EXPECT_TRUE(std::equal(std::begin(bytes), std::end(bytes), message.body->data()));
}

}  // namespace
}  // namespace zoe::net
