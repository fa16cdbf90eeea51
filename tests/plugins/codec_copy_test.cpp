#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/codec_driver.hpp"

namespace zoe {
namespace {

using test::CodecDriver;
using testing::HasSubstr;

class CodecCopy : public testing::Test {
 protected:
  test::TestHost host_;
  CodecDriver copy_{host_, "codec_copy"};
};

TEST_F(CodecCopy, TakesPacketsUnderOneName) {
  EXPECT_EQ(copy_.codec().input, std::uint32_t{ZOE_CODEC_INPUT_PACKETS});
  EXPECT_STREQ(copy_.codec().family, "copy");
  const zoe_track track = test::video_track(1920, 1080);
  EXPECT_EQ(copy_.resolved_name(track, "copy"), "copy");
  for (const char* other : {"", "copy@q80", "Copy", "copyx", "jpeg"})
    EXPECT_THAT(copy_.resolved_name(track, other), HasSubstr("takes no settings")) << other;
}

TEST_F(CodecCopy, DescribesTheSourceAndLeavesItsHeaderToIt) {
  zoe_track track = test::video_track(1920, 1080);
  const std::uint8_t header[3] = {1, 2, 3};
  track.extradata = header;
  track.extradata_size = sizeof header;
  track.codec_tag = 0x31637661;
  zoe_rendition rendition{};
  ASSERT_EQ(copy_.resolve(track, "copy", rendition), ZOE_OK);
  EXPECT_EQ(rendition.flags, 0U);
  EXPECT_STREQ(rendition.output.codec, "h264");
  EXPECT_EQ(rendition.output.width, 1920);
  EXPECT_EQ(rendition.output.time_base.den, 90'000);
  EXPECT_EQ(rendition.output.codec_tag, track.codec_tag);
  EXPECT_EQ(rendition.output.extradata, nullptr);
  EXPECT_EQ(rendition.output.extradata_size, 0U);

  track.kind = ZOE_TRACK_AUDIO;
  EXPECT_EQ(copy_.resolve(track, "copy", rendition), ZOE_OK);
  track.kind = ZOE_TRACK_SUBTITLE;
  EXPECT_EQ(copy_.resolve(track, "copy", rendition), ZOE_E_UNSUPPORTED);
  EXPECT_TRUE(copy_.ladder(track).empty());
}

TEST_F(CodecCopy, LadderHasOneRungWhereThereIsRoom) {
  const zoe_track track = test::video_track(640, 480);
  const auto ladder = copy_.ladder(track);
  ASSERT_EQ(ladder.size(), 1U);
  EXPECT_STREQ(ladder[0].name, "copy");
  EXPECT_TRUE(copy_.ladder(track, 0).empty());
}

TEST_F(CodecCopy, GivesEachPacketBackInTheSameMemory) {
  const zoe_track track = test::video_track(640, 480);
  const auto session = copy_.open(track, "copy");
  const auto& codec = copy_.codec();
  for (std::int64_t i = 0; i < 5; ++i) {
    auto buffer = plugin::Buffer::alloc(100);
    ASSERT_TRUE(buffer);
    zoe_packet packet = test::empty_packet();
    packet.flags = i == 0 ? ZOE_PACKET_KEY : ZOE_PACKET_DISCARD;
    packet.pts = 100 + i;
    packet.dts = 90 + i;
    packet.duration = 3;
    packet.buffer = buffer->get();
    packet.data = buffer->data() + 10;
    packet.size = 50;
    ASSERT_EQ(codec.send_packet(session.get(), &packet, copy_.error()), ZOE_OK) << copy_.message();
    EXPECT_EQ(codec.send_packet(session.get(), &packet, copy_.error()), ZOE_AGAIN) << "one at a time";
    zoe_packet out = test::empty_packet();
    ASSERT_EQ(codec.receive_packet(session.get(), &out, copy_.error()), ZOE_OK);
    EXPECT_EQ(out.data, packet.data);
    EXPECT_EQ(out.size, packet.size);
    EXPECT_EQ(out.pts, packet.pts);
    EXPECT_EQ(out.dts, packet.dts);
    EXPECT_EQ(out.flags, packet.flags);
    EXPECT_EQ(out.duration, packet.duration);
    plugin::Buffer::release(out.buffer);
    EXPECT_EQ(codec.receive_packet(session.get(), &out, copy_.error()), ZOE_AGAIN);
  }
  ASSERT_EQ(codec.flush(session.get(), copy_.error()), ZOE_OK);
  zoe_packet out = test::empty_packet();
  EXPECT_EQ(codec.receive_packet(session.get(), &out, copy_.error()), ZOE_END);
}

TEST_F(CodecCopy, ABufferOutlivesItsSenderAndASessionThatIsClosedEarlyLetsItGo) {
  const zoe_track track = test::video_track(640, 480);
  auto owner = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = owner;
  std::vector<std::uint8_t> memory(200);
  {
    const auto session = copy_.open(track, "copy");
    {
      auto buffer = plugin::Buffer::wrap(memory, std::exchange(owner, nullptr));
      ASSERT_TRUE(buffer);
      zoe_packet packet = test::empty_packet();
      packet.buffer = buffer->get();
      packet.data = memory.data();
      packet.size = memory.size();
      ASSERT_EQ(copy_.codec().send_packet(session.get(), &packet, copy_.error()), ZOE_OK);
    }
    EXPECT_FALSE(watch.expired()) << "the session holds a reference of its own";
  }
  EXPECT_TRUE(watch.expired());
}

TEST_F(CodecCopy, TakesNoPictures) {
  const auto session = copy_.open(test::video_track(640, 480), "copy");
  zoe_frame frame{};
  frame.struct_size = sizeof frame;
  EXPECT_EQ(copy_.codec().send_frame(session.get(), &frame, 1, copy_.error()), ZOE_E_UNSUPPORTED);
}

}  // namespace
}  // namespace zoe
