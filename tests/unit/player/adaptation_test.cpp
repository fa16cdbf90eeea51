// A rendition that changes with the line, through the whole of playback.
#include "player/playback/adaptation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "tests/unit/player/clip_player.hpp"

namespace zoe::player {
namespace {

using test::ClipLink;
using test::ClipSpec;
using test::range;
using test::Screen;
using test::wait_until;

constexpr std::uint32_t kFrames = 240;

std::string clip(int width, int height, const char* quality) {
  return test::make_clip({.width = width,
                          .height = height,
                          .frames = static_cast<int>(kFrames),
                          .gop = 15,
                          .bframes = 2,
                          .encoder_arguments = {"-crf", quality}});
}

// A server that has one clip in two sizes, cut alike, behind a line of so many bits per second.
class LadderLink final : public StreamLink, private StreamListener {
 public:
  LadderLink() {
    high_.set_listener(this);
    low_.set_listener(this);
  }
  ~LadderLink() override {
    set_line(0);
    high_.set_listener(nullptr);
    low_.set_listener(nullptr);
  }

  bool has_ladder = true;
  // 0: as fast as it goes.
  void set_line(double bits_per_s) {
    const MutexLock lock(mutex_);
    bits_per_s_ = bits_per_s;
    changed_.notify_all();
  }
  std::vector<std::string> opened() const {
    const MutexLock lock(mutex_);
    return opened_;
  }

