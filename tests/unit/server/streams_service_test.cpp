// Streams with the real codec plugins, from a file to the packets that a viewer gets.
#include "server/streams/stream_service.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "engine/media/decoder.hpp"
#include "engine/media/track_index.hpp"
#include "server/library/index_cache.hpp"
#include "tests/plugins/test_host.hpp"
#include "tests/support/frame_number.hpp"
#include "tests/support/media_maker.hpp"
#include "tests/unit/server/streams_fakes.hpp"
#include "tests/unit/server/streams_media.hpp"

namespace zoe::server {
namespace {

using zoe::test::ClipSpec;
using zoe::test::make_clip;
using zoe::test::wait_until;

// The pictures of one segment in the order of time, by number or by hash.
using SegmentFrames = std::vector<std::uint64_t>;

// A viewer that decodes what it gets: each segment alone, from a flushed decoder.
class Viewer {
 public:
  enum class Take { kNumber = 1, kHash };
  Viewer(const media::TrackInfo& track, Take take)
      : decoder_(std::move(media::Decoder::create(track).value())), take_(take) {}

  // Plays to the end and returns the frames by segment.
  std::map<std::uint32_t, SegmentFrames> play(Stream& stream) {
    EXPECT_TRUE(wait_until(
        [&] {
          zoe_run run{};
          while (stream.pull(1U << 20, run) == ZOE_OK) {
            take(run);
            Stream::release(run);
          }
          return is_ended_;
        },
        std::chrono::minutes(5)));
    return std::move(frames_);
  }
  const std::vector<std::uint32_t>& order() const { return order_; }

 private:
  void take(const zoe_run& run) {
    if ((run.flags & ZOE_RUN_SEGMENT_START) != 0) order_.push_back(run.segment);
    for (std::uint32_t i = 0; i < run.slice_count; ++i) {
      const zoe_slice& slice = run.slices[i];
      for (std::size_t at = 0; at < slice.size;) {
        const media::PacketRecord record = media::load_record(slice.data + at);
        at += media::kPacketRecordBytes;
        EXPECT_TRUE(decoder_->send({record, Bytes(slice.data + at, record.size_bytes)}));
        at += record.size_bytes;
        receive(run.segment);
      }
    }
    if ((run.flags & ZOE_RUN_SEGMENT_END) != 0) {
      EXPECT_TRUE(decoder_->drain());
      receive(run.segment);
      decoder_->flush();
    }
    is_ended_ = is_ended_ || (run.flags & ZOE_RUN_END) != 0;
  }

  void receive(std::uint32_t segment) {
    media::FramePtr frame;
    while (decoder_->receive(frame).value() == media::DecodeState::kFrame) {
      if (take_ == Take::kHash) {
        frames_[segment].push_back(frame->hash());
        continue;
      }
      const media::PlaneView luma = frame->plane(0);
      const auto number =
          zoe::test::read_frame_number(luma.data, luma.stride, luma.width, luma.height, frame->format().bit_depth);
      EXPECT_TRUE(number) << "segment " << segment << " frame " << frames_[segment].size();
      frames_[segment].push_back(number.value_or(UINT32_MAX));
    }
  }

  std::unique_ptr<media::Decoder> decoder_;
  const Take take_;
  std::map<std::uint32_t, SegmentFrames> frames_;
  std::vector<std::uint32_t> order_;
  bool is_ended_ = false;
};

class StreamServiceTest : public ::testing::Test {
 protected:
  StreamServiceTest() {
    host.load(zoe::test::plugin_file("codec_copy"));
    host.load(zoe::test::plugin_file("codec_jpeg"));
  }

  Result<OpenedStream> open(const MediaEntryPtr& media, const std::string& rendition, int rate = 1,
                            std::int64_t position_us = 0) {
    OpenRequest request{media, rendition, {}, {}};
    request.start.rate = {rate, 1};
    request.start.position_us = position_us;
    request.start.credit_us = test::kAllCredit;
    return service.open(1, request, observer);
  }

