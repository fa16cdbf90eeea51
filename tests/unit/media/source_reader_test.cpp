#include "engine/media/source_reader.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "engine/media/decoder.hpp"
#include "engine/media/ffmpeg.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/media/exact_frames.hpp"

namespace zoe::media {
namespace {

using test::ClipSpec;
using test::make_clip;

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::unique_ptr<SourceReader> open_reader(const Opened& clip) {
  auto reader = SourceReader::open(clip.path, clip.track, clip.index);
  EXPECT_TRUE(reader) << (reader ? "" : reader.error().message);
  return reader ? std::move(*reader) : nullptr;
}

Status read_nothing(const PacketView&) { return {}; }

class Reader : public testing::Test {
 protected:
  const std::string path_ = make_clip({.frames = 90, .gop = 20, .bframes = 2, .is_open_gop = true});
  const Opened clip_ = open_clip(path_);
};

TEST_F(Reader, PacketsCountFromZeroAndCarryTheIndexsTimes) {
  const auto reader = open_reader(clip_);
  for (std::uint32_t s = 0; s < clip_.index->segments().size(); ++s) {
    const CopySegment& segment = clip_.index->segments()[s];
    std::uint32_t count = 0;
    std::uint64_t bytes = 0;
    ASSERT_TRUE(reader->read_segment(s, [&](const PacketView& packet) -> Status {
      EXPECT_EQ(packet.record.ordinal, count++);
      EXPECT_EQ(packet.record.size_bytes, packet.data.size());
      EXPECT_NE(packet.record.pts, kNoTimestamp);
      if (count == 1) {
        EXPECT_EQ(packet.record.flags, kPacketKey);
        EXPECT_EQ(packet.record.pts, segment.start_pts);
      }
      bytes += packet.data.size();
      return {};
    }));
    EXPECT_EQ(count, segment.packet_count);
    EXPECT_EQ(bytes, segment.bytes);
  }
}

TEST_F(Reader, ASinksFailureEndsTheReadAndNothingElse) {
  const auto reader = open_reader(clip_);
  int calls = 0;
  const Status status = reader->read_segment(1, [&](const PacketView&) -> Status {
    if (++calls == 3) return fail(Errc::kTooLarge, "enough");
    return {};
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::kTooLarge);
  EXPECT_EQ(calls, 3);
  const auto segments = decode_segments(clip_, forwards(clip_));
  const auto decoder = Decoder::create(clip_.track);
  for (const std::uint32_t s : {1U, 2U, 0U})
    EXPECT_EQ(decode_packets(**decoder, read_packets(*reader, s)).size(), segments[s].size());
}

TEST_F(Reader, RefusesASegmentThatIsNotThere) {
  const auto reader = open_reader(clip_);
  const auto count = static_cast<std::uint32_t>(clip_.index->segments().size());
  EXPECT_EQ(reader->read_segment(count, read_nothing).error().code, Errc::kInvalidArgument);
}

TEST_F(Reader, NoticesThatTheFileIsAnother) {
  const test::TempDir folder;
  const std::string other = make_clip({.frames = 90, .gop = 20, .bframes = 2, .picture = "testsrc"});
  Opened moved = clip_;
  moved.path = folder.file("clip.mp4");
  std::filesystem::copy_file(other, moved.path);
  const auto reader = open_reader(moved);
  for (const std::uint32_t s : {0U, 2U})
    EXPECT_EQ(reader->read_segment(s, read_nothing).error().code, Errc::kUnavailable);
  EXPECT_EQ(
      reader->decode_range(clip_.index->start_pts(), clip_.index->end_pts(), [](const FramePtr&) { return Status(); })
          .error()
          .code,
      Errc::kUnavailable);
}

TEST_F(Reader, ReadsAFileCutShortUpToTheCut) {
  const test::TempDir folder;
  const std::string ts = make_clip({.frames = 90, .gop = 20, .container = "ts"});
  const Opened whole = open_clip(ts);
  const std::string content = content_of(ts);
  Opened cut = whole;
  cut.path = folder.write("cut.ts", content.substr(0, content.size() / 2));
  const auto reader = open_reader(cut);
  EXPECT_TRUE(reader->read_segment(0, read_nothing));
  const Status status = reader->read_segment(4, read_nothing);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::kUnavailable);
  EXPECT_TRUE(reader->read_segment(0, read_nothing)) << "and goes on after that";
}

TEST_F(Reader, SaysThatAFileHasGone) {
  EXPECT_EQ(SourceReader::open("/no/such/file", clip_.track, clip_.index).error().code, Errc::kNotFound);
  const test::TempDir folder;
  Opened moved = clip_;
  moved.path = folder.file("clip.mp4");
  std::filesystem::copy_file(path_, moved.path);
  const auto reader = open_reader(moved);
  std::filesystem::remove(moved.path);
  EXPECT_TRUE(reader->read_segment(1, read_nothing)) << "an open file stays";
}

TEST_F(Reader, StopsOnRequest) {
  std::stop_source stop;
  SourceReader::Options options;
  options.stop = stop.get_token();
  auto reader = SourceReader::open(clip_.path, clip_.track, clip_.index, options);
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->read_segment(0, read_nothing));
  stop.request_stop();
  EXPECT_EQ((*reader)->read_segment(3, read_nothing).error().code, Errc::kCancelled);
  (*reader)->set_stop({});
  EXPECT_TRUE((*reader)->read_segment(3, read_nothing));
}

TEST_F(Reader, GoesOnDecodingWhereItStopped) {
  const auto reader = open_reader(clip_);
  EXPECT_EQ(reader->decode_position(), kNoTimestamp);
  const auto frames = clip_.index->frames();
  std::vector<std::int64_t> got;
  const auto sink = [&](const FramePtr& frame) -> Status {
    got.push_back(frame->pts());
    return {};
  };
  ASSERT_TRUE(reader->decode_range(frames[3], frames[10], sink));
  EXPECT_EQ(reader->decode_position(), frames[10]);
  ASSERT_TRUE(reader->decode_range(frames[10], frames[50], sink));
  ASSERT_TRUE(reader->decode_range(frames[52], frames[55], sink)) << "over a gap";
  EXPECT_EQ(got.size(), 50U);
  got.clear();
  ASSERT_TRUE(reader->decode_range(frames[85], INT64_MAX, sink)) << "to the end";
  EXPECT_EQ(got, std::vector<std::int64_t>(frames.begin() + 85, frames.end()));
  EXPECT_EQ(reader->decode_position(), kNoTimestamp);
  got.clear();
  ASSERT_TRUE(reader->decode_range(INT64_MIN, frames[2], sink)) << "and from the start again";
  EXPECT_EQ(got.size(), 2U);
  got.clear();
  ASSERT_TRUE(reader->decode_range(frames[5], frames[5], sink));
  ASSERT_TRUE(reader->decode_range(frames[5], frames[4], sink));
  EXPECT_TRUE(got.empty());
  EXPECT_EQ(reader->decode_errors(), 0U);
}

TEST_F(Reader, ReadingPacketsBetweenRangesDoesNotConfuseThem) {
  const auto reader = open_reader(clip_);
  const auto frames = clip_.index->frames();
  std::vector<std::int64_t> got;
  const auto sink = [&](const FramePtr& frame) -> Status {
    got.push_back(frame->pts());
    return {};
  };
  ASSERT_TRUE(reader->decode_range(frames[0], frames[30], sink));
  ASSERT_TRUE(reader->read_segment(3, read_nothing));
  ASSERT_TRUE(reader->decode_range(frames[30], frames[60], sink));
  EXPECT_EQ(got, std::vector<std::int64_t>(frames.begin(), frames.begin() + 60));
}

// ---- a header that changes in the middle

// Two clips of different size, joined in an FLV as live encoders do it.
std::string joined_flv(const test::TempDir& folder) {
  const std::string to = folder.file("joined.flv");
  AVFormatContext* made = nullptr;
  EXPECT_GE(avformat_alloc_output_context2(&made, nullptr, "flv", to.c_str()), 0);
  const std::unique_ptr<AVFormatContext, decltype(&avformat_free_context)> output(made, avformat_free_context);
  EXPECT_GE(avio_open(&made->pb, to.c_str(), AVIO_FLAG_WRITE), 0);
  std::int64_t offset = 0;
  for (const int width : {160, 192}) {
    const std::string path = make_clip({.width = width, .height = 120, .frames = 45, .gop = 20, .bframes = 2});
    AVFormatContext* opened = nullptr;
    EXPECT_GE(avformat_open_input(&opened, path.c_str(), nullptr, nullptr), 0);
    const AvPtr<AVFormatContext> input(opened);
    const AVStream& from = *input->streams[0];
    const bool is_first = offset == 0;
    if (is_first) {
      AVStream* stream = avformat_new_stream(made, nullptr);
      avcodec_parameters_copy(stream->codecpar, from.codecpar);
      stream->codecpar->codec_tag = 0;
      EXPECT_GE(avformat_write_header(made, nullptr), 0);
    }
    const AvPtr<AVPacket> packet = new_av_packet();
    bool is_changed = is_first;
    while (av_read_frame(input.get(), packet.get()) >= 0) {
      av_packet_rescale_ts(packet.get(), from.time_base, made->streams[0]->time_base);
      packet->pts += offset;
      packet->dts += offset;
      if (!is_changed) {
        const auto size = static_cast<std::size_t>(from.codecpar->extradata_size);
        std::copy_n(from.codecpar->extradata, size,
                    av_packet_new_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, size));
        is_changed = true;
      }
      EXPECT_GE(av_write_frame(made, packet.get()), 0);
      av_packet_unref(packet.get());
    }
    offset += 1500;
  }
  av_write_trailer(made);
  avio_closep(&made->pb);
  return to;
}

TEST(HeaderThatChanges, IsInEverySegmentThatNeedsIt) {
  const test::TempDir folder;
  const Opened clip = open_clip(joined_flv(folder));
  ASSERT_GE(clip.index->segments().size(), 4U);
  const auto shown = decode_segments(clip, forwards(clip));
  expect_index_holds(clip, shown);
  expect_same_hashes(flat(shown), decode_linearly(clip.path, 0));
  expect_same_frames(flat(decode_segments(clip, backwards(clip))), flat(shown));
  // A decoder that knows nothing but the track's first header.
  const auto decoder = Decoder::create(clip.track);
  const auto frames = decode_packets(**decoder, read_packets(*open_reader(clip), 3));
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames[0]->width(), 192);
}

}  // namespace
}  // namespace zoe::media