  void set_listener(StreamListener* listener) override {
    const MutexLock lock(listener_mutex_);
    listener_ = listener;
  }
  bool is_ready() const override { return true; }
  void list_renditions(const std::string&, std::function<void(Result<std::vector<RenditionOffer>>)> done) override {
    std::vector<RenditionOffer> offers{{.name = "jpeg@q80", .bits_per_s = 9'000'000}};
    if (has_ladder) {
      offers.push_back({.name = "h264@q23", .bits_per_s = 1'500'000});
      offers.push_back({.name = "h264@q23,240p", .bits_per_s = 100'000});
    }
    done(std::move(offers));
  }
  void open_stream(const StreamRequest& request, std::function<void(Result<StreamInfo>)> done) override {
    {
      const MutexLock lock(mutex_);
      opened_.push_back(request.rendition);
    }
    (request.rendition == "h264@q23,240p" ? low_ : high_).open_stream(request, std::move(done));
  }
  void seek_stream(const SeekRequest& request, std::function<void(Result<SeekReply>)> done) override {
    of(request.stream).seek_stream(request, std::move(done));
  }
  void set_stream_rate(std::uint32_t, Rational, int) override {}
  void set_stream_looping(std::uint32_t, bool) override {}
  void close_stream(std::uint32_t stream) override { of(stream).close_stream(stream); }
  void grant_credit(std::uint32_t stream, std::uint32_t serial, std::int64_t total_us) override {
    of(stream).grant_credit(stream, serial, total_us);
  }
  Traffic traffic() const override { return {}; }

 private:
  // A link to a named track numbers its streams from 1000.
  ClipLink& of(std::uint32_t stream) { return stream >= 1000 ? low_ : high_; }

  // On the thread of the clip that sends: the line takes its time.
  void on_media(net::MediaRun run) override {
    {
      const MutexLock lock(mutex_);
      const auto began = std::chrono::steady_clock::now();
      const double bits = run.body ? static_cast<double>(run.body->size()) * 8 : 0;
      while (bits_per_s_ > 0) {
        const std::chrono::duration<double> takes(bits / bits_per_s_);
        if (!changed_.wait_until(mutex_, began + std::chrono::duration_cast<std::chrono::nanoseconds>(takes))) break;
      }
    }
    const MutexLock lock(listener_mutex_);
    if (listener_ != nullptr) listener_->on_media(std::move(run));
  }
  void on_stream_failed(std::uint32_t, std::uint32_t, Error) override {}
  void on_link_ready() override {}
  void on_link_lost(Error) override {}

  mutable Mutex mutex_;
  CondVar changed_;
  double bits_per_s_ ZOE_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> opened_ ZOE_GUARDED_BY(mutex_);
  Mutex listener_mutex_;
  StreamListener* listener_ ZOE_GUARDED_BY(listener_mutex_) = nullptr;
  ClipLink high_{clip(640, 480, "14")};
  ClipLink low_{clip(320, 240, "40"), 0};
};

struct AdaptivePlayback : testing::Test {
  void open(const std::string& rendition, Rational rate = {1, 1}) {
    PlaybackOptions options = test::Player::untimed();
    options.ring_frames = 40;
    options.packets_ahead_us = 3'000'000;
    playback = Playback::create(options, link, screen, clock, Log::null());
    screen.attach(*playback);
    playback->open({.media = "clip", .rendition = rendition, .rate = rate});
  }
  ~AdaptivePlayback() override {
    link.set_line(0);
    screen.detach();
    playback.reset();
  }
  bool ends() {
    return wait_until([&] {
      const PlaybackSnapshot now = screen.snapshot();
      return now.state == PlayState::kEnded && now.is_settled;
    });
  }

  SystemClock clock;
  LadderLink link;
  Screen screen{clock};
  std::unique_ptr<Playback> playback;
};

TEST_F(AdaptivePlayback, GoesDownAndUpWithTheLineAndShowsEveryFrameOnce) {
  link.set_line(600'000);
  open("h264@auto");
  ASSERT_TRUE(wait_until([&] { return link.opened().size() >= 2; })) << "the line does not carry what it began with";
  EXPECT_EQ(link.opened()[0], "h264@q23") << "of a line that nothing is known of";
  EXPECT_EQ(link.opened()[1], "h264@q23,240p");
  link.set_line(0);
  ASSERT_TRUE(ends());
  EXPECT_EQ(screen.numbers(), range(0, kFrames));
  const PlaybackSnapshot now = screen.snapshot();
  EXPECT_EQ(now.adaptive.rendition, "h264@q23") << "up again";
  EXPECT_GE(now.adaptive.changes, 2U);
  EXPECT_EQ(now.rendition, "h264@auto");
}

TEST_F(AdaptivePlayback, TheOtherWayRoundToo) {
  link.set_line(600'000);
  open("h264@auto");
  ASSERT_TRUE(wait_until([&] { return link.opened().size() >= 2; }));
  link.set_line(0);
  ASSERT_TRUE(ends());
  playback->set_rate({-1, 1});
  ASSERT_TRUE(wait_until([&] { return screen.count() >= 2 * kFrames - 1; }));
  std::vector<std::uint32_t> expected = range(0, kFrames);
  for (std::uint32_t number = kFrames - 1; number-- > 0;) expected.push_back(number);
  EXPECT_EQ(screen.numbers(), expected);
}

TEST_F(AdaptivePlayback, WhatTheViewerChoosesStays) {
  link.set_line(600'000);
  open("h264@q23");
  ASSERT_TRUE(wait_until([&] { return screen.count() >= 20; }));
  link.set_line(0);
  ASSERT_TRUE(ends());
  EXPECT_EQ(link.opened(), std::vector<std::string>{"h264@q23"});
  EXPECT_EQ(screen.snapshot().adaptive.rendition, "");
}

TEST_F(AdaptivePlayback, WithoutALadderItIsPlayedAsItIs) {
  link.has_ladder = false;
  open("h264@auto");
  ASSERT_TRUE(ends());
  EXPECT_EQ(link.opened(), std::vector<std::string>{"copy"});
  EXPECT_EQ(screen.numbers(), range(0, kFrames));
}

TEST(Adaptation, KnowsWhatChangesAndWhatDoesNot) {
  EXPECT_EQ(adaptive_family("h264@auto"), "h264");
  EXPECT_EQ(adaptive_family("jpeg@auto"), "jpeg");
  EXPECT_EQ(adaptive_family("h264@720p"), "");
  EXPECT_EQ(adaptive_family("copy"), "");
}

TEST(Adaptation, TakesTheLadderOfItsFamilyAlone) {
  Adaptation adaptation;
  adaptation.begin("jpeg@auto", 10'000'000);
  EXPECT_EQ(adaptation.stage(), Adaptation::Stage::kUnasked);
  ASSERT_TRUE(adaptation.on_ladder({{.name = "jpegxl@q80", .bits_per_s = 1},
                                    {.name = "jpeg@q80", .bits_per_s = 50'000'000},
                                    {.name = "jpeg@q60,240p", .bits_per_s = 1'000'000},
                                    {.name = "jpeg@q60,360p", .bits_per_s = 0},
                                    {.name = "h264@q23", .bits_per_s = 500'000}}));
  EXPECT_EQ(adaptation.rungs(), 2U);
  EXPECT_EQ(adaptation.rendition(), "jpeg@q60,240p") << "until the line is known";
}

}  // namespace
}  // namespace zoe::player