  // Plays both ways and checks that both got the same; returns all frames in the order of time.
  SegmentFrames play_both_ways(const MediaEntryPtr& media, const std::string& rendition, Viewer::Take take) {
    auto forward = open(media, rendition);
    EXPECT_TRUE(forward) << forward.error().message;
    auto backward = open(media, rendition, -1, INT64_MAX);
    if (!forward || !backward) return {};
    Viewer ahead(forward->description.track, take);
    Viewer back(backward->description.track, take);
    const auto there = ahead.play(*forward->stream);
    const auto again = back.play(*backward->stream);
    EXPECT_EQ(there, again) << media->path << " as " << rendition;
    EXPECT_TRUE(std::is_sorted(ahead.order().begin(), ahead.order().end()));
    EXPECT_TRUE(std::is_sorted(back.order().rbegin(), back.order().rend()));
    EXPECT_FALSE(observer->failure) << observer->failure->message;
    SegmentFrames all;
    for (const auto& [segment, frames] : there) all.insert(all.end(), frames.begin(), frames.end());
    return all;
  }

  static SegmentFrames range(std::uint64_t first, std::uint64_t end) {
    SegmentFrames list;
    for (std::uint64_t i = first; i < end; ++i) list.push_back(i);
    return list;
  }

  zoe::test::TestHost host;
  IndexCache indexes{{}, host.metrics()};
  std::shared_ptr<test::FakeObserver> observer = std::make_shared<test::FakeObserver>();
  StreamService service{{}, host.registry(), indexes, Log::null(), host.metrics()};
};

TEST_F(StreamServiceTest, EveryFrameArrivesBothWaysInBothRenditions) {
  ClipSpec plain;
  plain.frames = 150;
  ClipSpec long_group = plain;
  long_group.frames = 270;
  long_group.gop = 250;
  long_group.bframes = 2;
  ClipSpec open_group = plain;
  open_group.bframes = 3;
  open_group.is_open_gop = true;
  open_group.gop = 40;
  ClipSpec hidden = plain;
  hidden.hidden_frames = 7;
  ClipSpec mpeg2 = open_group;
  mpeg2.codec = zoe::test::VideoCodec::kMpeg2;
  mpeg2.bframes = 2;
  mpeg2.container = "ts";
  ClipSpec deep = plain;
  deep.codec = zoe::test::VideoCodec::kHevc;
  deep.pix_fmt = "yuv420p10le";
  for (const ClipSpec& spec : {plain, long_group, open_group, hidden, mpeg2, deep}) {
    const MediaEntryPtr media = test::entry_of(make_clip(spec));
    const auto first = static_cast<std::uint64_t>(spec.hidden_frames);
    const auto end = static_cast<std::uint64_t>(spec.frames);
    EXPECT_EQ(play_both_ways(media, "copy", Viewer::Take::kNumber), range(first, end)) << media->path;
    EXPECT_EQ(play_both_ways(media, "jpeg", Viewer::Take::kNumber), range(first, end)) << media->path;
  }
}

TEST_F(StreamServiceTest, DescribesWhatItOpened) {
  ClipSpec spec;
  spec.frames = 150;
  spec.gop = 50;
  const MediaEntryPtr media = test::entry_of(make_clip(spec));
  const auto jpeg = open(media, "jpeg", 1, 4'500'000);
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(jpeg->description.rendition, "jpeg@q80");
  EXPECT_EQ(jpeg->description.segments, 3U);
  EXPECT_EQ(jpeg->description.duration_us, 5'000'000);
  EXPECT_EQ(jpeg->description.track.codec, "mjpeg");
  EXPECT_EQ(jpeg->description.track.width, 320);
  EXPECT_TRUE(jpeg->description.track.extradata.empty());
  EXPECT_EQ(jpeg->description.position.segment, 2U);
  EXPECT_EQ(jpeg->description.position.position_us, 4'000'000);

  const auto copy = open(media, "copy", 1, 4'500'000);
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->description.track.codec, "h264");
  EXPECT_FALSE(copy->description.track.extradata.empty());
  EXPECT_EQ(copy->description.position.segment, 2U);
  EXPECT_EQ(copy->description.position.position_us, 3'333'333);
}

// A player that asks for sound and pictures of one moment gets both, whichever of the two tracks begins first.
TEST_F(StreamServiceTest, PositionsCountFromTheFirstPictureInEveryTrack) {
  for (const int delay_s : {-5, 0, 5}) {
    SCOPED_TRACE(delay_s);
    const std::string pictures = std::to_string(delay_s < 0 ? -delay_s : 0);
    const std::string sound = std::to_string(delay_s > 0 ? delay_s : 0);
    const MediaEntryPtr media = test::entry_of(zoe::test::make_media(
        "late", "mkv", {"-itsoffset", pictures,    "-f",      "lavfi",     "-i",   "testsrc2=s=64x64:r=25:d=12",
                        "-itsoffset", sound,       "-f",      "lavfi",     "-i",   "sine=f=440:r=48000:d=12",
                        "-map",       "0:v",       "-map",    "1:a",       "-c:v", "libx264",
                        "-g",         "25",        "-preset", "ultrafast", "-c:a", "flac",
                        "-fflags",    "+bitexact", "{out}"}));
    // Both tracks have something at these two, however they are shifted.
    constexpr std::int64_t kFirstUs = 5'500'000;
    constexpr std::int64_t kSecondUs = 6'800'000;
    const OpenRequest request{media, "copy", 1, {.position_us = kFirstUs, .credit_us = test::kAllCredit}};
    auto opened = service.open(1, request, observer);
    ASSERT_TRUE(opened) << opened.error().message;
    const media::TrackInfo& track = opened->description.track;
    const auto video = open(media, "copy");
    ASSERT_TRUE(video);
    const auto time_of = [](const media::TrackInfo& info) { return media::ticks_to_us(info.start, info.time_base); };
    EXPECT_EQ(time_of(track) - time_of(video->description.track), delay_s * 1'000'000);

    // The segment holds the sound of that moment.
    const StreamPosition at = opened->description.position;
    EXPECT_LE(at.position_us, kFirstUs);
    EXPECT_GT(at.position_us, kFirstUs - 2'100'000);
    zoe_run run{};
    ASSERT_TRUE(wait_until([&] { return opened->stream->pull(1U << 20, run) == ZOE_OK; }));
    const std::int64_t pts = media::load_record(run.slices[0].data).pts;
    EXPECT_EQ(media::ticks_to_us(pts, track.time_base) - time_of(video->description.track), at.position_us);
    Stream::release(run);

    const auto sought = opened->stream->seek({.serial = 2, .position_us = kSecondUs});
    ASSERT_TRUE(sought);
    EXPECT_LE(sought->position_us, kSecondUs);
    EXPECT_GT(sought->position_us, kSecondUs - 2'100'000);
  }
}

TEST_F(StreamServiceTest, SaysWhatItCannotOpen) {
  const MediaEntryPtr media = test::entry_of(make_clip({}));
  const auto other = open(media, "h264@720p");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::kUnsupported);
  EXPECT_NE(other.error().message.find("copy, jpeg"), std::string::npos) << other.error().message;
  EXPECT_EQ(open(media, "jpeg@q500").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(open(media, "").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(open(nullptr, "copy").error().code, Errc::kNotFound);
  OpenRequest request{media, "copy", 7, {}};
  EXPECT_EQ(service.open(1, request, observer).error().code, Errc::kNotFound);
  request = {media, "copy", {}, {}};
  request.start.rate = {0, 1};
  EXPECT_EQ(service.open(1, request, observer).error().code, Errc::kInvalidArgument);

  auto gone = std::make_shared<MediaEntry>(*media);
  gone->id = "gone";
  gone->path += ".gone";
  EXPECT_EQ(open(gone, "copy").error().code, Errc::kNotFound);
}

TEST_F(StreamServiceTest, NamesTheRenditionsOfATrack) {
  ClipSpec spec;
  spec.width = 1280;
  spec.height = 720;
  spec.frames = 5;
  const MediaEntryPtr media = test::entry_of(make_clip(spec));
  const auto list = service.renditions(*media->info.best_video());
  ASSERT_GE(list.size(), 4U);
  EXPECT_EQ(list[0].name, "copy");
  EXPECT_EQ(list[0].codec, "h264");
  EXPECT_EQ(list[1].name, "jpeg@q80");
  EXPECT_EQ(list[1].width, 1280);
  EXPECT_EQ(list[2].name, "jpeg@q60") << "less quality comes before less of the picture";
  EXPECT_EQ(list[2].height, 720);
  EXPECT_LT(list[3].height, 720);
  for (const RenditionInfo& rendition : list) EXPECT_TRUE(open(media, rendition.name)) << rendition.name;
}

TEST_F(StreamServiceTest, ChangesTheRenditionOfARunningStream) {
  ClipSpec spec;
  spec.frames = 150;
  const MediaEntryPtr media = test::entry_of(make_clip(spec));
  auto opened = open(media, "copy");
  ASSERT_TRUE(opened);
  OpenRequest request{media, "jpeg@q50", {}, {}};
  request.start.serial = 2;
  request.start.position_us = 4'000'000;
  const auto changed = service.change_rendition(*opened->stream, request);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(changed->rendition, "jpeg@q50");
  EXPECT_EQ(changed->position.serial, 2U);
  opened->stream->credit(2, test::kAllCredit);
  Viewer viewer(changed->track, Viewer::Take::kNumber);
  EXPECT_EQ(viewer.play(*opened->stream), (std::map<std::uint32_t, SegmentFrames>{{2, range(120, 150)}}));
  request.start.serial = 2;
  EXPECT_EQ(service.change_rendition(*opened->stream, request).error().code, Errc::kConflict);
}

TEST_F(StreamServiceTest, AFileThatGoesAwayFailsItsViewersOnly) {
  const zoe::test::TempDir folder;
  ClipSpec spec;
  spec.frames = 300;
  const std::string path = folder.file("doomed.mp4");
  std::filesystem::copy_file(make_clip(spec), path);
  auto doomed = open(test::entry_of(path), "jpeg");
  auto healthy = open(test::entry_of(make_clip(spec)), "jpeg");
  ASSERT_TRUE(doomed && healthy);
  std::filesystem::remove(path);
  EXPECT_TRUE(wait_until([&] {
    test::drain(*doomed->stream);
    return observer->failure.has_value();
  }));
  EXPECT_NE(observer->failure->message.find("doomed.mp4"), std::string::npos) << observer->failure->message;
  observer->failure.reset();
  Viewer viewer(healthy->description.track, Viewer::Take::kNumber);
  EXPECT_EQ(viewer.play(*healthy->stream).size(), 5U);
  EXPECT_FALSE(observer->failure);
}

TEST_F(StreamServiceTest, AStreamPinsThePluginThatItBeganWith) {
  ClipSpec spec;
  spec.frames = 150;
  const MediaEntryPtr media = test::entry_of(make_clip(spec));
  auto before = open(media, "jpeg");
  ASSERT_TRUE(before);
  host.load(zoe::test::plugin_file("codec_jpeg"));
  EXPECT_EQ(host.registry().collect().size(), 0U) << "the old generation is in use";
  auto after = open(media, "jpeg");
  ASSERT_TRUE(after);
  Viewer viewer(before->description.track, Viewer::Take::kNumber);
  EXPECT_EQ(viewer.play(*before->stream).size(), 3U);
  before->stream.reset();
  std::size_t collected = 0;
  EXPECT_TRUE(wait_until([&] { return (collected += host.registry().collect().size()) == 1; }));
  Viewer other(after->description.track, Viewer::Take::kNumber);
  EXPECT_EQ(other.play(*after->stream).size(), 3U);
}

// Longer ones take minutes; the player's tests play them.
constexpr std::size_t kMostFrames = 1000;

TEST_F(StreamServiceTest, RealClipsPlayBothWaysToTheirEnds) {
  const auto folder = zoe::test::real_clips_folder();
  if (!folder) GTEST_SKIP() << zoe::test::kNoClips;
  for (const auto& file : std::filesystem::recursive_directory_iterator(*folder)) {
    if (!file.is_regular_file() || file.path().string().find("/broken/") != std::string::npos) continue;
    if (!media::probe(file.path())) continue;
    const MediaEntryPtr media = test::entry_of(file.path());
    const media::TrackInfo* track = media->info.best_video();
    if (!track) continue;
    const auto index = indexes.track_index(*media, track->stream_index);
    ASSERT_TRUE(index) << index.error().message;
    const std::size_t frames = (*index)->frames().size();
    if (frames > kMostFrames) continue;
    EXPECT_EQ(play_both_ways(media, "copy", Viewer::Take::kHash).size(), frames) << media->path;
    EXPECT_EQ(play_both_ways(media, "jpeg", Viewer::Take::kHash).size(), frames) << media->path;
  }
}

}  // namespace
}  // namespace zoe::server
